"""A large file kept sealed, piece by piece, so that nobody ever holds it whole.

A piece is sealed for its file and its place in it: pieces cannot be exchanged. Writing a place again replaces
it, so that work cut off in the middle is done again without harm.
"""

from __future__ import annotations

import io
import shutil
from pathlib import Path

from hub.runtime.errors import NotFound
from hub.store.crypto import KeyProblem, Vault
from hub.store.files import MARKS
from hub.store.sealed_file import SealedFiles
from hub.store.unreadable import Unreadable

PIECE_BYTES = 1 << 20


class SealedPieces:
    """Files below one directory. Every method works on the disk: call it in a thread."""

    def __init__(self, directory: Path, vault: Vault) -> None:
        self._directory = directory
        self._vault = vault
        self._sealed = SealedFiles((vault,), vault.subkey(MARKS))

    def put(self, file_id: str, place: int, content: bytes) -> None:
        """Keeps one piece, durable when it returns."""
        target = self._folder(file_id) / str(place)
        self._sealed.write(target, f"pieces/{file_id}/{place}", content, self._vault)

    def get(self, file_id: str, place: int) -> bytes:
        """One piece. Raises `NotFound`, and `Unreadable` when it is damaged."""
        name = f"pieces/{file_id}/{place}"
        try:
            return self._sealed.read(self._folder(file_id) / str(place), name)
        except FileNotFoundError:
            raise NotFound("file") from None
        except KeyProblem as problem:
            self._vault.unreadable.found(name)
            raise Unreadable(name) from problem

    def open(self, file_id: str, size: int) -> io.BufferedReader:
        """The file to read and seek in; all pieces but the last have `PIECE_BYTES`. size: in bytes."""
        return io.BufferedReader(_PieceFile(self, file_id, size), buffer_size=1 << 16)

    def ids(self) -> list[str]:
        """Every file that is kept."""
        return sorted(path.name for path in self._directory.glob("*") if path.is_dir())

    def remove(self, file_id: str) -> None:
        """Forgets a file; harmless when it is gone."""
        shutil.rmtree(self._folder(file_id), ignore_errors=True)

    def _folder(self, file_id: str) -> Path:
        if not file_id.replace("-", "").isalnum():
            raise NotFound("file")
        return self._directory / file_id


class KeptPieces:
    """The same pieces as files that are counted, verified and sealed anew, by `file/place`. In a thread."""

    def __init__(self, directory: Path, vault: Vault) -> None:
        self._directory = directory
        self._vault = vault
        self._sealed = SealedFiles((vault,), vault.subkey(MARKS))

    def ids(self) -> list[str]:
        """Of every piece that is kept."""
        return sorted(f"{path.parent.name}/{path.name}" for path in self._directory.glob("*/*[0-9]"))

    def place(self, id: str) -> str:
        """What a piece is called where it is told of."""
        return f"pieces/{id}"

    def key_of(self, id: str) -> str:
        """Which key a piece is sealed with. Raises `KeyProblem` and `OSError`."""
        return self._sealed.key_of(self._directory / id, self.place(id))

    def check(self, id: str) -> None:
        """Raises `KeyProblem` or `OSError` when the piece does not open."""
        self._sealed.read(self._directory / id, self.place(id))

    def reseal(self, id: str) -> bool:
        """Seals a piece with the current key; whether it was sealed with another."""
        path, place = self._directory / id, self.place(id)
        if self.key_of(id) == self._vault.current:
            return False
        self._sealed.write(path, place, self._sealed.read(path, place), self._vault)
        return True


class _PieceFile(io.RawIOBase):
    """Holds one piece at a time."""

    def __init__(self, pieces: SealedPieces, file_id: str, size: int) -> None:
        self._pieces = pieces
        self._file_id = file_id
        self._size = size
        self._at = 0
        self._held = (-1, b"")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: object) -> int:
        into = memoryview(buffer)  # type: ignore[arg-type]
        place, offset = divmod(self._at, PIECE_BYTES)
        if self._at >= self._size:
            return 0
        if self._held[0] != place:
            self._held = (place, self._pieces.get(self._file_id, place))
        found = self._held[1][offset : offset + len(into)]
        into[: len(found)] = found
        self._at += len(found)
        return len(found)
