"""Personal data at rest: sealed with AES-256-GCM, looked up by a keyed blind index.

Every blob starts with the id of its key, so that keys can be rotated: new blobs take the
current key, old ones stay readable. The associated data is `collection/id`, so that a blob
copied to another document does not open. The index key is separate and never changes without
a re-index; phone numbers are few enough to try them all, so it must never be in the database.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hub.runtime.errors import HubError
from hub.store.unreadable import UnreadableRows

_NONCE_BYTES = 12
_MISSING = "缺少密钥 {0}，请从备份恢复。 / Key {0} is not in the key ring: restore it from its backup."


class KeyProblem(HubError):
    """Keys are missing, unreadable or do not open a blob. The message says how to mend it."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Sealing keys by id (32 bytes each), which of them is current, and the index key."""

    current: str
    keys: Mapping[str, bytes]
    index: bytes

    @classmethod
    def fresh(cls) -> KeyRing:
        """A new ring with one random key."""
        name = _new_key_id()
        return cls(name, {name: secrets.token_bytes(32)}, secrets.token_bytes(32))

    @classmethod
    def from_json(cls, text: str) -> KeyRing:
        """`{"current": "k1", "keys": {"k1": base64}, "index": base64}`. Raises `KeyProblem`."""
        try:
            data = json.loads(text, object_pairs_hook=_without_doubles)
            ring = cls(
                data["current"],
                {name: base64.b64decode(value) for name, value in data["keys"].items()},
                base64.b64decode(data["index"]),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as problem:
            raise KeyProblem(
                "密钥无法读取，请从备份恢复。 / The key ring is not readable: restore it from its backup."
            ) from problem
        if (
            ring.current not in ring.keys
            or any(len(key) != 32 for key in (*ring.keys.values(), ring.index))
            or any(not name or ":" in name for name in ring.keys)
        ):
            raise KeyProblem(
                "密钥不完整，请从备份恢复。 / The key ring is incomplete: restore it from its backup."
            )
        return ring

    def to_json(self) -> str:
        """The text `from_json` reads."""
        return json.dumps(
            {
                "current": self.current,
                "keys": {name: base64.b64encode(key).decode() for name, key in self.keys.items()},
                "index": base64.b64encode(self.index).decode(),
            }
        )

    def with_another(self) -> KeyRing:
        """The same ring with one more key, which is not current yet."""
        return KeyRing(self.current, {**self.keys, _new_key_id(): secrets.token_bytes(32)}, self.index)

    def rotated(self) -> KeyRing:
        """The same ring with one more key, which becomes current."""
        more = self.with_another()
        [name] = more.keys.keys() - self.keys.keys()
        return KeyRing(name, more.keys, self.index)

    def for_purpose(self, purpose: str) -> KeyRing:
        """A ring of other keys under the same ids, made of these: neither opens what the other sealed."""

        def derived(key: bytes) -> bytes:
            return HKDF(SHA256(), length=32, salt=None, info=f"ring:{purpose}".encode()).derive(key)

        return KeyRing(
            self.current, {name: derived(key) for name, key in self.keys.items()}, derived(self.index)
        )


def _new_key_id() -> str:
    """Random, never counted: a ring made after a loss must not take the names of the lost keys."""
    return f"k{secrets.token_hex(6)}"


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of two keys with one id JSON would keep the last and nobody would notice the other is gone."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        doubled = sorted({name for name in names if names.count(name) > 1})
        raise KeyProblem(
            f"密钥编号 {'、'.join(doubled)} 重复，请保留正确的一个。 / "
            f"The key ring names {', '.join(doubled)} twice: keep the right one."
        )
    return found


def load_ring(path: Path) -> KeyRing | None:
    """The ring kept in `path`; None when there is no such file. Raises `KeyProblem`."""
    try:
        text = path.read_text()
    except FileNotFoundError:
        return None
    if path.stat().st_mode & 0o077:
        raise KeyProblem(f"{path} 别人也能读，请 chmod 600 {path}。 / {path} can be read by others.")
    return KeyRing.from_json(text)


def create_ring(path: Path) -> KeyRing | None:
    """A fresh ring, durable in `path` with mode 0600 before it is returned, so before anything is sealed
    with it. None when another process made one first; a reader never sees half a file."""
    ring = KeyRing.fresh()
    path.parent.mkdir(parents=True, exist_ok=True)
    name = _written_beside(path, ring)
    try:
        os.link(name, path)
    except FileExistsError:
        return None
    finally:
        name.unlink()
    sync_folder(path.parent)
    return ring


def replace_ring(path: Path, ring: KeyRing) -> None:
    """Puts `ring` in the place of the one in `path`, durable when it returns; a reader sees a whole one."""
    _written_beside(path, ring).replace(path)
    sync_folder(path.parent)


def _written_beside(path: Path, ring: KeyRing) -> Path:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600
    with os.fdopen(handle, "w") as file:
        file.write(ring.to_json())
        file.flush()
        os.fsync(file.fileno())
    return Path(name)


def sync_folder(path: Path) -> None:
    """Makes the names in it durable."""
    directory = os.open(path, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def key_id_of(blob: str) -> str:
    """Which key a sealed text needs; it stands in front in the clear."""
    return blob.partition(":")[0]


class FileCipher:
    """Seals the chunks of one file, each for its place in it and for what the head of the file says.

    Its key is made for one writing of one file only, so a chunk's number is its nonce.
    """

    def __init__(self, key: bytes, head: bytes) -> None:
        self._cipher = AESGCM(key)
        self._head = head

    def seal(self, number: int, plain: bytes | memoryview) -> bytes:
        """Chunk `number`, counted from 0: as long as `plain` and 16 bytes more."""
        return self._cipher.encrypt(number.to_bytes(_NONCE_BYTES, "big"), plain, self._head)

    def open(self, number: int, sealed: bytes) -> bytes:
        """The plain bytes of chunk `number`. Raises `KeyProblem` for any other chunk."""
        try:
            return self._cipher.decrypt(number.to_bytes(_NONCE_BYTES, "big"), sealed, self._head)
        except (InvalidTag, ValueError) as problem:
            raise KeyProblem(
                f"文件第 {number} 段被改动过。 / Chunk {number} of the file was altered."
            ) from problem


class Vault:
    """Seals, opens and indexes with one key ring, and knows which rows it could not open."""

    def __init__(self, ring: KeyRing) -> None:
        self.current = ring.current
        self.key_ids = tuple(ring.keys)
        self.unreadable = UnreadableRows()
        self._keys = dict(ring.keys)
        self._ciphers = {name: AESGCM(key) for name, key in ring.keys.items()}
        self._index = hmac.new(ring.index, digestmod=hashlib.sha256)

    def seal(self, place: str, plain: bytes, *, key_id: str = "") -> str:
        """Encrypts for one `collection/id`, with the current key; text of the shape `keyid:base64`."""
        name = key_id or self.current
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._ciphers[name].encrypt(nonce, plain, place.encode())
        return f"{name}:{base64.b64encode(nonce + sealed).decode()}"

    def open(self, place: str, blob: str) -> bytes:
        """The plain bytes. Raises `KeyProblem` for a missing key or an altered blob."""
        name = key_id_of(blob)
        cipher = self._ciphers.get(name)
        if cipher is None:
            raise KeyProblem(_MISSING.format(name))
        try:
            raw = base64.b64decode(blob[len(name) + 1 :])
            return cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError) as problem:  # ValueError: it is no base64, or too short
            raise KeyProblem(
                f"{place} 被改动过，或属于另一套密钥。 / {place} was altered or belongs to another key ring."
            ) from problem

    def file_cipher(self, place: str, *, key_id: str, salt: bytes, head: bytes) -> FileCipher:
        """What seals and opens a file that is kept at `place`. salt: 32 bytes, random for every writing.

        Raises `KeyProblem` for a missing key.
        """
        if key_id not in self._keys:
            raise KeyProblem(_MISSING.format(key_id))
        derived = HKDF(SHA256(), length=32, salt=salt, info=f"file:{place}".encode())
        return FileCipher(derived.derive(self._keys[key_id]), head)

    def blind(self, value: str) -> str:
        """The blind index of a normalised value: 32 hex digits, useless without the key."""
        digest = self._index.copy()
        digest.update(value.encode())
        return digest.hexdigest()[:32]

    def log_mark(self, value: str) -> str:
        """What stands in a log instead of a login or an address: the same for the same value, 16 hex digits,
        useless without the key."""
        return hmac.digest(self.subkey("log"), value.encode(), "sha256").hex()[:16]

    def subkey(self, purpose: str) -> bytes:
        """A key of 32 bytes for one purpose: what is keyed with it cannot be compared with anything else."""
        digest = self._index.copy()
        digest.update(f"subkey:{purpose}".encode())
        return digest.digest()
