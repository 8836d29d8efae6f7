"""Ids: sortable random ones, and deterministic ones that make a repeat harmless."""

from __future__ import annotations

import hashlib
import os


def new_id(now_ms: int) -> str:
    """26 hex digits that sort by creation time: 48 bits of milliseconds, 56 random bits."""
    return f"{now_ms:012x}{os.urandom(7).hex()}"


def derived_id(*parts: str) -> str:
    """The same parts always give the same 32 hex digits."""
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()
