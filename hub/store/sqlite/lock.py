"""Only one process may have the file open for writing.

SQLite before 3.51.3 can lose commits in WAL mode when two connections write or
checkpoint at once, and Python 3.11 carries 3.40. So a lock file beside the database is
held from before it is opened until after it is closed; the system gives it free when the
process dies, however it dies.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable
from pathlib import Path

from hub.store.documents import Refused

Lock = tuple[int, int]
"""Descriptors: of the lock file, which says who holds it, and of the database itself."""


def take_lock(path: Path) -> Lock:
    """Locks `path` + `.lock` and the database itself. Raises `Refused` when one is held.

    The lock file can be deleted, and a link to the database has another one beside it; the database is the
    same file by whatever name. `flock` does not meddle with SQLite's own locks (`fcntl`), but closing any
    descriptor of a file drops those: ours is closed when SQLite's are.
    """
    held: list[int] = []
    try:
        for name in (path.with_name(path.name + ".lock"), path):
            held.append(os.open(name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            fcntl.flock(held[-1], fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(held[0], 20, 0).decode("ascii", "replace").strip() if len(held) == 1 else ""
        free_lock(held)
        raise Refused(
            f"数据库 {path.name} 正被进程 {holder or '?'} 使用，同一文件只能由一个进程打开；"
            "请先停止该进程，多进程部署请改用 MongoDB。 / "
            f"{path.name} is held by process {holder or '?'}; one file serves one process. "
            "Stop that process first, or use MongoDB for several processes."
        ) from error
    except OSError:
        free_lock(held)
        raise
    lock_file, database = held
    os.ftruncate(lock_file, 0)
    os.pwrite(lock_file, str(os.getpid()).encode("ascii"), 0)
    return lock_file, database


def free_lock(descriptors: Iterable[int]) -> None:
    """Gives the lock back. The files stay: removing them would race with a waiting starter."""
    for descriptor in descriptors:
        os.close(descriptor)
