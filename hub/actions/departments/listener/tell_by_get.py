"""Receipts of texts that came as Kannel's requests: a GET of the address that was given, as Kannel does it.

Rule protected: a script that asked for one outcome is not told of another.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Protocol
from urllib.parse import quote

from hub.actions.departments.tell_receipts import NotTold
from hub.model.departments.listened import OwedReceipt
from hub.model.departments.submission import TextState
from hub.repositories.departments.listened import ListenedRepository
from hub.runtime.clock import Clock, to_local
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Write

log = logging.getLogger(__name__)

WAY = "get"
DELIVERED, NOT_DELIVERED = 1, 2
"""Bits of dlr-mask; those of the stages before the end are not told."""
_AT_ONCE = 20
_SOONEST_MS, _LATEST_MS = 60_000, 3_600_000
_PLACE = re.compile(r"%([A-Za-z%])")


class GetDoor(Protocol):
    """How an address is visited."""

    async def visit(self, url: str) -> int:
        """The status of its answer. Raises `NotTold`."""


def reply_to(mask: int, url: str) -> str:
    """What is kept of dlr-mask and dlr-url."""
    return f"{mask} {url}"


class TellByGet:
    """For the loop of one process at a time."""

    def __init__(
        self, documents: Documents, listened: ListenedRepository, door: GetDoor, clock: Clock
    ) -> None:
        self._documents = documents
        self._listened = listened
        self._door = door
        self._clock = clock

    async def step(self) -> bool:
        """Tells some; whether there may be more to tell now."""
        due = await self._listened.receipts_to_post(WAY, self._clock.now_ms(), limit=_AT_ONCE)
        await asyncio.gather(*(self._tell(one) for one in due))
        return len(due) == _AT_ONCE

    async def _tell(self, one: Versioned[OwedReceipt]) -> None:
        owed = one.value
        mask, _, url = owed.reply_to.partition(" ")
        outcome = DELIVERED if owed.state is TextState.DELIVERED else NOT_DELIVERED
        if not int(mask) & outcome or await self._visited(owed, filled(url, owed, outcome)):
            write: Write = self._listened.told(one)
        else:
            now = self._clock.now_ms()
            wait = min(_LATEST_MS, max(_SOONEST_MS, now - owed.ended_at))
            write = self._listened.update_receipt(replace(owed, next_at=now + wait), one.version)
        with suppress(Conflict):
            await self._documents.commit([write])

    async def _visited(self, owed: OwedReceipt, url: str) -> bool:
        try:
            status, problem = await self._door.visit(url), ""
        except NotTold as reason:
            status, problem = 0, str(reason)
        told = status // 100 == 2
        if not told:
            log.warning(
                "listener.receipt_later", extra={"delivery": owed.id, "status": status, "problem": problem}
            )
        return told


def filled(url: str, owed: OwedReceipt, outcome: int) -> str:
    """The address with Kannel's places: %d outcome, %p who got the text, %P who sent it, %t and %T when it
    ended, %I and %F the id, %i the hub. Others are left as they are."""
    values: Mapping[str, str] = {
        "d": str(outcome),
        "p": owed.destination,
        "P": owed.source,
        "t": f"{to_local(owed.ended_at):%Y-%m-%d %H:%M}",
        "T": str(owed.ended_at // 1000),
        "I": owed.id,
        "F": owed.id,
        "i": "12110",
        "a": "",
        "A": "",
        "%": "%25",
    }

    def value(found: re.Match[str]) -> str:
        letter = found[1]
        if letter not in values:
            return found[0]
        return values[letter] if letter == "%" else quote(values[letter], safe="")

    return _PLACE.sub(value, url)
