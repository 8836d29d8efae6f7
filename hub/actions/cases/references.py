"""Hands out references and query codes.

Numbers are reserved from the store in blocks: a crash leaves a gap, never the same number twice, and a case
costs no extra round trip.
"""

from __future__ import annotations

import asyncio
import secrets

from hub.model.reference import make_reference, scattered
from hub.runtime.clock import Clock, to_local
from hub.store.crypto import Vault
from hub.store.documents import Documents

_BLOCK = 256


class References:
    """One per process."""

    def __init__(self, documents: Documents, vault: Vault, clock: Clock) -> None:
        self._documents = documents
        self._key = vault.subkey("references")
        self._clock = clock
        self._quarter = -1
        self._today = ""
        self._day = ""
        self._next = 0
        self._end = 0
        self._lock = asyncio.Lock()

    async def next(self) -> str:
        """A reference nobody has had before."""
        day = self._local_day()
        if day != self._day or self._next >= self._end:
            async with self._lock:
                if day != self._day or self._next >= self._end:
                    first = await self._documents.next_number(f"reference:{day}", amount=_BLOCK)
                    self._day, self._next, self._end = day, first, first + _BLOCK
        number = self._next
        self._next += 1
        return make_reference(day, scattered(number, day, self._key))

    def _local_day(self) -> str:
        """YYMMDD. A day begins on a full quarter of an hour everywhere, so it is asked for that often."""
        quarter = self._clock.now_ms() // 900_000
        if quarter != self._quarter:
            self._quarter, self._today = quarter, f"{to_local(quarter * 900_000):%y%m%d}"
        return self._today


def new_code(*, anonymous: bool) -> str:
    """8 digits where the address is known, 16 where there is none."""
    digits = 16 if anonymous else 8
    return f"{secrets.randbelow(10**digits):0{digits}d}"
