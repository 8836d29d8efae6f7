"""Looks again for the messages of parked receipts, and tells what became known by one that came first.

Nearly every receipt finds its message when it comes or when the message is settled; here is what differs by a
midnight, and what was written by two processes beside each other.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from hub.repositories.deliveries.parts import DeliveryPart, DeliveryParts
from hub.repositories.outbox import OutboxRepository
from hub.runtime.clock import Clock
from hub.store.documents import Conflict, Documents, Duplicate

EARLY_MS = 60_000
"""A receipt that has waited less is only early."""
_LATE_MS = 2 * 3_600_000
"""What has waited longer is about nothing that any clock could have moved."""
_PAGE = 200

Received = Callable[[str], Awaitable[None]]
"""Tells whoever waits for it that the carrier spoke of a delivery."""


class MatchReceipts:
    """For the jobs."""

    def __init__(
        self,
        documents: Documents,
        outbox: OutboxRepository,
        parts: DeliveryParts,
        received: Received,
        clock: Clock,
    ) -> None:
        self._documents = documents
        self._outbox = outbox
        self._parts = parts
        self._received = received
        self._clock = clock

    async def step(self) -> bool:
        """One round; whether another one at once makes sense."""
        found = False
        after: str | None = None
        now = self._clock.now_ms()
        while True:
            page = await self._parts.unmatched(
                since=now - _LATE_MS, before=now - EARLY_MS, limit=_PAGE, after=after
            )
            for parked in page.parts:
                found |= await self._match(parked)
            after = page.next
            if after is None:
                break
        for part in await self._parts.joined(limit=_PAGE):
            await self._received(part.value.delivery_id)
            try:
                await self._documents.commit([self._parts.known_of(part)])
            except Conflict:
                continue  # heard of again meanwhile: the next round
        return found

    async def _match(self, parked: DeliveryPart) -> bool:
        try:
            delivery_id = await self._outbox.match(parked)
        except (Conflict, Duplicate):
            return False  # the next round
        if delivery_id:
            await self._received(delivery_id)
        return bool(delivery_id)
