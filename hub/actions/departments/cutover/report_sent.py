"""The old platform reports what it did with texts of which the hub has a copy.

Rules protected: what it says it sent, the hub does not send: a row that still waits is withdrawn in the unit
of work that takes the report; what it says it did not send, the hub may send; a report that comes twice
changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from campaigns.said import Said
from channels.address import Address, BadAddress, phone
from channels.outbox.delivery import DeliveryState
from channels.outbox.ports import Change
from channels.outbox.retry import settled
from hub.actions.departments.cutover.shadow_texts import ShadowTexts, counted, text_id
from hub.actions.departments.one_platform import NEVER_SENT, OnePlatform, twice_id
from hub.actions.departments.refusals import NotTaken, Problem
from hub.actions.departments.submit_texts import Caller
from hub.actions.departments.wording import TextsWanted
from hub.model.departments.sent_once import Platform, SentText, Stopped
from hub.model.departments.shadow import Outcome, ShadowCopy, ShadowResult
from hub.repositories.departments.records import DepartmentRecords
from hub.repositories.outbox import OutboxRepository
from hub.runtime.clock import Clock
from hub.runtime.errors import NotFound
from hub.store.codec import Versioned
from hub.store.documents import Documents, Write
from hub.store.until_committed import until_committed

SENT_ELSEWHERE = "sent_elsewhere"
"""Reason of a row that was withdrawn because the old platform had sent it."""
NOT_IN_COPY = "副本中没有号码 %(to)s"
_WAITS = frozenset({DeliveryState.PLANNED, DeliveryState.READY, DeliveryState.HELD, DeliveryState.LEASED})
_TRIES = 20


@dataclass(frozen=True, slots=True)
class Told:
    """What the old platform says of one number. parts: of its text, 0 = untold."""

    to: str
    outcome: Outcome
    parts: int = 0


class ReportSent:
    """Takes reports."""

    def __init__(
        self,
        documents: Documents,
        records: DepartmentRecords,
        outbox: OutboxRepository,
        shadow: ShadowTexts,
        platforms: OnePlatform,
        clock: Clock,
    ) -> None:
        self._documents = documents
        self._records = records
        self._outbox = outbox
        self._shadow = shadow
        self._platforms = platforms
        self._clock = clock

    async def __call__(
        self, caller: Caller, client_ref: str, told: Sequence[Told], wanted: TextsWanted | None
    ) -> ShadowCopy:
        """The copy as it stands then. wanted: the texts, where no copy may have come; they are one then.

        Raises `NotFound` without a copy and texts, `NotTaken` for numbers it does not have.
        """
        id = self._records.shadows.id_of(caller.line, client_ref)
        if await self._records.shadows.get(id) is None:
            if wanted is None:
                raise NotFound
            made = await self._shadow(caller, wanted)
            if caller.sandbox:
                return _after(made.copy, told)

        async def decide() -> tuple[list[Write], ShadowCopy]:
            before = await self._records.shadows.get(id)
            if before is None:
                raise NotFound
            after = _after(before.value, told)
            if after == before.value:
                return [], after
            return await self._writes(before, after), after

        return await until_committed(self._documents, decide, tries=_TRIES)

    async def _writes(self, before: Versioned[ShadowCopy], after: ShadowCopy) -> list[Write]:
        copy = before.value
        amounts = counted(after)
        amounts.subtract(counted(copy))
        amounts["reported"] += sum(one.old is not Outcome.UNTOLD for one in after.results)
        amounts["reported"] -= sum(one.old is not Outcome.UNTOLD for one in copy.results)
        changed = [
            (place, one)
            for place, (old, one) in enumerate(zip(copy.results, after.results, strict=True))
            if one.sent_id and one.old is not old.old
        ]
        sent = await self._records.sent_texts.get_many([one.sent_id for _, one in changed])
        writes: list[Write] = [self._records.shadows.update(after, before.version)]
        writes += self._records.shadows.count(copy.department, copy.day, Counter(amounts))
        for place, one in changed:
            writes += await self._of_number(after, place, one, sent.get(one.sent_id))
        return writes

    async def _of_number(
        self, copy: ShadowCopy, place: int, one: ShadowResult, entry: Versioned[SentText] | None
    ) -> list[Write]:
        """Who has the text after what was told of one number."""
        mine, now = text_id(copy.id, place), self._clock.now_ms()
        if one.old is Outcome.REFUSED:
            held = entry is not None and entry.value.text_id == mine
            return [self._records.sent_texts.release(entry)] if held and entry is not None else []
        if entry is not None and entry.value.by is Platform.OLD and entry.value.until > now:
            return []
        writes = [self._platforms.write(one.sent_id, Platform.OLD, mine, entry, now)]
        if entry is None or entry.value.by is Platform.OLD or entry.value.until <= now:
            return writes
        row = (await self._outbox.reread([entry.value.text_id])).get(entry.value.text_id)
        if row is not None and row.delivery.state in NEVER_SENT:
            return writes
        stopped = Stopped.NOWHERE
        if row is not None and row.delivery.state in _WAITS:
            stopped = Stopped.AT_HUB
            after = settled(row.delivery, DeliveryState.CANCELED, SENT_ELSEWHERE)
            writes += self._outbox.writes(Change(row, after))
        twice = self._platforms.twice(mine, stopped, copy, one.to, at=now)
        known = await self._records.sent_texts.versions_of_twice([twice_id(mine)])
        return [*writes, self._records.sent_texts.write_twice(twice, known.get(twice.id, 0))]


def _after(copy: ShadowCopy, told: Sequence[Told]) -> ShadowCopy:
    """The copy with what was told. A number may be spelled otherwise than there. Raises `NotTaken`."""
    places: dict[Address | str, int] = {}
    for place, one in enumerate(copy.results):
        places.setdefault(_key(one.to), place)
    results, problems = list(copy.results), []
    for number, word in enumerate(told):
        at = places.get(_key(word.to))
        if at is None:
            problems.append(Problem(f"results.{number}.to", "not_in_copy", Said(NOT_IN_COPY, to=word.to)))
        else:
            results[at] = replace(results[at], old=word.outcome, old_parts=word.parts)
    if problems:
        raise NotTaken(problems)
    after = replace(copy, results=tuple(results))
    return replace(after, differs=int(bool(after.differences())))


def _key(spelled: str) -> Address | str:
    try:
        return phone(spelled)
    except BadAddress:
        return spelled
