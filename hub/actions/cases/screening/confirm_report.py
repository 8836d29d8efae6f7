"""确认检举: an inspector says that a case of 待甄别 is a REPORT."""

from __future__ import annotations

from hub.actions.cases.case_rules import CaseRules
from hub.actions.cases.casework import Casework
from hub.actions.cases.screening.keep_decision import KeepDecision
from hub.model.agent import Agent, Permission
from hub.model.cases.screening import confirmed
from hub.model.cases.triage_decision import DecisionKind
from hub.runtime.clock import Clock


class ConfirmReport:
    """Decides that a case is an accusation."""

    def __init__(self, casework: Casework, keep: KeepDecision, rules: CaseRules, clock: Clock) -> None:
        self._casework = casework
        self._keep = keep
        self._rules = rules
        self._clock = clock

    async def __call__(self, agent: Agent, case_id: str, *, version: int) -> None:
        """Raises `NotFound`, `Forbidden`, `Stale` or `IllegalMove`."""
        case = await self._casework.take(agent, case_id, Permission.REPORT_READ, version=version)
        step = confirmed(case, self._rules.now, at=self._clock.now_ms(), actor=agent.id)
        await self._keep(agent, DecisionKind.CONFIRMED, step, version=version)
