"""The outbox in the store: every row that waits to leave, leaves, or has left.

Implements `channels.outbox.ports.Outbox` on the storage port. Rules it protects: a change names the version
it read; a move outside the state table of `channels/outbox/delivery.py` is refused here, for everybody; the
counters of a broadcast move in the same unit of work as its rows, so progress never drifts and is
never counted. A case whose citizen was not reached is told of it in the same unit of work; a row without
a case pays nothing for it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from campaigns.broadcast import Broadcast, BroadcastState
from channels.clock import Random
from channels.contract import Receipt
from channels.outbox.delivery import Delivery, DeliveryState
from channels.outbox.gate import PAUSED
from channels.outbox.pace import Pace
from channels.outbox.ports import Change, Flow, Leased, OriginBody, Waiting
from channels.outbox.receipts import NO_RULE, HandsetRule, apply_receipt
from channels.outbox.retry import settled
from hub.repositories.campaigns import CampaignRepository
from hub.repositories.case_deliveries import CaseDeliveries
from hub.repositories.deliveries.paces import PaceRepository
from hub.repositories.outbox_rows import (
    COLLECTIONS,
    ROW_COUNTER,
    OutboxRows,
    changed,
    delta,
    is_counted,
    queues_of,
    translated,
    waiting_in,
)
from hub.store.codec import Versioned
from hub.store.crypto import Vault
from hub.store.documents import Add, Conflict, Documents, Duplicate, Insert, Update, Write
from hub.store.until_committed import until_committed

__all__ = ["COLLECTIONS", "DeliveryPage", "OutboxRepository", "ReceiptResult"]

S = DeliveryState
_FLOWS: Mapping[BroadcastState, Flow] = {
    BroadcastState.PAUSED: Flow.PAUSED,
    BroadcastState.CANCELED: Flow.CANCELED,
}
_HOLD = OriginBody(Flow.PAUSED, "", "")
"""Of a broadcast that cannot be read: nothing of it leaves."""
UNREADABLE = "unreadable"
"""Why a delivery failed whose address and text cannot be unsealed any more."""
_TRIES = 6
_RECENT = 50
_AT_ONCE = 100
"""So many rows are sealed in one turn of the event loop."""
_MOST_QUEUES = 200
"""So many broadcasts and departments share one lane at a time; the others follow when one of them is done."""
_LAST = "\U0010ffff"

Decided = TypeVar("Decided")


class ReceiptResult(StrEnum):
    """What became of a receipt; safe to log."""

    APPLIED = "applied"
    NOTHING_NEW = "nothing_new"
    UNKNOWN = "unknown"  # no such delivery on this channel


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """One page of a list; `next` continues it, None at the end."""

    deliveries: tuple[Versioned[Delivery], ...]
    next: str | None


class OutboxRepository:
    """Rows of the outbox. Methods named in `channels.outbox.ports.Outbox` raise `OutboxUnavailable`."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._campaigns = CampaignRepository(documents, vault)
        self._rows = OutboxRows(vault)
        self._cases = CaseDeliveries(documents, vault)
        self._paces = PaceRepository(documents)

    # -- putting in --------------------------------------------------------------------------

    def insert(self, delivery: Delivery) -> Insert:
        """The write of one row, for a unit of work; a repeat is a Duplicate. Not for broadcasts."""
        return Insert("outbox", delivery.id, self._rows.body(delivery))

    async def plan(self, deliveries: Sequence[Delivery]) -> int:
        """Writes a page of rows, durable when it returns; how many of them were new.

        Ids are deterministic, so a page repeated after a crash changes nothing. Rows and their
        count are one unit of work. (`insert_many` would be unordered and could not count.)
        """
        wanted: dict[str, Insert] = {}
        for start in range(0, len(deliveries), _AT_ONCE):
            some = deliveries[start : start + _AT_ONCE]
            for delivery, body in zip(some, self._rows.bodies(some), strict=True):
                wanted[delivery.id] = Insert("outbox", delivery.id, body)
            await asyncio.sleep(0)  # who writes to us meanwhile is answered
        origins = {delivery.id: delivery.origin_id for delivery in deliveries}
        while wanted:
            totals = Counter(origins[id] for id in wanted)
            counted = [Add("progress", origin, {ROW_COUNTER: number}) for origin, number in totals.items()]
            try:
                with translated():
                    await self._documents.commit([*wanted.values(), *counted])
                return len(wanted)
            except Duplicate as taken:  # a repeated page, or two planners at once
                present = await self._documents.get_many("outbox", list(wanted))
                for id in {*present, taken.write.id}:
                    wanted.pop(id, None)
        return 0

    async def planned(self, origin_id: str) -> int:
        """How many rows an origin has, whatever became of them."""
        counters = await self._documents.get("progress", origin_id)
        return int(counters.body.get(ROW_COUNTER, 0)) if counters else 0

    # -- the dispatcher's port ---------------------------------------------------------------

    async def now_ms(self) -> int:
        """The store's clock."""
        with translated():
            return await self._documents.now_ms()

    async def waiting(self, sender: str, lane: int) -> list[Waiting]:
        """See the port."""
        start = queues_of(sender, lane)
        found: list[Waiting] = []
        with translated():
            now = await self._documents.now_ms()
            behind = start
            while len(found) < _MOST_QUEUES:
                first = await self._documents.find(
                    "outbox",
                    {"queue": {"$gt": behind, "$lt": start + _LAST}},
                    sort=(("queue", 1), ("not_before", 1)),
                    limit=1,
                )
                if not first:
                    break
                behind = first[0].body["queue"]
                if first[0].body["not_before"] <= now:
                    found.append(waiting_in(behind, start))
        return found

    async def claim(
        self, sender: str, *, lanes: Sequence[int], limit: int, lease_seconds: float, key: str = ""
    ) -> list[Leased]:
        """See the port. One look per queue, so that each is served by the index alone."""
        rows: list[Leased] = []
        with translated():
            now = await self._documents.now_ms()
            until = now + int(lease_seconds * 1000)
            leased = {"state": S.LEASED.value, "queue": "", "lease_until": until, "due_at": until}
            for lane in lanes:
                for queue in [key] if key else [one.key for one in await self.waiting(sender, lane)]:
                    found = await self._documents.claim(
                        "outbox",
                        {"queue": queue, "not_before": {"$lte": now}},
                        sort=(("not_before", 1),),
                        limit=limit - len(rows),
                        set=leased,
                    )
                    rows += await self._sendable(self._rows.listed(found))
                    if len(rows) >= limit:
                        return rows
        return rows

    async def pace(self, sender: str, decide: Callable[[Pace, int], tuple[Pace, Decided]]) -> Decided:
        """See the port."""
        with translated():
            return await self._paces.step(sender, decide)

    async def tell_moves(self, sender: str) -> None:
        """See the port."""
        with translated():
            await self._paces.tell(sender)

    async def mark_sending(self, rows: Sequence[Leased], *, lease_seconds: float) -> list[Leased]:
        """See the port."""
        with translated():
            until = await self._documents.now_ms() + int(lease_seconds * 1000)
            begun = [
                row.delivery.moved(state=S.SENDING, attempt=row.delivery.attempt + 1, lease_until=until)
                for row in rows
            ]
            changes = [Change(row, after) for row, after in zip(rows, begun, strict=True)]
            lost = set(await self._documents.settle("outbox", [changed(change) for change in changes]))
        return [Leased(c.after, c.before.version + 1) for c in changes if c.after.id not in lost]

    async def settle(self, changes: Sequence[Change]) -> list[Change]:
        """See the port. Raises ValueError for a move the state table does not know."""
        with translated():
            of_cases = await self._cases.concerned(changes)
            ids = {change.after.id for change in of_cases}
            rest = [change for change in changes if change.after.id not in ids] if ids else changes
            counted = [change for change in rest if is_counted(change)]
            plain = rest if not counted else [change for change in rest if not is_counted(change)]
            lost = await self._settle_of_cases(of_cases)
            if plain:
                lost.update(await self._documents.settle("outbox", [changed(change) for change in plain]))
            lost |= await self._settle_counted(counted)
        self._paces.saw([change for change in changes if change.after.id not in lost] if lost else changes)
        return [change for change in changes if change.after.id in lost] if lost else []

    async def reread(self, ids: Sequence[str]) -> Mapping[str, Leased]:
        """See the port."""
        with translated():
            found = await self._documents.get_many("outbox", ids)
        return {row.delivery.id: row for row in self._rows.listed(found.values())}

    async def origins(self, ids: Sequence[str]) -> Mapping[str, OriginBody]:
        """See the port; an origin that is not stopped is open."""
        with translated():
            runs, there = await self._campaigns.broadcasts(ids)
        return {id: _HOLD if id in there - runs.keys() else _shared(runs.get(id)) for id in ids}

    async def overdue(self, state: DeliveryState, *, limit: int) -> list[Leased]:
        """See the port."""
        with translated():
            now = await self._documents.now_ms()
            where = {"state": state.value, "due_at": {"$lte": now}}
            found = await self._documents.find("outbox", where, sort=(("due_at", 1),), limit=limit)
        return self._rows.listed(found)

    async def sweep_origins(self, *, limit: int) -> int:
        """See the port."""
        moved = 0
        with translated():
            now = await self._documents.now_ms()
            for run in await self._campaigns.active_broadcasts():
                if run.value.state is not BroadcastState.PAUSED:
                    held = await self._waiting(run.value.id, S.HELD, limit, reason=PAUSED)
                    moved += await self._move_all(held, S.READY, "", not_before=now)
            canceled = await self._documents.find(
                "broadcasts",
                {"state": BroadcastState.CANCELED.value},
                sort=(("fire_at", -1),),
                limit=_RECENT,
            )
            for stored in canceled:
                for state in (S.READY, S.HELD, S.PLANNED):
                    rows = await self._waiting(stored.id, state, limit)
                    moved += await self._move_all(rows, S.CANCELED, "canceled")
        return moved

    # -- receipts and decisions --------------------------------------------------------------

    async def apply_receipt(
        self, receipt: Receipt, *, random: Random, handset: HandsetRule = NO_RULE
    ) -> ReceiptResult:
        """What the provider said later, by rank. A receipt of another channel or an unknown id
        changes nothing."""

        applied: list[Change] = []

        async def decide() -> tuple[list[Write], ReceiptResult]:
            stored = await self._documents.get("outbox", receipt.delivery_id)
            if stored is None or stored.body["sender"] != receipt.channel:
                return [], ReceiptResult.UNKNOWN
            row = Leased(self._rows.load(stored), stored.version)
            after = apply_receipt(row.delivery, receipt, random=random, handset=handset)
            if after is None:
                return [], ReceiptResult.NOTHING_NEW
            change = Change(row, after)
            applied[:] = [change]
            return [*self.writes(change), *await self._told(change)], ReceiptResult.APPLIED

        try:
            result = await until_committed(self._documents, decide, tries=_TRIES)
            if result is ReceiptResult.APPLIED:
                self._paces.saw(applied)
            return result
        except Conflict:  # our own outcome is written again and again meanwhile
            return ReceiptResult.NOTHING_NEW

    def writes(self, change: Change) -> list[Write]:
        """One change as writes, for a unit of work (a person's decision on an ambiguous row)."""
        id, version, set = changed(change)
        moved = delta([change])
        return [
            Update("outbox", id, set, version),
            *(Add("progress", origin, dict(amounts)) for origin, amounts in moved.items()),
        ]

    # -- looking -----------------------------------------------------------------------------

    async def get(self, delivery_id: str) -> Versioned[Delivery] | None:
        """One row with its version, or None."""
        stored = await self._documents.get("outbox", delivery_id)
        return None if stored is None else Versioned(self._rows.load(stored), stored.version)

    async def states(self, delivery_ids: Sequence[str]) -> dict[str, DeliveryState]:
        """Where the rows that exist among `delivery_ids` stand; nothing is unsealed."""
        found = await self._documents.get_many("outbox", delivery_ids)
        return {id: DeliveryState(stored.body["state"]) for id, stored in found.items()}

    async def counts(self, origin_id: str) -> dict[str, int]:
        """Rows of a broadcast by state, from its counters; rows on the way are not in it."""
        counters = await self._documents.get("progress", origin_id)
        if counters is None:
            return {}
        return {name: number for name, number in counters.body.items() if name != ROW_COUNTER}

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

    async def of_case(self, case_id: str, *, limit: int = 50, after: str | None = None) -> DeliveryPage:
        """Everything that left in one case, oldest first."""
        return await self._page({"case_id": case_id}, (), limit, after)

    async def ambiguous(self, *, limit: int = 50, after: str | None = None) -> DeliveryPage:
        """Every row of which nobody knows whether it was sent."""
        return await self.by_state(S.AMBIGUOUS, limit=limit, after=after)

    # -- inside ------------------------------------------------------------------------------

    async def _sendable(self, claimed: list[Leased]) -> list[Leased]:
        """Without those whose seal does not open: nobody knows any more to whom they go, so they end here."""
        lost = [row for row in claimed if not row.delivery.recipient.value]
        if lost:
            await self.settle([Change(row, settled(row.delivery, S.FAILED, UNREADABLE)) for row in lost])
        return [row for row in claimed if row.delivery.recipient.value]

    async def _settle_counted(self, changes: Sequence[Change]) -> set[str]:
        """Rows and counters in one unit of work; the ids whose version was no longer current."""
        pending = {change.after.id: change for change in changes}
        lost: set[str] = set()
        while pending:
            updates = [
                Update("outbox", id, set, version) for id, version, set in map(changed, pending.values())
            ]
            moved = delta(list(pending.values()))
            try:
                await self._documents.commit(
                    [*updates, *(Add("progress", origin, dict(n)) for origin, n in moved.items())]
                )
                return lost
            except Conflict as stale:  # receipts came before our own record of the send
                present = await self._documents.get_many("outbox", list(pending))
                late = {
                    id
                    for id, c in pending.items()
                    if id not in present or present[id].version != c.before.version
                }
                for id in late | {stale.write.id}:
                    pending.pop(id, None)
                    lost.add(id)
        return lost

    async def _settle_of_cases(self, changes: Sequence[Change]) -> set[str]:
        """Each row with its case in one unit of work; the ids whose version was no longer current."""
        lost: set[str] = set()
        for change in changes:

            async def decide(change: Change = change) -> tuple[list[Write], bool]:
                stored = await self._documents.get("outbox", change.after.id)
                if stored is None or stored.version != change.before.version:
                    return [], False
                return [*self.writes(change), *await self._told(change)], True

            try:
                if not await until_committed(self._documents, decide, tries=_TRIES):
                    lost.add(change.after.id)
            except (
                Conflict,
                Duplicate,
            ):  # the case is written again and again meanwhile: the row is looked at again
                lost.add(change.after.id)
        return lost

    async def _told(self, change: Change) -> list[Write]:
        """What a case has to know of a change of its delivery."""
        if not await self._cases.concerned([change]):
            return []
        return await self._cases.writes(change.after, at=await self._documents.now_ms())

    async def _waiting(
        self, origin_id: str, state: DeliveryState, limit: int, *, reason: str | None = None
    ) -> list[Leased]:
        where = {"origin_id": origin_id, "state": state.value}
        if reason is not None:
            where["reason"] = reason
        found = await self._documents.find("outbox", where, limit=limit)
        return self._rows.listed(found)

    async def _move_all(
        self, rows: Sequence[Leased], state: DeliveryState, reason: str, *, not_before: int | None = None
    ) -> int:
        changes = []
        for row in rows:
            after = settled(row.delivery, state, reason)
            changes.append(Change(row, after if not_before is None else after.moved(not_before=not_before)))
        late = await self.settle(changes)
        return len(changes) - len(late)

    async def _page(
        self, where: Mapping[str, str], sort: Sequence[tuple[str, int]], limit: int, after: str | None
    ) -> DeliveryPage:
        found = await self._documents.find("outbox", where, sort=sort, limit=limit, after=after)
        more = self._documents.cursor(found[-1], sort) if len(found) == limit else None
        return DeliveryPage(
            tuple(Versioned(row.delivery, row.version) for row in self._rows.listed(found)), more
        )


def _shared(run: Broadcast | None) -> OriginBody:
    if run is None:
        return OriginBody(Flow.OPEN, "", "")
    flow = _FLOWS.get(run.state, Flow.OPEN)
    return OriginBody(flow, "", "") if run.personal else OriginBody(flow, run.title, run.text)
