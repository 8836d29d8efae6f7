"""Ids: sortable random ones, and deterministic ones that make a repeat harmless."""

from __future__ import annotations

import hashlib
import os

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_id(now_ms: int) -> str:
    """26 characters that sort by creation time: 48 bits of milliseconds, 80 random bits."""
    number = (now_ms << 80) | int.from_bytes(os.urandom(10), "big")
    digits = bytearray(26)
    for place in range(25, -1, -1):
        digits[place] = ord(_ALPHABET[number & 31])
        number >>= 5
    return digits.decode()


def derived_id(*parts: str) -> str:
    """The same parts always give the same 32 hex digits."""
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()
