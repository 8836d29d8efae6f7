"""The outbox in the store: every row that waits to leave, leaves, or has left.

Implements `channels.outbox.ports.Outbox` on the storage port. Rules it protects: a change names the version
it read; a move outside the state table of `channels/outbox/delivery.py` is refused here, for everybody; the
counters of a broadcast move in the same unit of work as its rows, so progress never drifts and is
never counted. A case whose citizen was not reached is told of it in the same unit of work; a row without
a case pays nothing for it. What the receipts of carriers need that know only their own ids stands in
`deliveries/part_receipts.py`; a row whose receipts carry our id pays a look at a field for it.
"""

from __future__ import annotations

import asyncio
import random as chance
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

from campaigns.broadcast import Broadcast, BroadcastState
from channels.clock import Random
from channels.contract import Receipt
from channels.outbox.delivery import Delivery, DeliveryState
from channels.outbox.gate import PAUSED
from channels.outbox.limits import SentLately, Spent
from channels.outbox.pace import Pace
from channels.outbox.ports import Change, Flow, Leased, OriginBody, Waiting
from channels.outbox.receipts import NO_RULE, HandsetRule, apply_receipt
from channels.outbox.retry import settled
from channels.points import Point, point
from hub.repositories.campaigns import CampaignRepository
from hub.repositories.case_deliveries import CaseDeliveries
from hub.repositories.deliveries import dead_letters, paces, parts
from hub.repositories.deliveries.dead_letters import DeadLetters, dies
from hub.repositories.deliveries.intents import intend_counted, is_late
from hub.repositories.deliveries.lists import DeliveryLists
from hub.repositories.deliveries.paces import PaceRepository
from hub.repositories.deliveries.part_receipts import PartReceipts, has_new_parts
from hub.repositories.deliveries.parts import DeliveryPart, DeliveryParts
from hub.repositories.limits import department_parts, sent_lately
from hub.repositories.outbox_rows import COLLECTIONS as ROWS
from hub.repositories.outbox_rows import (
    LAST_QUEUE,
    ROW_COUNTER,
    OutboxRows,
    changed,
    delta,
    is_counted,
    parts_counted,
    queues_of,
    translated,
    waiting_in,
)
from hub.repositories.sending import counts
from hub.repositories.sending.counts import counted
from hub.store.crypto import Vault
from hub.store.documents import Add, Conflict, Documents, Duplicate, Insert, Update, Write
from hub.store.until_committed import until_committed

__all__ = ["COLLECTIONS", "OutboxRepository", "ReceiptResult"]

COLLECTIONS = (*ROWS, *counts.COLLECTIONS, *parts.COLLECTIONS, *dead_letters.COLLECTIONS, *paces.COLLECTIONS)

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

Decided = TypeVar("Decided")


class ReceiptResult(StrEnum):
    """What became of a receipt; safe to log."""

    APPLIED = "applied"
    NOTHING_NEW = "nothing_new"
    UNKNOWN = "unknown"  # no such delivery on this channel


class OutboxRepository(DeliveryLists):
    """Rows of the outbox. Methods named in `channels.outbox.ports.Outbox` raise `OutboxUnavailable`.

    handset: by channel, which failures are worth another try (`channels/outbox/receipts.py`).
    """

    def __init__(
        self, documents: Documents, vault: Vault, handset: Mapping[str, HandsetRule] | None = None
    ) -> None:
        super().__init__(documents, OutboxRows(vault))
        self._handset = dict(handset or {})
        self._campaigns = CampaignRepository(documents, vault)
        self._vault = vault
        self._cases = CaseDeliveries(documents, vault)
        self._dead = DeadLetters(documents, vault)
        self._jitter = chance.Random()
        self._paces = PaceRepository(documents)
        self._in_parts = PartReceipts(
            documents,
            DeliveryParts(documents, vault),
            self._rows,
            self._whole,
            self._handset,
            self._jitter,
        )

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
                    {"queue": {"$gt": behind, "$lt": start + LAST_QUEUE}},
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
        point(Point.BEFORE_CLAIM)
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
                        break
                if len(rows) >= limit:
                    break
        if rows:
            point(Point.AFTER_CLAIM)
        return rows

    async def pace(self, sender: str, decide: Callable[[Pace, int], tuple[Pace, Decided]]) -> Decided:
        """See the port."""
        with translated():
            return await self._paces.step(sender, decide)

    async def tell_moves(self, sender: str) -> None:
        """See the port."""
        with translated():
            await self._paces.tell(sender)

    async def mark_sending(
        self, rows: Sequence[Leased], *, lease_seconds: float, lately: Sequence[SentLately] = ()
    ) -> list[Leased]:
        """See the port."""
        with translated():
            now = await self._documents.now_ms()
            until = now + int(lease_seconds * 1000)
            begun = [
                row.delivery.moved(state=S.SENDING, attempt=row.delivery.attempt + 1, lease_until=until)
                for row in rows
            ]
            changes = [Change(row, after) for row, after in zip(rows, begun, strict=True)]
            point(Point.BEFORE_INTENT)
            await self._spend(parts_counted(changes), now)
            if lately:
                lost, looked_at_anew = await intend_counted(self._documents, changes, lately)
                if looked_at_anew:
                    await self.settle([Change(row, _ready_again(row)) for row in looked_at_anew])
            else:
                lost = set(await self._documents.settle("outbox", [changed(change) for change in changes]))
            await self._spend(parts_counted([c for c in changes if c.after.id in lost], back=True), now)
        point(Point.AFTER_INTENT)
        return [Leased(c.after, c.before.version + 1) for c in changes if c.after.id not in lost]

    async def _spend(self, parts: Mapping[str, int], now: int) -> None:
        """Counts parts for departments, each by itself, so that no process waits for another's batch. It is
        done before the parts may be sent: what a crash leaves behind counts too much, never too little."""
        for write in department_parts.writes(parts, now):
            await self._documents.commit([write])

    async def sent_lately(self, keys: Sequence[str]) -> Mapping[str, SentLately]:
        """See the port."""
        with translated():
            return await sent_lately.read(self._documents, keys)

    async def spent(self, departments: Sequence[str], now: int) -> Mapping[str, Spent]:
        """See the port."""
        with translated():
            return await department_parts.read(self._documents, departments, now)

    def fingerprint(self, text: str) -> str:
        """See the port."""
        return self._vault.blind(text)

    async def settle(self, changes: Sequence[Change]) -> list[Change]:
        """See the port. Raises ValueError for a move the state table does not know."""
        with translated():
            point(Point.BEFORE_SETTLE)
            in_parts = [change for change in changes if has_new_parts(change)]
            if in_parts:
                lost_parts = await self._in_parts.settle(in_parts)
                others = [change for change in changes if not has_new_parts(change)]
                late = [change for change in in_parts if change.after.id in lost_parts]
                return [*late, *await self.settle(others)] if others else late
            of_cases = await self._cases.concerned(changes)
            ids = {change.after.id for change in of_cases}
            rest = [change for change in changes if change.after.id not in ids] if ids else changes
            counted = [change for change in rest if is_counted(change) or dies(change)]
            plain = rest
            if counted:
                ids = {change.after.id for change in counted}
                plain = [change for change in rest if change.after.id not in ids]
            lost = await self._settle_of_cases(of_cases)
            if plain:
                lost.update(await self._documents.settle("outbox", [changed(change) for change in plain]))
            lost |= await self._settle_counted(counted)
            written = [change for change in changes if change.after.id not in lost] if lost else changes
            not_begun = parts_counted(written)
            if any(not_begun.values()):
                await self._spend(not_begun, await self._documents.now_ms())
            self._paces.saw(written)
        point(Point.AFTER_SETTLE)
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
        if moved:
            point(Point.AFTER_RELEASE)
        return moved

    # -- receipts and decisions --------------------------------------------------------------

    async def apply_receipt(
        self, receipt: Receipt, *, random: Random | None = None, handset: HandsetRule | None = None
    ) -> ReceiptResult:
        """What the provider said later, by rank, of a receipt with our id. One of another channel or of an
        unknown id changes nothing. random, handset: of a test, instead of the repository's own."""
        random = random or self._jitter
        handset = handset or self._handset.get(receipt.channel, NO_RULE)

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
            return await self._whole(change), ReceiptResult.APPLIED

        try:
            result = await until_committed(self._documents, decide, tries=_TRIES)
            if result is ReceiptResult.APPLIED:
                self._paces.saw(applied)
            return result
        except Conflict:  # our own outcome is written again and again meanwhile
            return ReceiptResult.NOTHING_NEW

    async def apply_part_receipt(self, receipt: Receipt) -> str:
        """A receipt without our id: the delivery it is about, "" when it waits for the answer to the send.

        Raises `Conflict` or `Duplicate` when the same is written again and again meanwhile.
        """
        return await self._in_parts.apply(receipt)

    async def match(self, parked: DeliveryPart) -> str:
        """Looks again for the message of a parked receipt; the delivery that was told, "" for none."""
        return await self._in_parts.match(parked)

    def writes(self, change: Change) -> list[Write]:
        """One change as writes, for a unit of work (a person's decision on an ambiguous row)."""
        id, version, set = changed(change)
        return [Update("outbox", id, set, version), *_counted([change])]

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
        dead = {id for id, change in pending.items() if dies(change)}
        now = await self._documents.now_ms() if pending else 0
        lost: set[str] = set()
        while pending:
            updates = [
                Update("outbox", id, set, version) for id, version, set in map(changed, pending.values())
            ]
            ended = [self._dead.insert(pending[id].after, at=now) for id in pending if id in dead]
            try:
                await self._documents.commit([*updates, *ended, *_counted(list(pending.values()), at=now)])
                return lost
            except Duplicate as known:
                if known.write.collection == "dead_letters":  # it is on the list already
                    dead.discard(known.write.id)
                elif not isinstance(known.write, Add):
                    raise  # else the counter was begun by another process at the same moment and is there now
            except Conflict as stale:  # receipts came before our own record of the send
                present = await self._documents.get_many("outbox", list(pending))
                late = {id for id, c in pending.items() if is_late(c, present.get(id))}
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
                return await self._whole(change), True

            try:
                if not await until_committed(self._documents, decide, tries=_TRIES):
                    lost.add(change.after.id)
            except (
                Conflict,
                Duplicate,
            ):  # the case is written again and again meanwhile: the row is looked at again
                lost.add(change.after.id)
        return lost

    async def _whole(self, change: Change) -> list[Write]:
        """The writes of one change with everything that has to know of it."""
        now = await self._documents.now_ms() if dies(change) else 0
        return [*self.writes(change), *await self._told(change), *await self._dead.writes(change, at=now)]

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


def _counted(changes: Sequence[Change], *, at: int = 0) -> list[Add]:
    """What the changes add to counters; `at` as in `sending.counts.counted`."""
    of_broadcasts = [change for change in changes if is_counted(change)]
    moved = delta(of_broadcasts)
    return [
        *(Add("progress", origin, dict(amounts)) for origin, amounts in moved.items() if amounts),
        *counted(of_broadcasts, at=at),
    ]


def _ready_again(row: Leased) -> Delivery:
    return settled(row.delivery, S.READY, row.delivery.reason)


def _shared(run: Broadcast | None) -> OriginBody:
    if run is None:
        return OriginBody(Flow.OPEN, "", "")
    flow = _FLOWS.get(run.state, Flow.OPEN)
    return OriginBody(flow, "", "") if run.personal else OriginBody(flow, run.title, run.text)
