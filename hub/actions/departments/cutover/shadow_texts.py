"""A shadow copy: the old platform sends these texts, and the hub says what it would have done with them.

Rules protected: nothing leaves and nothing counts against a quota; it is judged by the very code that takes
and sends live texts (`submit_texts.py`, `channels/outbox/gate.py`), with a rate and a quota of its own, as
large. What the old platform says it sends, the hub does not send again.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from channels.address import Address, BadAddress, phone
from channels.outbox.delivery import Delivery, DeliveryState, MessageClass
from channels.outbox.gate import Gate
from channels.outbox.limits import DUPLICATE
from channels.outbox.ports import Leased
from hub.actions.departments.in_force import DepartmentsInForce
from hub.actions.departments.one_platform import OnePlatform
from hub.actions.departments.refusals import NotTaken, OtherBody, Problem
from hub.actions.departments.submit_texts import NOT_REGISTERED, Caller, Planned, SubmitTexts, canonical
from hub.actions.departments.wording import TextsWanted
from hub.model.departments.admission import Beyond, admitted
from hub.model.departments.registered import RegisteredDepartment
from hub.model.departments.sent_once import ALREADY_SENT, Platform, Stopped
from hub.model.departments.shadow import Refused, ShadowCopy, ShadowResult
from hub.model.departments.submission import OF_DELIVERY, TextState
from hub.repositories.departments.records import DepartmentRecords
from hub.repositories.outbox import OutboxRepository
from hub.runtime.clock import Clock, to_local
from hub.runtime.ids import derived_id
from hub.store.documents import Documents, Write
from hub.store.until_committed import until_committed

_TRIES = 20


@dataclass(frozen=True, slots=True)
class Shadowed:
    """What was answered. repeated: the copy had come before, and nothing was done."""

    copy: ShadowCopy
    repeated: bool = False


class ShadowTexts:
    """gate: asked, never obeyed."""

    def __init__(
        self,
        documents: Documents,
        records: DepartmentRecords,
        outbox: OutboxRepository,
        departments: DepartmentsInForce,
        submit: SubmitTexts,
        platforms: OnePlatform,
        gate: Gate,
        clock: Clock,
    ) -> None:
        self._documents = documents
        self._records = records
        self._outbox = outbox
        self._departments = departments
        self._submit = submit
        self._platforms = platforms
        self._gate = gate
        self._clock = clock
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def __call__(self, caller: Caller, wanted: TextsWanted) -> Shadowed:
        """Durable when it returns; of a sandbox key nothing is kept. Raises `NotTaken` for a department that
        is not registered, `OtherBody`; `StoreUnavailable`."""
        department = self._departments.registered(caller.department)
        if department is None:
            raise NotTaken([Problem("", "department_unknown", NOT_REGISTERED)])

        async def decide() -> tuple[list[Write], Shadowed]:
            known = await self._known(caller, wanted)
            if known is not None:
                return [], known
            copy, writes = await self._judged(caller, wanted, department)
            return ([], Shadowed(copy)) if caller.sandbox else (writes, Shadowed(copy))

        async with self._turns[caller.department]:
            return await until_committed(self._documents, decide, tries=_TRIES)

    async def _known(self, caller: Caller, wanted: TextsWanted) -> Shadowed | None:
        before = await self._records.shadows.get(self._id(caller, wanted))
        if before is None:
            return None
        if before.value.body != self._body(wanted):
            raise OtherBody
        return Shadowed(before.value, repeated=True)

    async def _judged(
        self, caller: Caller, wanted: TextsWanted, department: RegisteredDepartment
    ) -> tuple[ShadowCopy, list[Write]]:
        now = self._clock.now_ms()
        plain = ShadowCopy(
            id=self._id(caller, wanted),
            department=caller.department,
            line=caller.line,
            key_id=caller.key_id,
            at=now,
            day=f"{to_local(now):%Y%m%d}",
            body=self._body(wanted),
            differs=0,
            price_milli=department.contract.price_milli,
            client_ref=wanted.client_ref,
        )
        try:
            planned = self._submit.plan(caller, wanted)
        except NotTaken as refused:
            copy = _refused(plain, wanted.to, tuple(Refused(p.field, p.code) for p in refused.problems))
            texts = _addressed(copy, wanted.text)
            writes: list[Write] = []
        else:
            copy = replace(
                plain,
                sender=planned.rows[0].sender,
                extension=planned.rows[0].extension,
                message_class=planned.submission.message_class.value,
                parts=planned.submission.parts,
            )
            beyond, writes = await self._admission(planned, now)
            if beyond is not None:
                copy = replace(copy, until=beyond.until)
                copy = _refused(copy, wanted.to, (Refused("", beyond.code),))
            else:
                copy = replace(copy, results=await self._at_the_gate(planned, max(now, wanted.not_before)))
            texts = _addressed(copy, planned.rows[0].text)
        more: list[Write] = []
        if copy.message_class != MessageClass.E0:  # which is stopped by nothing
            copy, more = await self._sent_by_old(copy, texts, now)
        copy = replace(copy, differs=int(bool(copy.differences())))
        day = self._records.shadows.count(copy.department, copy.day, counted(copy))
        return copy, [self._records.shadows.insert(copy), *writes, *more, *day]

    async def _admission(self, planned: Planned, now: int) -> tuple[Beyond | None, list[Write]]:
        """Whether rate and quota would allow it, counted apart from what is really sent."""
        submission, department = planned.submission, planned.department
        if submission.message_class is MessageClass.E0:
            return None, []
        before = await self._records.submissions.admission(f"{department.id}:shadow")
        after = admitted(
            before.value,
            submission.accepted * submission.parts,
            rate=department.contract.parts_per_second,
            quota=department.department().quota,
            spent=(await self._outbox.spent([department.id], now))[department.id],
            now=now,
        )
        if isinstance(after, Beyond):
            return after, []
        return None, [self._records.submissions.admit(after, before.version)]

    async def _at_the_gate(self, planned: Planned, at: int) -> tuple[ShadowResult, ...]:
        """What the gate would make of each row at `at`; the rows are in no store."""
        looked = await self._gate.look([Leased(row, 0) for row in planned.rows], now=at)
        stopped: dict[str, Delivery] = {change.after.id: change.after for change in looked.stopped}
        results = []
        for one in planned.submission.results:
            after = stopped.get(one.message_id)
            if one.problem:
                results.append(ShadowResult(one.to, TextState.REJECTED, one.problem))
            elif after is None:
                results.append(ShadowResult(one.to, TextState.QUEUED))
            else:
                until = after.not_before if after.state is DeliveryState.HELD else 0
                results.append(ShadowResult(one.to, OF_DELIVERY[after.state], after.reason, until))
        return tuple(results)

    async def _sent_by_old(
        self, copy: ShadowCopy, texts: dict[int, tuple[Address, str]], now: int
    ) -> tuple[ShadowCopy, list[Write]]:
        """The old platform has these texts now, unless the hub sent them before: then it is told so."""
        ids = {text_id(copy.id, place): place for place in texts}
        asked = {id: texts[place] for id, place in ids.items()}
        claim = await self._platforms.claim(Platform.OLD, copy.department, asked, now)
        results = list(copy.results)
        for id, place in ids.items():
            one = replace(results[place], sent_id=self._platforms.sent_id(copy.department, *asked[id]))
            if id in claim.already:
                one = replace(one, state=TextState.REJECTED, reason=ALREADY_SENT, until=0)
            elif id in claim.again and one.would_leave:
                one = replace(one, state=TextState.SUPPRESSED, reason=DUPLICATE, until=0)
            results[place] = one
        twice = [
            self._platforms.twice(id, Stopped.AT_OLD, copy, results[ids[id]].to, at=now)
            for id in sorted(claim.already)
        ]
        rows = [self._records.sent_texts.write_twice(one) for one in twice]
        return replace(copy, results=tuple(results)), [*claim.writes, *rows]

    def _id(self, caller: Caller, wanted: TextsWanted) -> str:
        return self._records.shadows.id_of(caller.line, wanted.client_ref)

    def _body(self, wanted: TextsWanted) -> str:
        return self._records.submissions.digest(canonical(wanted))


def text_id(copy_id: str, place: int) -> str:
    """Of a text the old platform has: the copy and the place of its number there."""
    return derived_id("copy", copy_id, str(place))


def counted(copy: ShadowCopy) -> Counter[str]:
    """What a copy adds to its day. Differences stand under `d_` and their reason."""
    amounts = Counter({f"d_{reason}": number for reason, number in copy.differences().items()})
    amounts["copies"] = 1
    amounts["numbers"] = len(copy.results)
    amounts["leave"] = copy.would(TextState.QUEUED)
    amounts["held"] = copy.would(TextState.HELD)
    amounts["parts"] = copy.parts * copy.would(TextState.QUEUED, TextState.HELD)
    amounts["cost_milli"] = copy.cost_milli
    return amounts


def _refused(copy: ShadowCopy, to: Sequence[str], problems: tuple[Refused, ...]) -> ShadowCopy:
    results = tuple(ShadowResult(one, TextState.REJECTED, problems[0].code) for one in to)
    return replace(copy, refused=problems, results=results)


def _addressed(copy: ShadowCopy, text: str) -> dict[int, tuple[Address, str]]:
    """Number and words by the place of the number, each number once; without words nothing is known of
    them."""
    found: dict[Address, int] = {}
    for place, one in enumerate(copy.results if text else ()):
        try:
            found.setdefault(phone(one.to), place)
        except BadAddress:
            continue
    return {place: (address, text) for address, place in found.items()}
