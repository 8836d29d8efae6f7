"""Only one process may have the file open for writing.

SQLite before 3.51.3 can lose commits in WAL mode when two connections write or
checkpoint at once, and Python 3.11 carries 3.40. So a lock file beside the database is
held from before it is opened until after it is closed; the system gives it free when the
process dies, however it dies.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from hub.store.documents import Refused


def take_lock(path: Path) -> int:
    """Locks `path` + `.lock` and returns the descriptor. Raises `Refused` when it is held."""
    lock = path.with_name(path.name + ".lock")
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
        os.close(descriptor)
        raise Refused(
            f"数据库 {path.name} 正被进程 {holder or '?'} 使用，同一文件只能由一个进程打开；"
            "请先停止该进程，多进程部署请改用 MongoDB。 / "
            f"{path.name} is held by process {holder or '?'}; one file serves one process. "
            "Stop that process first, or use MongoDB for several processes."
        ) from error
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode("ascii"), 0)
    return descriptor


def free_lock(descriptor: int) -> None:
    """Gives the lock back. The file stays: removing it would race with a waiting starter."""
    os.close(descriptor)
