"""Ids: sortable random ones, and deterministic ones that make a repeat harmless."""

from __future__ import annotations

import hashlib
import random


def new_id(now_ms: int) -> str:
    """26 hex digits that sort by creation time: 48 bits of milliseconds, 56 random bits.

    Unique, but no secret: what opens something (a session, a query code) is made with `secrets`.
    """
    return f"{now_ms:012x}{random.getrandbits(56):014x}"


def derived_id(*parts: str) -> str:
    """The same parts always give the same 32 hex digits."""
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()
