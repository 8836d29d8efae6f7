"""Files that came with messages: sealed on disk before the message that names them is stored.

A file is found by a keyed digest of its content, so that the same file is kept once and its name
on disk tells nothing. A crash between file and message leaves a file nobody names, never a message
without its file.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import tempfile
from pathlib import Path

from hub.runtime.errors import NotFound
from hub.store.crypto import KeyProblem, Vault, key_id_of
from hub.store.unreadable import Unreadable


class FileStore:
    """Keeps files below one directory."""

    def __init__(self, directory: Path, vault: Vault) -> None:
        self._directory = directory
        self._vault = vault

    async def put(self, content: bytes) -> str:
        """Keeps `content`, durable when it returns; its id (32 hex digits)."""
        return await asyncio.to_thread(self._put, content)

    async def get(self, id: str) -> bytes:
        """The content. Raises `NotFound`, and `Unreadable` when it is damaged."""
        try:
            return await asyncio.to_thread(self._get, id)
        except FileNotFoundError:
            raise NotFound("file") from None

    async def remove(self, id: str) -> None:
        """Forgets it; harmless when it is gone already."""
        with contextlib.suppress(FileNotFoundError):
            await asyncio.to_thread(self._path(id).unlink)

    async def remove_older(self, *, than: float) -> None:
        """Forgets what was kept before `than`, in seconds of the machine's clock since 1970."""
        await asyncio.to_thread(self._remove_older, than)

    def ids(self) -> list[str]:
        """Of every file that is kept. In a thread."""
        return sorted(
            path.parent.name + path.name for path in self._directory.glob("??/*") if not path.suffix
        )

    def sealed(self, id: str) -> str:
        """A file as it lies there. In a thread."""
        return self._path(id).read_text()

    def reseal(self, id: str) -> bool:
        """Seals a file with the current key; whether it was sealed with another. In a thread.

        Raises `KeyProblem` when it does not open.
        """
        place, blob = f"files/{id}", self.sealed(id)
        if key_id_of(blob) == self._vault.current:
            return False
        self._write(self._path(id), self._vault.seal(place, self._vault.open(place, blob)))
        return True

    def _remove_older(self, than: float) -> None:
        for path in self._directory.glob("??/*"):
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < than:
                    path.unlink()

    def _put(self, content: bytes) -> str:
        id = self._vault.blind(f"file:{hashlib.sha256(content).hexdigest()}")
        target = self._path(id)
        if not target.exists():
            target.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
            self._write(target, self._vault.seal(f"files/{id}", content))
        # Also of a file that was there: whoever put it may not have come so far yet.
        for directory in (target.parent, self._directory):
            _sync(directory)
        return id

    def _write(self, target: Path, blob: str) -> None:
        handle, name = tempfile.mkstemp(suffix=".part", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(blob.encode())
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def _get(self, id: str) -> bytes:
        place = f"files/{id}"
        try:
            return self._vault.open(place, self._path(id).read_text())
        except (KeyProblem, UnicodeDecodeError) as problem:
            self._vault.unreadable.found(place)
            raise Unreadable(place) from problem

    def _path(self, id: str) -> Path:
        if len(id) != 32 or not id.isalnum():
            raise FileNotFoundError(id)
        return self._directory / id[:2] / id[2:]


def _sync(directory: Path) -> None:
    """Makes the names in it durable."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
