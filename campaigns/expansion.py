"""Expansion: turns the recipients of a broadcast into rows of the outbox, page by page.

Rule protected: killed at any instruction and begun again, it loses nobody and writes nobody twice.
Each row's id and dedup key derive from the broadcast and the address, so repeating a page inserts
nothing; the cursor moves only after the page is durable (a cursor that moves when a page is *read*
loses what the crash interrupted); and at the end the rows are counted against the recipients, and all
are gone through again when some are missing.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, replace

from campaigns.broadcast import Broadcast, BroadcastState
from campaigns.errors import Overtaken
from campaigns.ports import Broadcasts, Planner, Recipients
from campaigns.selection import DUPLICATE, Selection, SenderFor, select
from channels.clock import Clock
from channels.outbox.ports import Suppressions
from channels.outbox.quiet_hours import WINDOWS, Windows
from channels.points import Point, point

_MOST_SWEEPS = 1  # an undisturbed second pass leaves no hole


@dataclass(frozen=True, slots=True)
class _Page:
    """Recipients that were read, and what becomes of them. cursor: the last of them."""

    size: int
    cursor: str
    selection: Selection


class Expansion:
    """Expands broadcasts. `page_size` recipients make a page."""

    def __init__(
        self,
        recipients: Recipients,
        suppressions: Suppressions,
        planner: Planner,
        broadcasts: Broadcasts,
        clock: Clock,
        *,
        page_size: int = 100,
        windows: Windows = WINDOWS,
        sender_for: SenderFor | None = None,
    ) -> None:
        """sender_for: see `select`."""
        self._recipients = recipients
        self._suppressions = suppressions
        self._planner = planner
        self._broadcasts = broadcasts
        self._clock = clock
        self._page_size = page_size
        self._windows = windows
        self._sender_for = sender_for

    async def step(self, broadcast_id: str, *, pages: int = 1) -> Broadcast | None:
        """Up to `pages` pages: the broadcast after them, or None when there is none of that id.

        A step on a broadcast that is paused, ended or fully expanded changes nothing. While one page is made
        durable the next is read and prepared; the cursor moves once, behind all of them.
        """
        read = await self._broadcasts.broadcast(broadcast_id)
        if read is None or not read.value.wants_expansion:
            return read.value if read else None
        broadcast = await self._write_pages(read.value, pages)
        point(Point.EXPANDED if broadcast.expanded else Point.BEFORE_CURSOR)
        try:
            await self._broadcasts.save_broadcast(broadcast, read.version)
        except Overtaken:  # paused or canceled meanwhile: the pages stay uncounted and are repeated
            now = await self._broadcasts.broadcast(broadcast_id)
            return now.value if now else None
        point(Point.AFTER_CURSOR)
        return broadcast

    async def _write_pages(self, broadcast: Broadcast, pages: int) -> Broadcast:
        ready = await self._prepared(broadcast, broadcast.cursor)
        while True:
            pages -= 1
            ends = ready.size < self._page_size
            preparing = self._prepared(broadcast, ready.cursor) if pages > 0 and not ends else None
            following = asyncio.create_task(preparing) if preparing else None
            try:
                if ready.selection.deliveries:
                    point(Point.BEFORE_PAGE)
                    await self._planner.plan(ready.selection.deliveries)
                broadcast = _counted(broadcast, ready)
                if ends:
                    return await self._finish(broadcast)
                if following is None:
                    return broadcast
                ready = await following
            finally:
                if following is not None:
                    following.cancel()  # does nothing to what is done

    async def _prepared(self, broadcast: Broadcast, after: str) -> _Page:
        page = await self._recipients.page(
            broadcast.segment, after=after, limit=self._page_size, snapshot_at=broadcast.snapshot_at
        )
        selection = await select(
            broadcast,
            page,
            self._suppressions,
            now=self._clock.now_ms(),
            windows=self._windows,
            sender_for=self._sender_for,
        )
        return _Page(len(page), page[-1].id if page else after, selection)

    async def _finish(self, broadcast: Broadcast) -> Broadcast:
        """Looks for holes. The rows in the outbox are the truth about how many there are."""
        expected = await self._recipients.count(broadcast.segment, snapshot_at=broadcast.snapshot_at)
        rows = await self._planner.planned(broadcast.id)
        missing = broadcast.considered < expected or rows < broadcast.planned
        if missing and broadcast.sweeps < _MOST_SWEEPS:
            again = replace(broadcast, cursor="", considered=0, planned=0, parts=0, excluded={})
            return replace(again, sweeps=broadcast.sweeps + 1)
        excluded = dict(broadcast.excluded)
        if rows < broadcast.planned:  # after a full second pass: two contacts share an address
            excluded[DUPLICATE] = excluded.get(DUPLICATE, 0) + broadcast.planned - rows
        done = replace(broadcast, planned=rows, excluded=excluded, expanded=True)
        return done.moved(BroadcastState.RUNNING, self._clock.now_ms())


def _counted(broadcast: Broadcast, page: _Page) -> Broadcast:
    deliveries = page.selection.deliveries
    return replace(
        broadcast,
        cursor=page.cursor,
        considered=broadcast.considered + page.size,
        planned=broadcast.planned + len(deliveries),
        parts=broadcast.parts + sum(delivery.parts for delivery in deliveries),
        excluded=dict(Counter(broadcast.excluded) + Counter(page.selection.excluded)),
    )
