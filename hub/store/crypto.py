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
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.errors import HubError

_NONCE_BYTES = 12


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
        return cls("k1", {"k1": secrets.token_bytes(32)}, secrets.token_bytes(32))

    @classmethod
    def from_json(cls, text: str) -> KeyRing:
        """`{"current": "k1", "keys": {"k1": base64}, "index": base64}`. Raises `KeyProblem`."""
        try:
            data = json.loads(text)
            ring = cls(
                data["current"],
                {name: base64.b64decode(value) for name, value in data["keys"].items()},
                base64.b64decode(data["index"]),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as problem:
            raise KeyProblem("the key ring is not readable: restore it from its backup") from problem
        if ring.current not in ring.keys or any(len(key) != 32 for key in (*ring.keys.values(), ring.index)):
            raise KeyProblem("the key ring is incomplete: restore it from its backup")
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

    def rotated(self) -> KeyRing:
        """The same ring with one more key, which becomes current."""
        name = f"k{len(self.keys) + 1}"
        return KeyRing(name, {**self.keys, name: secrets.token_bytes(32)}, self.index)


def load_or_create(path: Path) -> KeyRing:
    """The ring kept in `path`; on the first run a fresh one, written with mode 0600 before use."""
    try:
        text = path.read_text()
    except FileNotFoundError:
        ring = KeyRing.fresh()
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(ring.to_json())
            file.flush()
            os.fsync(file.fileno())
        return ring
    if path.stat().st_mode & 0o077:
        raise KeyProblem(f"{path} can be read by others: chmod 600 {path}")
    return KeyRing.from_json(text)


class Vault:
    """Seals, opens and indexes with one key ring."""

    def __init__(self, ring: KeyRing) -> None:
        self._current = ring.current
        self._ciphers = {name: AESGCM(key) for name, key in ring.keys.items()}
        self._index = hmac.new(ring.index, digestmod=hashlib.sha256)

    def seal(self, place: str, plain: bytes) -> str:
        """Encrypts for one `collection/id`; text of the shape `keyid:base64`."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._ciphers[self._current].encrypt(nonce, plain, place.encode())
        return f"{self._current}:{base64.b64encode(nonce + sealed).decode()}"

    def open(self, place: str, blob: str) -> bytes:
        """The plain bytes. Raises `KeyProblem` for a missing key or an altered blob."""
        name, _, text = blob.partition(":")
        cipher = self._ciphers.get(name)
        if cipher is None:
            raise KeyProblem(f"key {name} is not in the key ring: restore it from its backup")
        raw = base64.b64decode(text)
        try:
            return cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], place.encode())
        except InvalidTag as problem:
            raise KeyProblem(f"{place} was altered or belongs to another key ring") from problem

    def blind(self, value: str) -> str:
        """The blind index of a normalised value: 32 hex digits, useless without the key."""
        digest = self._index.copy()
        digest.update(value.encode())
        return digest.hexdigest()[:32]
