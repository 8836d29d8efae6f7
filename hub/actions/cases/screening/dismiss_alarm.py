"""误报: a handler says that what was flagged as danger is none. The case goes on as an ordinary one."""

from __future__ import annotations

from hub.actions.cases.case_rules import CaseRules
from hub.actions.cases.casework import Casework
from hub.actions.cases.screening.keep_decision import KeepDecision
from hub.model.agent import Agent, Permission
from hub.model.cases.alarm import dismissed
from hub.model.cases.triage_decision import DecisionKind
from hub.runtime.clock import Clock


class DismissAlarm:
    """Takes the flag of danger from a case."""

    def __init__(self, casework: Casework, keep: KeepDecision, rules: CaseRules, clock: Clock) -> None:
        self._casework = casework
        self._keep = keep
        self._rules = rules
        self._clock = clock

    async def __call__(self, agent: Agent, case_id: str, *, version: int) -> None:
        """Raises `NotFound`, `Forbidden`, `Stale`, or `IllegalMove` for a case that is not flagged."""
        case = await self._casework.take(agent, case_id, Permission.CASE_REPLY, version=version)
        step = dismissed(case, self._rules.now, at=self._clock.now_ms(), actor=agent.id)
        await self._keep(agent, DecisionKind.FALSE_ALARM, step, version=version)
