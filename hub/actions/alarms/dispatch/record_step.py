"""派警, 到场, 反馈, 更正: what an officer writes down about an alarm.

Rules protected: the order holds; a second press of the same button is the same step; of two who write at
once one has it and the other is shown what was written. A dispatch hands the alarm over to the desk of the
city or county in the same commit; the case stays with who has it in hand, who goes on writing with the
citizen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from campaigns.said import Said
from hub.actions.alarms.dispatch.stored_step import step_writes
from hub.actions.alarms.hand_over import HandOver
from hub.actions.alarms.ways import CommandDesk, Ways
from hub.model import policy
from hub.model.agent import Agent, Permission
from hub.model.alarms.alarm import Alarm, AlarmState, Passing, Way, passed_on, with_step
from hub.model.alarms.handling import HandlingStep, Outcome, StepKind, floor_of, known, out_of_order
from hub.model.cases.case import Case
from hub.model.cases.moves import IllegalMove
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid, NotFound, Stale
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate, Write
from hub.store.until_committed import until_committed

MOST_UNIT = 40
MOST_TEXT = 500
_MINUTE_MS = 60_000
_OUTCOMES = frozenset(map(str, Outcome))
_TRIES = 6


@dataclass(frozen=True, slots=True)
class StepDraft:
    """What was typed. at: ms UTC, 0 = now. who: answered the telephone at the desk. The others as in
    `HandlingStep`."""

    kind: StepKind
    at: int = 0
    desk: str = ""
    of: int = 0
    outcome: str = ""
    unit: str = ""
    who: str = ""
    text: str = ""


class RecordStep:
    """One form."""

    def __init__(
        self, documents: Documents, repositories: Repositories, hand_over: HandOver, ways: Ways, clock: Clock
    ) -> None:
        self._documents = documents
        self._repositories = repositories
        self._hand_over = hand_over
        self._ways = ways
        self._clock = clock

    async def __call__(self, agent: Agent, case_id: str, draft: StepDraft, *, seen: int, key: str) -> None:
        """seen: how many steps the page showed. key: of the form; what comes twice under it is done once.

        Raises `NotFound`, `Forbidden`, `Invalid`, `Stale` (somebody else wrote a step meanwhile), or
        `IllegalMove` where the order does not allow it.
        """
        key = f"{agent.id}:{key}" if key else ""

        async def decide() -> tuple[Sequence[Write], None]:
            alarm, case = await self._found(agent, case_id)
            if known(alarm.value.steps, key):
                return (), None
            if len(alarm.value.steps) != seen:
                raise Stale("alarm")
            _check_state(alarm.value, draft)
            desk = self._checked(draft)
            step = self._step(agent, alarm.value, draft, key)
            is_handed = alarm.value.state is AlarmState.FORWARDED
            if reason := out_of_order(alarm.value.steps, step, handed_over=is_handed):
                raise IllegalMove(reason)
            return await self._writes(alarm, case, step, desk), None

        try:
            await until_committed(self._documents, decide, tries=_TRIES)
        except (Conflict, Duplicate):
            raise Stale("alarm") from None

    async def _found(self, agent: Agent, case_id: str) -> tuple[Versioned[Alarm], Versioned[Case]]:
        case = await self._repositories.cases.get(case_id)
        policy.require(agent, case.value if case else None, Permission.CASE_REPLY)
        alarm = await self._repositories.alarms.get(case_id)
        if case is None or alarm is None:
            raise NotFound("alarm")
        return alarm, case

    def _checked(self, draft: StepDraft) -> CommandDesk | None:
        """The desk of a dispatch. Raises `Invalid` with everything that is wrong."""
        problems: dict[str, str] = {}
        desk = self._ways.desk(draft.desk) if draft.kind is StepKind.DISPATCHED else None
        if draft.kind is StepKind.DISPATCHED:
            if desk is None:
                problems["desk"] = "请选择指挥台"
            if not draft.unit:
                problems["unit"] = "请填写出警单位"
            if desk is not None and not desk.ways and not draft.who:
                problems["who"] = "这个指挥台只能电话联系，请填写接电话的人的姓名或工号"
        if draft.kind is StepKind.FEEDBACK and draft.outcome not in _OUTCOMES:
            problems["outcome"] = "请选择处置结果"
        if draft.kind is StepKind.CORRECTED and draft.outcome and draft.outcome not in _OUTCOMES:
            problems["outcome"] = "请选择处置结果"
        if draft.kind in (StepKind.FEEDBACK, StepKind.CORRECTED) and not draft.text:
            is_feedback = draft.kind is StepKind.FEEDBACK
            problems["text"] = "请填写处置情况" if is_feedback else "请写明哪里有误、正确的是什么"
        lengths = (("unit", draft.unit, MOST_UNIT), ("who", draft.who, MOST_UNIT))
        for name, text, most in (*lengths, ("text", draft.text, MOST_TEXT)):
            if len(text) > most:
                problems[name] = Said("最多 %(most)s 个字", most=most)
        if problems:
            raise Invalid(problems)
        return desk

    def _step(self, agent: Agent, alarm: Alarm, draft: StepDraft, key: str) -> HandlingStep:
        """Raises `Invalid` for an instant that cannot be."""
        now = self._clock.now_ms()
        step = HandlingStep(
            number=len(alarm.steps) + 1,
            kind=draft.kind,
            at=draft.at,
            noted_at=now,
            by=agent.id,
            key=key,
            desk=draft.desk if draft.kind is StepKind.DISPATCHED else "",
            of=draft.of,
            outcome=draft.outcome,
            unit=draft.unit,
            who=draft.who,
            text=draft.text,
        )
        if not draft.at:
            return step if draft.kind is StepKind.CORRECTED else step.happened(now)
        floor = floor_of(alarm.steps, step, alarm.raised_at)
        if draft.at > now:
            raise Invalid({"at": "时间不能晚于现在"})
        if draft.at // _MINUTE_MS < floor // _MINUTE_MS:
            raise Invalid({"at": "时间不能早于上一步"})
        return step.happened(max(draft.at, floor))  # typed to the minute

    async def _writes(
        self, alarm: Versioned[Alarm], case: Versioned[Case], step: HandlingStep, desk: CommandDesk | None
    ) -> list[Write]:
        after = alarm.value
        sent: list[Write] = []
        if desk is not None:
            passings, sent = await self._sent(alarm.value, case.value, step, desk)
            after = passed_on(after, tuple(passings))
        return [*step_writes(self._repositories, alarm, case, after, step), *sent]

    async def _sent(
        self, alarm: Alarm, case: Case, step: HandlingStep, desk: CommandDesk
    ) -> tuple[list[Passing], list[Write]]:
        """By the first way of the desk; by telephone where somebody answered there."""
        at = step.noted_at
        if step.who or not desk.ways:
            return [Passing(Way.TELEPHONE, at, acknowledged_at=at, desk=desk.id, taken_at=at)], []
        told = with_step(alarm, step)  # what is told names the unit that is to go there
        return await self._hand_over(desk, desk.ways[0], told, case, at=at)


def _check_state(alarm: Alarm, draft: StepDraft) -> None:
    if alarm.state is AlarmState.WAITING:
        raise IllegalMove(Said("还没有接警：请先在警情台按“我来处理”"))
    if alarm.state is AlarmState.OVER and draft.kind is not StepKind.CORRECTED:
        raise IllegalMove(Said("这条警情已经解除，不能再登记"))
