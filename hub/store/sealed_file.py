"""How a file lies on the disk: sealed in chunks, so that any part of it can be opened without the rest.

    head    magic · id of the key · salt · length of the plain bytes
    chunks  64 KiB each, the last one shorter; AES-256-GCM, nonce = number of the chunk, bound to the head
    mark    HMAC-SHA-256 over place, head and chunks, by which who lacks the sealing key can verify the file

The key of the chunks is derived for this one writing: from the sealing key, the salt and the place where the
file is kept. So a chunk that is changed, moved, left out or taken from another file does not open, and a file
does not open at another place. Files are written whole under another name and put in their place.

Attachments of earlier releases are one sealed text (`Vault.seal`); they stay readable.
"""

from __future__ import annotations

import hmac
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from hub.store.crypto import FileCipher, KeyProblem, Vault, key_id_of, sync_folder

MAGIC = b"\0sealed\1"
"""Begins with a byte that no sealed text and no audio file begins with."""
CHUNK_BYTES = 1 << 16
_SALT_BYTES = 32
_TAG_BYTES = 16
_MARK_BYTES = 32
_OLD_ID_BYTES = 256
"""No id of a key is longer."""


class NotSealed(KeyProblem):
    """The file lies there in the clear."""


class Readable(Protocol):
    """Bytes of which any part can be had. `size`: of all of them."""

    @property
    def size(self) -> int: ...

    def read(self, start: int = 0, stop: int | None = None) -> bytes:
        """From `start` to before `stop` or the end. Raises `KeyProblem` when this part was altered."""
        ...


class PlainBytes:
    """Bytes that are in memory."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.size = len(content)

    def read(self, start: int = 0, stop: int | None = None) -> bytes:
        """See `Readable`."""
        return self._content[start:stop]


@dataclass(frozen=True, slots=True)
class _Head:
    key_id: str
    salt: bytes
    size: int
    raw: bytes

    @property
    def chunks(self) -> int:
        """An empty file has one too, so that its head is proved."""
        return max(1, -(-self.size // CHUNK_BYTES))

    @property
    def file_bytes(self) -> int:
        return len(self.raw) + self.size + self.chunks * _TAG_BYTES + _MARK_BYTES


class _Opened:
    """A sealed file that is open."""

    def __init__(self, file: BinaryIO, head: _Head, cipher: FileCipher) -> None:
        self._file = file
        self._head = head
        self._cipher = cipher
        self.size = head.size

    def read(self, start: int = 0, stop: int | None = None) -> bytes:
        """See `Readable`. Only the chunks that hold the part are read."""
        start, stop, _ = slice(start, stop).indices(self.size)
        first, last = start // CHUNK_BYTES, max(start, stop - 1) // CHUNK_BYTES
        if start >= stop and self.size:
            return b""
        plain = b"".join(self._chunk(number) for number in range(first, last + 1))
        return plain[start - first * CHUNK_BYTES : stop - first * CHUNK_BYTES]

    def _chunk(self, number: int) -> bytes:
        self._file.seek(len(self._head.raw) + number * (CHUNK_BYTES + _TAG_BYTES))
        left = self.size - number * CHUNK_BYTES
        return self._cipher.open(number, self._file.read(min(CHUNK_BYTES, left) + _TAG_BYTES))


class SealedFiles:
    """Reads and writes sealed files. Every method works on the disk: call it in a thread.

    vaults: one of them has the key. mark_key: of the marks.
    """

    def __init__(self, vaults: Sequence[Vault], mark_key: bytes) -> None:
        self._vaults = vaults
        self._mark_key = mark_key

    def write(self, target: Path, place: str, content: bytes, vault: Vault, *, mode: int = 0o600) -> None:
        """Puts `content`, sealed with the current key of `vault`, in the place of what is there; durable when
        it returns."""
        target.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=target.stem[:16], suffix=".part", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                for part in self._sealed(place, memoryview(content), vault):
                    file.write(part)
                file.flush()
                os.fchmod(file.fileno(), mode)
                os.fsync(file.fileno())
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        sync_folder(target.parent)

    @contextmanager
    def opened(self, path: Path, place: str) -> Iterator[Readable]:
        """A file to read parts of. Raises `FileNotFoundError`, `NotSealed` and `KeyProblem`."""
        with path.open("rb") as file:
            head = _head(file, place)
            if head is None:
                yield PlainBytes(self._old(file.read(), place))
                return
            if os.fstat(file.fileno()).st_size != head.file_bytes:
                raise _altered(place)
            vault = next((one for one in self._vaults if head.key_id in one.key_ids), self._vaults[0])
            cipher = vault.file_cipher(place, key_id=head.key_id, salt=head.salt, head=head.raw)
            yield _Opened(file, head, cipher)

    def read(self, path: Path, place: str) -> bytes:
        """All of a file, its mark too. Raises `FileNotFoundError`, `NotSealed` and `KeyProblem`."""
        with self.opened(path, place) as file:
            content = file.read()
        if not self.is_marked(path, place):
            raise _altered(place)
        return content

    def is_marked(self, path: Path, place: str) -> bool:
        """Whether a sealed file is as it was written, which needs no sealing key to know; an old sealed text
        has no mark and passes. Raises `FileNotFoundError`, `NotSealed` and `KeyProblem`."""
        with path.open("rb") as file:
            head = _head(file, place)
            if head is None:
                return True
            mark = hmac.new(self._mark_key, place.encode() + head.raw, "sha256")
            left = head.file_bytes - len(head.raw) - _MARK_BYTES
            while left > 0 and (part := file.read(min(left, 1 << 20))):
                mark.update(part)
                left -= len(part)
            return hmac.compare_digest(mark.digest(), file.read(_MARK_BYTES + 1))

    def key_of(self, path: Path, place: str) -> str:
        """Which key a file needs. Raises `FileNotFoundError`, `NotSealed` and `KeyProblem`."""
        with path.open("rb") as file:
            head = _head(file, place)
            return key_id_of(file.read(_OLD_ID_BYTES).decode()) if head is None else head.key_id

    def _sealed(self, place: str, content: memoryview, vault: Vault) -> Iterator[bytes]:
        key_id, salt = vault.current.encode(), os.urandom(_SALT_BYTES)
        size = len(content).to_bytes(8, "big")
        head = b"".join((MAGIC, len(key_id).to_bytes(1, "big"), key_id, salt, size))
        cipher = vault.file_cipher(place, key_id=vault.current, salt=salt, head=head)
        mark = hmac.new(self._mark_key, place.encode() + head, "sha256")
        yield head
        for number in range(max(1, -(-len(content) // CHUNK_BYTES))):
            part = cipher.seal(number, content[number * CHUNK_BYTES : (number + 1) * CHUNK_BYTES])
            mark.update(part)
            yield part
        yield mark.digest()

    def _old(self, blob: bytes, place: str) -> bytes:
        """A sealed text of an earlier release."""
        text = blob.decode()
        vault = next((one for one in self._vaults if key_id_of(text) in one.key_ids), self._vaults[0])
        return vault.open(place, text)


def _head(file: BinaryIO, place: str) -> _Head | None:
    """The head of a sealed file, None for a sealed text. It is read on behind the head, or from its start.

    Raises `NotSealed` and `KeyProblem`.
    """
    begins = file.read(len(MAGIC) + 1)
    if not begins.startswith(MAGIC):
        file.seek(0)
        if not _is_old(file.read(_OLD_ID_BYTES)):
            raise NotSealed(f"{place} 未加密。 / {place} is not sealed.")
        file.seek(0)
        return None
    length = begins[-1] if len(begins) > len(MAGIC) else 0
    rest = file.read(length + _SALT_BYTES + 8)
    if len(rest) < length + _SALT_BYTES + 8:
        raise _altered(place)
    salt, size = rest[length:-8], int.from_bytes(rest[-8:], "big")
    try:
        return _Head(rest[:length].decode(), salt, size, begins + rest)
    except UnicodeDecodeError as problem:
        raise _altered(place) from problem


def _is_old(begins: bytes) -> bool:
    """`keyid:base64`, and nothing but readable text."""
    return b":" in begins and begins.isascii() and begins.decode("ascii").isprintable()


def _altered(place: str) -> KeyProblem:
    return KeyProblem(
        f"{place} 被改动过，或属于另一套密钥。 / {place} was altered or belongs to another key ring."
    )
