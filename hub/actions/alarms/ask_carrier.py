"""Asks the carrier for the 三字段 or the position of the telephone an emergency came from.

Rules protected: one press is one look, and every look stands in the history of the case, who, when and what,
before anything leaves; what came of it stands there after. A kill between leaves a look without an outcome,
which the page says, and never an answer nobody asked for. What was answered is shown to who looked; somebody
else looks for themselves, which the carrier need not be asked for again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from campaigns.said import Said
from hub.actions.alarms.subscriber_source import CarrierAnswer, SubscriberSource
from hub.actions.staff.note_access import NoteAccess
from hub.model import policy
from hub.model.agent import Agent, Permission
from hub.model.alarms.carrier_data import Asked, CarrierLook, Outcome, may_ask, may_be_asked
from hub.model.cases.case import Case
from hub.model.cases.history import HistoryKind, recorded
from hub.model.cases.moves import IllegalMove
from hub.model.staff.audit import AuditAct
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Forbidden, NotFound, Stale
from hub.runtime.ids import new_id
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate, Write
from hub.store.until_committed import until_committed

_TRIES = 8


@dataclass(frozen=True, slots=True)
class LookLine:
    """One look-up as one agent sees it. shown: whether the answer is shown; else it is not here. lost:
    nothing comes of it any more."""

    look: CarrierLook
    by_name: str
    shown: bool
    lost: bool


@dataclass(frozen=True, slots=True)
class CarrierView:
    """What stands on the pages of a case. configured: whether a carrier can be asked at all. lines: of each
    kind the last look-up, and the last that was answered."""

    configured: bool
    lines: Mapping[Asked, tuple[LookLine, ...]]


class AskCarrier:
    """For the desk. source: None where no carrier is configured."""

    def __init__(
        self,
        documents: Documents,
        repositories: Repositories,
        source: SubscriberSource | None,
        note_access: NoteAccess,
        clock: Clock,
        *,
        keep_ms: int,
    ) -> None:
        """keep_ms: how long an answer is kept."""
        self._documents = documents
        self._repositories = repositories
        self._source = source
        self._note_access = note_access
        self._clock = clock
        self._keep_ms = keep_ms

    async def __call__(self, agent: Agent, case_id: str, asked: Asked) -> Outcome:
        """One question. Raises `NotFound`, `Forbidden`, `Stale`, or `IllegalMove` when this case is none that
        the carrier may be asked about, or no carrier is configured."""
        if self._source is None:
            await self._case(agent, case_id)
            raise IllegalMove(Said("没有接入运营商查询"))
        now = self._clock.now_ms()
        look = CarrierLook(
            new_id(now), case_id, asked, now, agent.id, now + self._keep_ms, seen_by=(agent.id,)
        )

        async def insert() -> Write:
            return self._repositories.aid.carrier_looks.insert(look)

        case = await self._recorded(agent, case_id, {"asked": asked, "look": look.id}, insert)
        answer = await self._source.ask(
            asked, case.applicant.address, reference=case.reference, officer=agent.login
        )
        await self._ended(look, answer)
        return answer.outcome

    async def show(self, agent: Agent, case_id: str, look_id: str) -> None:
        """Shows an answer that somebody else got. Raises as above; `NotFound` for what is kept no more."""
        await self._case(agent, case_id)
        first = await self._answered(case_id, look_id)
        if agent.id in first.value.seen_by:
            return

        async def update() -> Write:
            found = await self._answered(case_id, look_id)
            return self._repositories.aid.carrier_looks.update(found.value.seen(agent.id), found.version)

        facts = {"asked": first.value.asked, "look": look_id, "kept": "yes"}
        await self._recorded(agent, case_id, facts, update)

    async def read(self, agent: Agent, cases: Iterable[Case]) -> Mapping[str, CarrierView]:
        """By the id of the case, for those cases that the carrier may be asked about by this agent."""
        now = self._clock.now_ms()
        asked = [case.id for case in cases if may_be_asked(case, now=now) and may_ask(agent, case)]
        looks = await self._repositories.aid.carrier_looks.of_cases(asked)
        names = await self._repositories.agents.get_many(sorted({look.by for look in looks}))
        lines: dict[str, list[LookLine]] = {id: [] for id in asked}
        for look in looks:
            by = names.get(look.by)
            shown = look.outcome is Outcome.ANSWERED and agent.id in look.seen_by
            told = look if shown else look.without_answer()
            lines[look.case_id].append(LookLine(told, by.name if by else "", shown, look.is_lost(now)))
        return {
            id: CarrierView(self._source is not None, {kind: _last(of_case, kind) for kind in Asked})
            for id, of_case in lines.items()
        }

    async def _case(self, agent: Agent, case_id: str) -> Versioned[Case]:
        found = await self._repositories.cases.get(case_id)
        if found is None or not policy.may_see(agent, found.value):
            raise NotFound("case")
        if not may_ask(agent, found.value):
            raise Forbidden(Permission.ALARM_DUTY)
        if not may_be_asked(found.value, now=self._clock.now_ms()):
            raise IllegalMove(Said("只能为短信报警的紧急警情查询"))
        return found

    async def _answered(self, case_id: str, look_id: str) -> Versioned[CarrierLook]:
        found = await self._repositories.aid.carrier_looks.get(look_id)
        if found is None or found.value.case_id != case_id or found.value.outcome is not Outcome.ANSWERED:
            raise NotFound("carrier_look")
        return found

    async def _recorded(
        self, agent: Agent, case_id: str, facts: Mapping[str, str], also: Callable[[], Awaitable[Write]]
    ) -> Case:
        """Writes the look into the history, and with it what belongs to it; the case as it then is."""
        first = await self._case(agent, case_id)
        await self._note_access(agent, first.value, AuditAct.CARRIER_ASKED)

        async def decide() -> tuple[Sequence[Write], Case]:
            found = await self._case(agent, case_id)
            now, kind = self._clock.now_ms(), HistoryKind.CARRIER_ASKED
            after, entry = recorded(found.value, at=now, actor=agent.id, kind=kind, facts=facts)
            cases = self._repositories.cases
            return [cases.update(after, found.version), cases.insert_entry(entry), await also()], after

        try:
            return await until_committed(self._documents, decide, tries=_TRIES)
        except (Conflict, Duplicate):
            raise Stale("case") from None

    async def _ended(self, look: CarrierLook, answer: CarrierAnswer) -> None:
        """What came of it, in one commit with its line in the history: the case may have moved meanwhile, or
        be one that the asker may not see any more."""

        async def decide() -> tuple[Sequence[Write], None]:
            now, cases = self._clock.now_ms(), self._repositories.cases
            kept, case = (
                await self._repositories.aid.carrier_looks.get(look.id),
                await cases.get(look.case_id),
            )
            writes: list[Write] = []
            if kept is not None:
                after = kept.value.ended(answer.outcome, answer.data, at=now)
                writes.append(self._repositories.aid.carrier_looks.update(after, kept.version))
            if case is not None:
                facts = {"asked": look.asked, "look": look.id, "outcome": answer.outcome}
                told, entry = recorded(
                    case.value, at=now, actor="system", kind=HistoryKind.CARRIER_TOLD, facts=facts
                )
                writes += [cases.update(told, case.version), cases.insert_entry(entry)]
            return writes, None

        try:
            await until_committed(self._documents, decide, tries=_TRIES)
        except (Conflict, Duplicate):
            raise Stale("case") from None


def _last(lines: Sequence[LookLine], kind: Asked) -> tuple[LookLine, ...]:
    """The newest of a kind, and behind it the newest that was answered, when that is another one."""
    own = [line for line in lines if line.look.asked is kind]
    answered = [line for line in own if line.look.outcome is Outcome.ANSWERED]
    return tuple(dict.fromkeys((*own[:1], *answered[:1])))
