"""Erases whom a broadcast went to, when it has been over for long enough.

What goes are the rows of the outbox: address, blind index, personal text. What stays is the broadcast with
its text and every counter, so that report, cost and proof of what was sent are the same a year later. Nothing
of a reply or a notice is touched: those belong to cases. Cut off anywhere it goes on; twice is harmless.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import replace

from campaigns.broadcast import ACTIVE, Broadcast, BroadcastState
from hub.repositories.campaigns import CampaignRepository
from hub.runtime.clock import Clock
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents

log = logging.getLogger(__name__)

STEP = 1_000
_PAGE = 200


class ForgetRecipients:
    """One round over all broadcasts that are over."""

    def __init__(
        self, documents: Documents, repository: CampaignRepository, clock: Clock, *, keep_seconds: int
    ) -> None:
        self._documents = documents
        self._repository = repository
        self._clock = clock
        self._keep_ms = keep_seconds * 1000

    async def __call__(self) -> int:
        """How many rows were deleted."""
        gone = 0
        for state in BroadcastState:
            if state not in ACTIVE:
                gone += await self._forget_all(state)
        return gone

    async def _forget_all(self, state: BroadcastState) -> int:
        over, gone = self._clock.now_ms() - self._keep_ms, 0
        after: str | None = None
        while True:
            page, after = await self._repository.ended_broadcasts(
                state, before=over, after=after, limit=_PAGE
            )
            for read in page:
                if not read.value.forgotten_at and read.value.ended_at < over:
                    gone += await self._forget(read)
            if after is None:
                return gone

    async def _forget(self, read: Versioned[Broadcast]) -> int:
        """Marked when the last row is gone: what is cut off in between is begun again."""
        gone = 0
        while True:
            step = await self._documents.delete("outbox", {"origin_id": read.value.id}, limit=STEP)
            gone += step
            if step < STEP:
                break
        marked = replace(read.value, forgotten_at=self._clock.now_ms())
        with suppress(Conflict):
            await self._documents.commit([self._repository.update_broadcast(marked, read.version)])
        log.info("retention.recipients", extra={"broadcast": read.value.id, "rows": gone})
        return gone
