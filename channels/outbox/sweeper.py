"""Takes up every row whose time has come: leases over, expired, held, unanswered.

Any worker may run it: each move names the version that was read, so two sweepers never move a row
twice, and a dispatcher that was only slow finds its write refused.
"""

from __future__ import annotations

from channels.outbox.delivery import DeliveryState
from channels.outbox.overdue import SWEPT, overdue
from channels.outbox.ports import Change, Outbox
from channels.outbox.reconcile import Reconciler
from channels.points import Point, point


class Sweeper:
    """`run_once` until it returns 0, then again after some seconds."""

    def __init__(self, outbox: Outbox, *, limit: int = 500, reconciler: Reconciler | None = None) -> None:
        self._outbox = outbox
        self._reconciler = reconciler
        self._limit = limit

    async def run_once(self) -> int:
        """Moves up to `limit` rows per state; how many rows were moved or found too late."""
        seen = await self._outbox.sweep_origins(limit=self._limit)
        for state in SWEPT:
            rows = await self._outbox.overdue(state, limit=self._limit)
            now = await self._outbox.now_ms()
            if state is DeliveryState.AMBIGUOUS and self._reconciler is not None:
                changes = await self._reconciler.decide(rows, now=now)
            else:
                changes = [
                    Change(row, after)
                    for row in rows
                    if (after := overdue(row.delivery, now=now)) is not None
                ]
            if changes:
                point(Point.BEFORE_SWEEP)
                await self._outbox.settle(changes)
                point(Point.AFTER_SWEEP)
                seen += len(changes)
        return seen
