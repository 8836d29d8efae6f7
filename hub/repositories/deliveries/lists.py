"""What people and jobs read of the outbox; nothing here changes a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from channels.outbox.delivery import Delivery, DeliveryState
from hub.repositories.evidence.behind_compartment import restricted
from hub.repositories.outbox_rows import LAST_QUEUE, ROW_COUNTER, OutboxRows, queues_of
from hub.store.codec import Versioned
from hub.store.documents import Documents


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """One page of a list; `next` continues it, None at the end."""

    deliveries: tuple[Versioned[Delivery], ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class StandingPage:
    """Ids of rows with the instant (ms UTC) of the last word about each, 0 = none will come."""

    words: Mapping[str, int]
    next: str | None


class DeliveryLists:
    """Rows of the outbox, to be looked at."""

    def __init__(self, documents: Documents, rows: OutboxRows) -> None:
        self._documents = documents
        self._rows = rows

    async def get(self, delivery_id: str) -> Versioned[Delivery] | None:
        """One row with its version, or None."""
        stored = await self._documents.get("outbox", delivery_id)
        return None if stored is None else Versioned(self._rows.load(stored), stored.version)

    async def states(self, delivery_ids: Sequence[str]) -> dict[str, DeliveryState]:
        """Where the rows that exist among `delivery_ids` stand; nothing is unsealed. Of one that was sent
        again, where that stands."""
        found = await self._documents.get_many("outbox", delivery_ids)
        states = {id: DeliveryState(stored.body["state"]) for id, stored in found.items()}
        again = {
            id: stored.body["redriven_as"] for id, stored in found.items() if stored.body.get("redriven_as")
        }
        if again:
            later = await self.states(list(again.values()))
            states |= {id: later[row] for id, row in again.items() if row in later}
        return states

    async def counts(self, origin_id: str) -> dict[str, int]:
        """Rows of a broadcast by state, from its counters; rows on the way are not in it."""
        counters = await self._documents.get("progress", origin_id)
        if counters is None:
            return {}
        return {name: number for name, number in counters.body.items() if name != ROW_COUNTER}

    async def queued(self, sender: str, lane: int, *, limit: int) -> tuple[int, int]:
        """How many rows of a lane may leave, counted up to `limit`, and since when the first may (ms UTC,
        0 = none); nothing is unsealed. Without those of cases behind the compartment: who sends campaigns
        sees these numbers."""
        start = queues_of(sender, lane)
        now = await self._documents.now_ms()
        where = {"queue": {"$gt": start, "$lt": start + LAST_QUEUE}, "not_before": {"$lte": now}}
        found = await self._documents.find(
            "outbox", where, sort=(("queue", 1), ("not_before", 1)), limit=limit
        )
        hidden = await restricted(self._documents, (one.body.get("case_id", "") for one in found))
        shown = [one for one in found if one.body.get("case_id", "") not in hidden]
        return len(shown), min((one.body["not_before"] for one in shown), default=0)

    async def by_state(
        self, state: DeliveryState, *, limit: int = 50, after: str | None = None
    ) -> DeliveryPage:
        """Rows of one state, the first to be looked at first (ambiguous: the oldest)."""
        return await self._page({"state": state.value}, (("due_at", 1),), limit, after)

    async def of_origin(
        self, origin_id: str, *, state: DeliveryState | None = None, limit: int = 50, after: str | None = None
    ) -> DeliveryPage:
        """Rows of a broadcast, or the delivery of one reply or notice."""
        where: dict[str, str] = {"origin_id": origin_id}
        if state is not None:
            where["state"] = state.value
        return await self._page(where, (), limit, after)

    async def standing(
        self, origin_id: str, state: DeliveryState, *, limit: int, after: str | None = None
    ) -> StandingPage:
        """Which rows of a broadcast are in a state; nothing is unsealed."""
        where = {"origin_id": origin_id, "state": state.value}
        found = await self._documents.find("outbox", where, limit=limit, after=after)
        more = self._documents.cursor(found[-1]) if len(found) == limit else None
        return StandingPage({stored.id: stored.body["receipt_at"] for stored in found}, more)

    async def of_case(self, case_id: str, *, limit: int = 50, after: str | None = None) -> DeliveryPage:
        """Everything that left in one case, oldest first."""
        return await self._page({"case_id": case_id}, (), limit, after)

    async def ambiguous(self, *, limit: int = 50, after: str | None = None) -> DeliveryPage:
        """Every row of which nobody knows whether it was sent."""
        return await self.by_state(DeliveryState.AMBIGUOUS, limit=limit, after=after)

    async def _page(
        self, where: Mapping[str, str], sort: Sequence[tuple[str, int]], limit: int, after: str | None
    ) -> DeliveryPage:
        found = await self._documents.find("outbox", where, sort=sort, limit=limit, after=after)
        more = self._documents.cursor(found[-1], sort) if len(found) == limit else None
        return DeliveryPage(
            tuple(Versioned(row.delivery, row.version) for row in self._rows.listed(found)), more
        )
