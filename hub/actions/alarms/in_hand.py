"""What an officer does about an alarm: takes it in hand, passes it on, telephones 110.

Whoever takes an alarm takes its case with it, in one commit: of two who press at once exactly one has both.
"""

from __future__ import annotations

from collections.abc import Sequence

from campaigns.said import Said
from hub.actions.alarms.pass_on import PassOn
from hub.actions.cases.case_rules import CaseRules
from hub.actions.cases.casework import Casework
from hub.actions.cases.step_unit import StepUnit
from hub.model import policy
from hub.model.agent import Agent, Permission
from hub.model.alarms.alarm import Alarm, AlarmState, ForwardReason, Way, dialling, taken
from hub.model.cases.attempt import Attempt
from hub.model.cases.case import Case
from hub.model.cases.roles import CaseRole
from hub.model.cases.staff_roles import as_played
from hub.model.cases.step import stepped
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid, NotFound, Stale
from hub.store.codec import Versioned
from hub.store.documents import Write

_MOST_WHO = 40


class AlarmInHand:
    """One method for each button. All raise `NotFound`, `Forbidden`, `Stale` (somebody else was quicker, or
    it was forwarded or is over) or `IllegalMove`."""

    def __init__(
        self,
        casework: Casework,
        repositories: Repositories,
        unit: StepUnit,
        pass_on: PassOn,
        rules: CaseRules,
        clock: Clock,
    ) -> None:
        self._casework = casework
        self._repositories = repositories
        self._unit = unit
        self._pass_on = pass_on
        self._rules = rules
        self._clock = clock

    async def take(self, agent: Agent, case_id: str) -> None:
        """我来处理."""
        alarm, case = await self._found(agent, case_id)
        if not alarm.value.is_unconfirmed:
            raise Stale("alarm")
        now = self._clock.now_ms()
        after = taken(alarm.value, by=agent.id, at=now)
        await self._casework.commit(await self._taken(agent, alarm, after, case, now))

    async def dial(self, agent: Agent, case_id: str) -> None:
        """Begins to telephone 110, and takes it in hand with that."""
        alarm, case = await self._found(agent, case_id)
        if not alarm.value.is_unconfirmed and alarm.value.by != agent.id:
            raise Stale("alarm")
        now = self._clock.now_ms()
        after = alarm.value if alarm.value.by == agent.id else taken(alarm.value, by=agent.id, at=now)
        await self._casework.commit(await self._taken(agent, alarm, dialling(after, at=now), case, now))

    async def answered(self, agent: Agent, case_id: str, who: str) -> None:
        """已电话转110: 110 answered, and who did. Raises `Invalid` without a name or number."""
        who = " ".join(who.split())
        if not who:
            raise Invalid({"who": "请填写110接警员姓名或工号"})
        if len(who) > _MOST_WHO:
            raise Invalid({"who": Said("最多 %(most)s 个字", most=_MOST_WHO)})
        await self._passed(agent, case_id, Way.TELEPHONE, who)

    async def pass_on(self, agent: Agent, case_id: str, way: Way) -> None:
        """By a configured way. Raises `Invalid` for another."""
        if way not in self._pass_on.ways.automatic:
            raise Invalid({"way": "没有配置这种方式"})
        await self._passed(agent, case_id, way, "")

    async def _passed(self, agent: Agent, case_id: str, way: Way, who: str) -> None:
        alarm, case = await self._found(agent, case_id)
        is_done = alarm.value.state is AlarmState.OVER or bool(alarm.value.acknowledged_at)
        if is_done or alarm.value.by not in ("", agent.id):
            raise Stale("alarm")
        writes = await self._pass_on.writes(
            alarm,
            case,
            ForwardReason.PERSON,
            [way],
            at=self._clock.now_ms(),
            by=agent,
            answered_by=who,
        )
        await self._casework.commit(writes)

    async def _found(self, agent: Agent, case_id: str) -> tuple[Versioned[Alarm], Versioned[Case]]:
        case = await self._repositories.cases.get(case_id)
        policy.require(agent, case.value if case else None, Permission.CASE_REPLY)
        alarm = await self._repositories.alarms.get(case_id)
        if case is None or alarm is None:
            raise NotFound("alarm")
        return alarm, case

    async def _taken(
        self, agent: Agent, alarm: Versioned[Alarm], after: Alarm, case: Versioned[Case], at: int
    ) -> Sequence[Write]:
        writes: list[Write] = [self._repositories.alarms.update(after, alarm.version)]
        if not case.value.is_open or case.value.handler_id == agent.id:
            return writes
        asked = Attempt("claim", at, CaseRole.HND, self._rules.now, agent.id, {"handler": agent.id})
        attempt = as_played(agent, case.value, asked)
        step = stepped(case.value, attempt, actor=agent.id, facts={"handler": agent.id})
        return [*writes, *await self._unit.writes(step, case.version, at=at)]
