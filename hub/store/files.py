"""Files that came with messages: sealed on disk before the message that names them is stored.

A file is found by a keyed digest of its content, so that the same file is kept once and its name
on disk tells nothing. A crash between file and message leaves a file nobody names, never a message
without its file.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import tempfile
from pathlib import Path

from hub.runtime.errors import NotFound
from hub.store.crypto import KeyProblem, Vault, sync_folder
from hub.store.sealed_file import SealedFiles
from hub.store.unreadable import Unreadable

MARKS = "sealed files"
"""What the key of the marks on sealed files is for (`Vault.subkey`)."""


class FilesUnavailable(OSError):
    """The folder of files takes nothing: it is read-only, full or gone."""


class FileStore:
    """Keeps files below one directory."""

    def __init__(self, directory: Path, vault: Vault) -> None:
        self._directory = directory
        self._vault = vault
        self._sealed = SealedFiles((vault,), vault.subkey(MARKS))

    async def put(self, content: bytes) -> str:
        """Keeps `content`, durable when it returns; its id (32 hex digits). Raises `FilesUnavailable`."""
        try:
            return await asyncio.to_thread(self._put, content)
        except OSError as problem:
            raise FilesUnavailable(problem.errno, problem.strerror) from problem

    async def takes_files(self) -> bool:
        """Whether the folder can be written to, tried by a file that is gone again."""
        return await asyncio.to_thread(self._takes_files)

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

    def key_of(self, id: str) -> str:
        """Which key a file is sealed with. In a thread. Raises `KeyProblem` when that cannot be told."""
        return self._sealed.key_of(self._path(id), _place(id))

    def place(self, id: str) -> str:
        """What a file is called where it is told of."""
        return _place(id)

    def check(self, id: str) -> None:
        """In a thread. Raises `KeyProblem` when the file does not open, or was altered."""
        self._read(id)

    def reseal(self, id: str) -> bool:
        """Seals a file with the current key; whether it was sealed with another. In a thread.

        Raises `KeyProblem` when it does not open.
        """
        if self.key_of(id) == self._vault.current:
            return False
        self._sealed.write(self._path(id), _place(id), self._read(id), self._vault)
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
            self._sealed.write(target, _place(id), content, self._vault)
        # Also of a file that was there: whoever put it may not have come so far yet.
        for directory in (target.parent, self._directory):
            sync_folder(directory)
        return id

    def _takes_files(self) -> bool:
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self._directory) as probe:
                probe.write(b"probe")
        except OSError:
            return False
        return True

    def _read(self, id: str) -> bytes:
        return self._sealed.read(self._path(id), _place(id))

    def _get(self, id: str) -> bytes:
        place = _place(id)
        try:
            return self._read(id)
        except KeyProblem as problem:
            self._vault.unreadable.found(place)
            raise Unreadable(place) from problem

    def _path(self, id: str) -> Path:
        if len(id) != 32 or not id.isalnum():
            raise FileNotFoundError(id)
        return self._directory / id[:2] / id[2:]


def _place(id: str) -> str:
    return f"files/{id}"
