"""The demo's folder: its secrets, who holds it, and where a running demo can be reached.

Rules protected: everything secret in it is readable by its owner only; one demo per folder, and a
killed one lets go of it whatever happened.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from hub.runtime.errors import HubError


class DemoRunning(HubError):
    """Another demo holds the folder."""


@dataclass(frozen=True, slots=True)
class DemoSecrets:
    """Made once per folder. token: opens the endpoints that only a demo has."""

    account_sid: str
    auth_token: str = field(repr=False)
    token: str = field(repr=False)


class DemoFolder:
    """Paths and the small files beside the store."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.store = path / "hub.db"
        self.keys = path / "keys.json"
        self.files = path / "files"
        self.texts = path / "carrier.jsonl"
        self.mails = path / "mails.jsonl"
        self._secrets = path / "secrets.json"
        self._outside = path / "outside.json"
        self._state = path / "state.json"
        self._lock = path / "demo.lock"

    @contextmanager
    def held(self) -> Iterator[None]:
        """The folder is ours for as long as the block runs. Raises `DemoRunning`."""
        self.path.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise DemoRunning(
                    f"{self.path} 里的演示已经在运行，请先停止它，或用 --dir 换一个目录。\n"
                    f"A demo is running in {self.path}: stop it first, or choose another --dir."
                ) from None
            yield
        finally:
            os.close(descriptor)

    def is_held(self) -> bool:
        """Whether a demo runs here."""
        try:
            with self.held():
                return False
        except DemoRunning:
            return True

    def secrets(self) -> DemoSecrets:
        """Those of this folder, made on the first call."""
        try:
            return DemoSecrets(**json.loads(self._secrets.read_text("utf-8")))
        except FileNotFoundError:
            made = DemoSecrets("AC" + secrets.token_hex(16), secrets.token_hex(16), secrets.token_urlsafe(32))
            _write_private(self._secrets, json.dumps(asdict(made)))
            return made

    def keep(self, name: str, secret: str) -> str:
        """Puts a secret into a file of its own; the reference to it that the settings take."""
        path = self.path / name
        _write_private(path, secret)
        return f"file:{path}"

    def write_outside(self, addresses: dict[str, Any]) -> None:
        """Says where the outside is that another process plays."""
        _write_private(self._outside, json.dumps(addresses))

    def outside(self) -> dict[str, Any]:
        """What `write_outside` wrote."""
        found: dict[str, Any] = json.loads(self._outside.read_text("utf-8"))
        return found

    def write_state(self, state: dict[str, Any]) -> None:
        """Says where the running demo is; read by the tour."""
        _write_private(self._state, json.dumps(state, ensure_ascii=False))

    def state(self) -> dict[str, Any]:
        """What the last demo here wrote; {} when there was none."""
        try:
            found: dict[str, Any] = json.loads(self._state.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        return found


def _write_private(path: Path, text: str) -> None:
    """The whole file or none of it, mode 0600 from its first byte."""
    part = path.with_suffix(f".{os.getpid()}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    part.replace(path)
