"""Expansion: turns the recipients of a broadcast into rows of the outbox, page by page.

Rule protected: killed at any instruction and begun again, it loses nobody and writes nobody twice.
Each row's id and dedup key derive from the broadcast and the address, so repeating a page inserts
nothing; the cursor moves only after the page is durable (a cursor that moves when a page is *read*
loses what the crash interrupted); and at the end the rows are counted against the recipients, and all
are gone through again when some are missing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from campaigns.broadcast import Broadcast, BroadcastState
from campaigns.errors import Overtaken
from campaigns.ports import Broadcasts, Planner, Recipient, Recipients
from campaigns.selection import DUPLICATE, select
from channels.clock import Clock
from channels.outbox.ports import Suppressions
from channels.outbox.quiet_hours import WINDOWS, Windows
from channels.points import Point, point

_MOST_SWEEPS = 1  # an undisturbed second pass leaves no hole


class Expansion:
    """Expands broadcasts. `page_size` recipients make one step."""

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
    ) -> None:
        self._recipients = recipients
        self._suppressions = suppressions
        self._planner = planner
        self._broadcasts = broadcasts
        self._clock = clock
        self._page_size = page_size
        self._windows = windows

    async def step(self, broadcast_id: str) -> Broadcast | None:
        """One page: the broadcast after it, or None when there is none of that id.

        A step on a broadcast that is paused, ended or fully expanded changes nothing.
        """
        read = await self._broadcasts.broadcast(broadcast_id)
        if read is None or not read.value.wants_expansion:
            return read.value if read else None
        broadcast = read.value
        page = await self._recipients.page(
            broadcast.segment,
            after=broadcast.cursor,
            limit=self._page_size,
            snapshot_at=broadcast.snapshot_at,
        )
        if page:
            broadcast = await self._write(broadcast, page)
        if len(page) < self._page_size:
            broadcast = await self._finish(broadcast)
        point(Point.EXPANDED if broadcast.expanded else Point.BEFORE_CURSOR)
        try:
            await self._broadcasts.save_broadcast(broadcast, read.version)
        except Overtaken:  # paused or canceled meanwhile: the page stays uncounted and is repeated
            now = await self._broadcasts.broadcast(broadcast_id)
            return now.value if now else None
        point(Point.AFTER_CURSOR)
        return broadcast

    async def _write(self, broadcast: Broadcast, page: Sequence[Recipient]) -> Broadcast:
        selection = await select(
            broadcast, page, self._suppressions, now=self._clock.now_ms(), windows=self._windows
        )
        if selection.deliveries:
            point(Point.BEFORE_PAGE)
            await self._planner.plan(selection.deliveries)
        return replace(
            broadcast,
            cursor=page[-1].id,
            considered=broadcast.considered + len(page),
            planned=broadcast.planned + len(selection.deliveries),
            parts=broadcast.parts + sum(delivery.parts for delivery in selection.deliveries),
            excluded=dict(Counter(broadcast.excluded) + Counter(selection.excluded)),
        )

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
