"""Whose rows are claimed next inside a lane: deficit round robin by department, then by broadcast.

Rule protected: one department's million does not stand before another's ten thousand, and a department with
two broadcasts gets no more than one with a single one. Each round shares what may be claimed among those that
wait, by the departments' shares; what one did not get, or got too much because a row costs several parts,
is carried to its next round. Who has nothing waiting saves nothing up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from channels.outbox.ports import Leased, Outbox, Waiting

Shares = Callable[[str], int]
"""The share of a department by its id; 1 unless an office says otherwise."""

_STEPS = 8
"""At most so many claims make a round: with many that wait, each gets more at once and comes less often."""


def equal_shares(department: str) -> int:
    """Everybody the same."""
    return 1


class Turns:
    """What each queue of one sender and lane is owed, in parts."""

    def __init__(self, shares: Shares = equal_shares) -> None:
        self._shares = shares
        self._owed: dict[str, float] = {}
        self._cost: dict[str, float] = {}

    async def claim(
        self, outbox: Outbox, sender: str, lane: int, *, limit: int, lease_seconds: float
    ) -> list[Leased]:
        """Up to `limit` rows of a lane, now leased. Raises `OutboxUnavailable`."""
        rows: list[Leased] = []
        waiting = await outbox.waiting(sender, lane)
        while waiting and len(rows) < limit:
            for queue in self._round(waiting, limit - len(rows)):
                wanted = self._rows(queue, limit - len(rows))
                if not wanted:
                    continue
                found = await outbox.claim(
                    sender, lanes=(lane,), limit=wanted, lease_seconds=lease_seconds, key=queue.key
                )
                rows += found
                self._took(queue, found)
                if len(found) < wanted:  # nothing more waits in it
                    waiting.remove(queue)
                    self._owed.pop(queue.key)
        return rows

    def _round(self, waiting: Sequence[Waiting], rows: int) -> list[Waiting]:
        """The parts of about so many rows are shared among those that wait; they come in the order in which
        they are owed. Sharing fewer parts than the rows have would take a batch in many ever smaller claims.
        """
        there = {queue.key for queue in waiting}
        self._owed = {key: owed for key, owed in self._owed.items() if key in there}
        self._cost = {key: cost for key, cost in self._cost.items() if key in there}
        queues = Counter(queue.department for queue in waiting)
        shares = {department: max(1, self._shares(department)) for department in queues}
        due = {queue.key: shares[queue.department] / queues[queue.department] for queue in waiting}
        parts = rows / sum(share / self._cost.get(key, 1.0) for key, share in due.items())
        for key, share in due.items():
            self._owed[key] = self._owed.get(key, 0.0) + parts * share
        return sorted(waiting, key=lambda queue: (-self._owed[queue.key], queue.key))

    def _rows(self, queue: Waiting, limit: int) -> int:
        """How many rows to claim of it now, at most `limit`; 0 when it is not its turn."""
        owed = self._owed[queue.key]
        if owed <= 0:
            return 0
        rows = round(owed / self._cost.get(queue.key, 1.0))
        return min(limit, max(1, rows, limit // _STEPS))

    def _took(self, queue: Waiting, rows: Sequence[Leased]) -> None:
        if rows:
            parts = sum(max(1, row.delivery.parts) for row in rows)
            self._owed[queue.key] -= parts
            self._cost[queue.key] = parts / len(rows)
