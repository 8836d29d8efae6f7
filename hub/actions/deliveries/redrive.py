"""Sends again what ended without arriving: one row by a click, or many by date, reason and sender.

A final state is never left, so it goes as a *new* row with `redrive_of`, whose id and dedup key are made of
the old row's and the number of the repetition: whoever asks twice, or in two windows, sends it once. Who did
it is kept as for every decision on a delivery. Law education that may have left is never sent again.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from channels.outbox.delivery import POLICY, Delivery, MessageClass, Origin
from channels.outbox.ports import Change, Flow, Leased
from channels.outbox.suppression import rules_against
from hub.actions.deliveries.decide_delivery import exists_for, require_decider
from hub.model.agent import Agent
from hub.model.cases.case import Case
from hub.model.cases.history import HistoryKind, recorded
from hub.repositories.deliveries.dead_letters import DeadFilter, DeadLetter, is_dead
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid, NotFound, Stale
from hub.store.codec import Versioned
from hub.store.documents import Add, Conflict, Documents, Duplicate, Write
from hub.store.until_committed import until_committed

log = logging.getLogger(__name__)

AGAIN = "redriven"
"""The decision, as the history of a case keeps it."""
MOST = 2_000
"""Rows that one look counts and one click sends again."""
_LOOKED_AT = 20_000
"""Rows it goes through for them: what may not go again stands in the list for good."""
_PAGE = 50
_TOGETHER = 50
_TRIES = 6


class Refusal(StrEnum):
    """Why a row is not sent again."""

    DONE = "done"  # it was sent again already, or arrived after all
    MAY_HAVE_LEFT = "may_have_left"  # law education that the carrier may have taken
    TOO_LATE = "too_late"  # its broadcast is over
    STOPPED = "stopped"  # its broadcast was canceled
    SUPPRESSED = "suppressed"  # a standing rule forbids it
    UNREADABLE = "unreadable"  # nobody knows any more to whom it goes


@dataclass(frozen=True, slots=True)
class Ended:
    """A row that ended without arriving. refusal: why it is not sent again, None when it may be."""

    letter: DeadLetter
    delivery: Delivery
    refusal: Refusal | None


@dataclass(frozen=True, slots=True)
class EndedPage:
    """One page of them; `next` continues it, None at the end."""

    rows: tuple[Ended, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Look:
    """What a filter finds, before anything is done. more: there are others behind the first `MOST`."""

    count: int = 0
    refused: Mapping[Refusal, int] = field(default_factory=dict)
    more: bool = False


@dataclass(frozen=True, slots=True)
class _Row:
    read: Leased
    case: Versioned[Case] | None


class Redrive:
    """Lists what ended, and sends it again. most: rows that one look counts and one click sends."""

    def __init__(
        self, documents: Documents, repositories: Repositories, clock: Clock, *, most: int = MOST
    ) -> None:
        self._documents = documents
        self._repositories = repositories
        self._clock = clock
        self._most = most

    async def page(self, agent: Agent, wanted: DeadFilter, *, after: str | None = None) -> EndedPage:
        """Those that exist for the agent, the latest first. Raises `Forbidden`."""
        require_decider(agent)
        rows: list[Ended] = []
        while True:
            page = await self._repositories.deliveries.dead_letters.page(wanted, limit=_PAGE, after=after)
            letters = {one.value.id: one.value for one in page.letters}
            found = await self._rows(agent, list(letters))
            refusals = await self._refusals(found)
            for row in found:
                delivery = row.read.delivery
                rows.append(Ended(letters[delivery.id], delivery, refusals[delivery.id]))
            after = page.next
            if after is None or len(rows) >= _PAGE:
                return EndedPage(tuple(rows), after)

    async def look(self, agent: Agent, wanted: DeadFilter) -> Look:
        """How many `many` would send again now. Raises `Forbidden`."""
        require_decider(agent)
        count, refused, seen = 0, Counter[Refusal](), 0
        after: str | None = None
        while count < self._most and seen < _LOOKED_AT:
            page = await self._repositories.deliveries.dead_letters.page(wanted, limit=_PAGE, after=after)
            found = await self._rows(agent, [one.value.id for one in page.letters])
            for refusal in (await self._refusals(found)).values():
                count += refusal is None
                if refusal is not None:
                    refused[refusal] += 1
            seen, after = seen + len(page.letters), page.next
            if after is None:
                return Look(count, dict(refused))
        return Look(count, dict(refused), more=True)

    async def one(self, agent: Agent, delivery_id: str) -> str:
        """Sends one row again; the id of the new row. A second time changes nothing and gives the same.

        Raises `Forbidden`, `NotFound`, `Stale` when it arrived after all, or `Invalid` with the refusal.
        """
        require_decider(agent)
        done = await self._again(agent, [delivery_id])
        if not done:
            raise NotFound("delivery")
        [(id, refusal)] = done
        if not id:
            raise Stale("delivery")
        if refusal is not None and refusal is not Refusal.DONE:
            raise Invalid({"delivery": refusal.value})
        return id

    async def many(self, agent: Agent, wanted: DeadFilter) -> int:
        """Sends again what `look` counted, at most `MOST` rows; how many went. Raises `Forbidden`."""
        require_decider(agent)
        went, seen = 0, 0
        after: str | None = None
        while went < self._most and seen < _LOOKED_AT:
            page = await self._repositories.deliveries.dead_letters.page(wanted, limit=_TOGETHER, after=after)
            done = await self._again(agent, [one.value.id for one in page.letters])
            went += sum(refusal is None for _, refusal in done)
            seen, after = seen + len(page.letters), page.next
            if after is None:
                break
        return went

    # -- inside ------------------------------------------------------------------------------

    async def _again(self, agent: Agent, ids: Sequence[str]) -> list[tuple[str, Refusal | None]]:
        """For each row that exists for the agent the id of its repetition, or why there is none; "" for one
        that needs none."""

        async def decide() -> tuple[list[Write], list[tuple[str, Refusal | None]]]:
            rows = await self._rows(agent, ids)
            refusals = await self._refusals(rows)
            writes: list[Write] = []
            cases: dict[str, Versioned[Case]] = {row.case.value.id: row.case for row in rows if row.case}
            done: list[tuple[str, Refusal | None]] = []
            for row in rows:
                old = row.read.delivery
                refusal = refusals[old.id]
                done.append((old.redriven_as if refusal is Refusal.DONE else _next_id(old), refusal))
                if refusal is None:
                    writes += await self._writes(row, agent, cases)
            return writes, done

        try:
            done = await until_committed(self._documents, decide, tries=_TRIES)
        except (Conflict, Duplicate):
            if len(ids) == 1:  # in two windows at once: the other one did it
                return [(id, Refusal.DONE) for id in ids]
            return [one for id in ids for one in await self._again(agent, [id])]
        for id, refusal in done:
            if refusal is None:
                log.info("outbox.redriven", extra={"delivery_id": id, "by": agent.id})
        return done

    async def _writes(self, row: _Row, agent: Agent, cases: dict[str, Versioned[Case]]) -> list[Write]:
        now, old = self._clock.now_ms(), row.read.delivery
        new = redriven(old, now=now)
        stores = self._repositories
        writes: list[Write] = [
            stores.outbox.insert(new),
            *stores.outbox.writes(Change(row.read, old.moved(redriven_as=new.id))),
            *await stores.deliveries.dead_letters.gone(old.id),
        ]
        if old.origin is Origin.BROADCAST:  # the new row counts in its place
            writes.append(Add("progress", old.origin_id, {old.state.value: -1}))
        if row.case is not None:
            case = cases[row.case.value.id]
            after, entry = recorded(
                case.value,
                at=now,
                actor=agent.id,
                kind=HistoryKind.DELIVERY_DECIDED,
                facts={"delivery": old.id, "decision": AGAIN},
            )
            writes += [stores.cases.update(after, case.version), stores.cases.insert_entry(entry)]
            cases[after.id] = Versioned(after, case.version + 1)
        return writes

    async def _rows(self, agent: Agent, ids: Sequence[str]) -> list[_Row]:
        """Those that exist for the agent, in this order, with the case they belong to."""
        rows = await self._repositories.outbox.reread(ids)
        # One read for all: who may not see one of them must not learn by the time that there is one.
        walled = await self._repositories.cases.walled([row.delivery.case_id for row in rows.values()])
        found: list[_Row] = []
        for id in ids:
            row = rows.get(id)
            if row is None:
                continue
            case_id = row.delivery.case_id
            if exists_for(agent, is_restricted=case_id in walled):
                case = await self._repositories.cases.get(case_id) if case_id else None
                found.append(_Row(row, case))
        return found

    async def _refusals(self, rows: Sequence[_Row]) -> dict[str, Refusal | None]:
        deliveries = [row.read.delivery for row in rows]
        keys = {key for one in deliveries for key in rules_against(one)}
        blocked = await self._repositories.suppressions.blocked(sorted(keys)) if keys else frozenset()
        runs = {one.origin_id for one in deliveries if one.origin is Origin.BROADCAST}
        flows = await self._repositories.outbox.origins(sorted(runs)) if runs else {}
        stopped = {id for id, body in flows.items() if body.flow is Flow.CANCELED}
        now = self._clock.now_ms()
        return {one.id: _refusal(one, blocked, stopped, now) for one in deliveries}


def redriven(old: Delivery, *, now: int) -> Delivery:
    """The row that repeats one that ended. A broadcast's keeps its time, everything else gets a new one."""
    life = POLICY[old.message_class].expiry_seconds * 1000
    number = old.redrive + 1
    return replace(
        old.untried(now),
        id=_next_id(old),
        dedup=f"{_root(old.dedup, old)}~{number}",
        expires_at=old.expires_at if old.origin is Origin.BROADCAST else now + life,
        redrive_of=old.id,
        redrive=number,
    )


def may_have_left(row: Delivery) -> bool:
    """Whether the provider may have taken it in one of its tries: it answered, or nobody knows."""
    return bool(row.provider_id or row.part_ids or row.receipt_at)


def _refusal(
    row: Delivery, blocked: frozenset[tuple[str, str]], stopped: set[str], now: int
) -> Refusal | None:
    if not is_dead(row):
        return Refusal.DONE
    if not row.recipient.value:
        return Refusal.UNREADABLE
    if row.message_class is MessageClass.L and may_have_left(row):
        return Refusal.MAY_HAVE_LEFT
    if row.origin_id in stopped:
        return Refusal.STOPPED
    if row.origin is Origin.BROADCAST and row.expires_at <= now:
        return Refusal.TOO_LATE
    return Refusal.SUPPRESSED if any(key in blocked for key in rules_against(row)) else None


def _next_id(old: Delivery) -> str:
    return f"{_root(old.id, old)}~{old.redrive + 1}"


def _root(name: str, old: Delivery) -> str:
    return name.rpartition("~")[0] if old.redrive else name
