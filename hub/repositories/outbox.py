"""The outbox in the store: every row that waits to leave, leaves, or has left.

Implements `channels.outbox.ports.Outbox` on the storage port. Rules it protects: a change names the version
it read; a move outside the state table of `channels/outbox/delivery.py` is refused here, for everybody; the
counters of a broadcast move in the same unit of work as its rows, so progress never drifts and is
never counted. A case whose citizen was not reached is told of it in the same unit of work; a row without
a case pays nothing for it. What the receipts of carriers need that know only their own ids stands in
`deliveries/part_receipts.py`; a row whose receipts carry our id pays a look at a field for it.
"""

from __future__ import annotations

import random as chance
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from campaigns.broadcast import Broadcast, BroadcastState
from channels.clock import Random
from channels.contract import Receipt
from channels.outbox.delivery import Delivery, DeliveryState
from channels.outbox.gate import PAUSED
from channels.outbox.limits import SentLately, Spent, parts_spent
from channels.outbox.ports import Change, Flow, Leased, OriginBody
from channels.outbox.receipts import NO_RULE, HandsetRule, apply_receipt
from channels.outbox.retry import settled
from channels.points import Point, point
from hub.repositories.campaigns import CampaignRepository
from hub.repositories.case_deliveries import CaseDeliveries
from hub.repositories.deliveries import dead_letters, parts
from hub.repositories.deliveries.dead_letters import DeadLetters, dies
from hub.repositories.deliveries.part_receipts import PartReceipts, has_new_parts
from hub.repositories.deliveries.parts import DeliveryPart, DeliveryParts
from hub.repositories.limits import department_parts, sent_lately
from hub.repositories.outbox_rows import COLLECTIONS as ROWS
from hub.repositories.outbox_rows import (
    ROW_COUNTER,
    OutboxRows,
    changed,
    delta,
    is_counted,
    parts_taken_back,
    translated,
)
from hub.repositories.sending import counts
from hub.repositories.sending.counts import counted
from hub.store.codec import Versioned
from hub.store.crypto import Vault
from hub.store.documents import Add, Conflict, Documents, Duplicate, Insert, Stored, Update, Write
from hub.store.until_committed import until_committed

__all__ = ["COLLECTIONS", "DeliveryPage", "OutboxRepository", "ReceiptResult"]

COLLECTIONS = (*ROWS, *counts.COLLECTIONS, *parts.COLLECTIONS, *dead_letters.COLLECTIONS)

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


@dataclass(frozen=True, slots=True)
class StandingPage:
    """Ids of rows with the instant (ms UTC) of the last word about each, 0 = none will come."""

    words: Mapping[str, int]
    next: str | None


class OutboxRepository:
    """Rows of the outbox. Methods named in `channels.outbox.ports.Outbox` raise `OutboxUnavailable`.

    handset: by channel, which failures are worth another try (`channels/outbox/receipts.py`).
    """

    def __init__(
        self, documents: Documents, vault: Vault, handset: Mapping[str, HandsetRule] | None = None
    ) -> None:
        self._documents = documents
        self._handset = dict(handset or {})
        self._campaigns = CampaignRepository(documents, vault)
        self._rows = OutboxRows(vault)
        self._vault = vault
        self._cases = CaseDeliveries(documents, vault)
        self._dead = DeadLetters(documents, vault)
        self._jitter = chance.Random()
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
        wanted = {delivery.id: self.insert(delivery) for delivery in deliveries}
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

    async def claim(
        self, sender: str, *, lanes: Sequence[int], limit: int, lease_seconds: float
    ) -> list[Leased]:
        """See the port. One look per lane, so that each is served by the index alone."""
        rows: list[Leased] = []
        point(Point.BEFORE_CLAIM)
        with translated():
            now = await self._documents.now_ms()
            until = now + int(lease_seconds * 1000)
            for lane in lanes:
                found = await self._documents.claim(
                    "outbox",
                    {"sender": sender, "state": S.READY.value, "lane": lane, "not_before": {"$lte": now}},
                    sort=(("not_before", 1),),
                    limit=limit - len(rows),
                    set={"state": S.LEASED.value, "lease_until": until, "due_at": until},
                )
                rows += await self._sendable(self._rows.listed(found))
                if len(rows) >= limit:
                    break
        if rows:
            point(Point.AFTER_CLAIM)
        return rows

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
            if lately or any(row.delivery.department for row in rows):
                lost = await self._intend_counted(changes, lately, now)
            else:
                lost = set(await self._documents.settle("outbox", [changed(change) for change in changes]))
        point(Point.AFTER_INTENT)
        return [Leased(c.after, c.before.version + 1) for c in changes if c.after.id not in lost]

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
            taken = parts_taken_back([change for change in changes if change.after.id not in lost])
            if taken:
                now = await self._documents.now_ms()
                await self._documents.commit(department_parts.writes(taken, now))
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

        async def decide() -> tuple[list[Write], ReceiptResult]:
            stored = await self._documents.get("outbox", receipt.delivery_id)
            if stored is None or stored.body["sender"] != receipt.channel:
                return [], ReceiptResult.UNKNOWN
            row = Leased(self._rows.load(stored), stored.version)
            after = apply_receipt(row.delivery, receipt, random=random, handset=handset)
            if after is None:
                return [], ReceiptResult.NOTHING_NEW
            return await self._whole(Change(row, after)), ReceiptResult.APPLIED

        try:
            return await until_committed(self._documents, decide, tries=_TRIES)
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

    # -- looking -----------------------------------------------------------------------------

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
        0 = none); nothing is unsealed."""
        now = await self._documents.now_ms()
        where = {"sender": sender, "state": S.READY.value, "lane": lane, "not_before": {"$lte": now}}
        found = await self._documents.find("outbox", where, sort=(("not_before", 1),), limit=limit)
        return len(found), found[0].body["not_before"] if found else 0

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
        return await self.by_state(S.AMBIGUOUS, limit=limit, after=after)

    # -- inside ------------------------------------------------------------------------------

    async def _sendable(self, claimed: list[Leased]) -> list[Leased]:
        """Without those whose seal does not open: nobody knows any more to whom they go, so they end here."""
        lost = [row for row in claimed if not row.delivery.recipient.value]
        if lost:
            await self.settle([Change(row, settled(row.delivery, S.FAILED, UNREADABLE)) for row in lost])
        return [row for row in claimed if row.delivery.recipient.value]

    async def _intend_counted(
        self, changes: Sequence[Change], lately: Sequence[SentLately], now: int
    ) -> set[str]:
        """Intents and what they count for in one unit of work; the ids of rows that may not be sent.

        An address to which another process wrote meanwhile is looked at again: its rows are ready.
        """
        pending = {change.after.id: change for change in changes}
        counts = {one.key: one for one in lately}
        back: list[Change] = []
        while pending:
            parts: Counter[str] = Counter()
            for change in pending.values():
                row = change.before.delivery
                parts[row.department] += parts_spent(row, attempt=change.after.attempt)
            try:
                await self._documents.commit(
                    [
                        *(Update("outbox", id, set, v) for id, v, set in map(changed, pending.values())),
                        *sent_lately.writes(counts.values()),
                        *department_parts.writes(parts, now),
                    ]
                )
                break
            except (Conflict, Duplicate) as stale:
                if stale.write.collection == "outbox":
                    present = await self._documents.get_many("outbox", list(pending))
                    for id in [id for id, c in pending.items() if _is_late(c, present.get(id))]:
                        del pending[id]
                    pending.pop(stale.write.id, None)
                    continue
                found = await sent_lately.read(self._documents, list(counts))
                others = {
                    key
                    for key, one in counts.items()
                    if (found[key].version if key in found else 0) != one.version
                }
                others.add(stale.write.id)
                for id in [id for id, c in pending.items() if c.after.recipient_key in others]:
                    back.append(pending.pop(id))
                for key in others:
                    counts.pop(key, None)
        if back:
            await self.settle(
                [
                    Change(c.before, settled(c.before.delivery, S.READY, c.before.delivery.reason))
                    for c in back
                ]
            )
        return {change.after.id for change in changes} - pending.keys()

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
                late = {id for id, c in pending.items() if _is_late(c, present.get(id))}
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

    async def _page(
        self, where: Mapping[str, str], sort: Sequence[tuple[str, int]], limit: int, after: str | None
    ) -> DeliveryPage:
        found = await self._documents.find("outbox", where, sort=sort, limit=limit, after=after)
        more = self._documents.cursor(found[-1], sort) if len(found) == limit else None
        return DeliveryPage(
            tuple(Versioned(row.delivery, row.version) for row in self._rows.listed(found)), more
        )


def _counted(changes: Sequence[Change], *, at: int = 0) -> list[Add]:
    """What the changes add to counters; `at` as in `sending.counts.counted`."""
    of_broadcasts = [change for change in changes if is_counted(change)]
    moved = delta(of_broadcasts)
    return [
        *(Add("progress", origin, dict(amounts)) for origin, amounts in moved.items() if amounts),
        *counted(of_broadcasts, at=at),
    ]


def _is_late(change: Change, present: Stored | None) -> bool:
    return present is None or present.version != change.before.version


def _shared(run: Broadcast | None) -> OriginBody:
    if run is None:
        return OriginBody(Flow.OPEN, "", "")
    flow = _FLOWS.get(run.state, Flow.OPEN)
    return OriginBody(flow, "", "") if run.personal else OriginBody(flow, run.title, run.text)
