"""Gives a case to a handler who may see it. The claim is a version check: exactly one wins.

In the procedure of a petition or a report an accepted case is assigned; before that, and for questions and
service matters at any time, somebody takes charge of it.
"""

from __future__ import annotations

from dataclasses import replace

from campaigns.said import Said
from hub.actions.cases.case_rules import CaseRules
from hub.actions.cases.casework import Casework
from hub.actions.cases.step_unit import StepUnit
from hub.model import policy
from hub.model.agent import Agent, Permission
from hub.model.cases.attempt import Attempt
from hub.model.cases.case import Case
from hub.model.cases.moves import IllegalMove
from hub.model.cases.proceeding import DIRECT_TRACKS
from hub.model.cases.roles import CaseRole
from hub.model.cases.staff_roles import as_played
from hub.model.cases.state import CaseState
from hub.model.cases.step import Step, stepped
from hub.model.notification import NotificationKind
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Forbidden, Invalid

_ASSIGNED = frozenset({CaseState.ACCEPTED, CaseState.REWORK, CaseState.HANDLING})


class AssignCase:
    """Assigns, also to oneself."""

    def __init__(
        self,
        casework: Casework,
        repositories: Repositories,
        unit: StepUnit,
        rules: CaseRules,
        clock: Clock,
    ) -> None:
        self._casework = casework
        self._repositories = repositories
        self._unit = unit
        self._rules = rules
        self._clock = clock

    async def __call__(self, agent: Agent, case_id: str, handler_id: str, *, version: int) -> None:
        """Raises `Invalid`, `NotFound`, `Forbidden`, `Stale` or `IllegalMove`."""
        case = await self._casework.take(agent, case_id, Permission.CASE_ASSIGN, version=version)
        now = self._clock.now_ms()
        step = await self._stepped(agent, case, handler_id, now)
        writes = await self._unit.writes(step, version, at=now)
        if handler_id != agent.id:
            notifications = self._repositories.notifications
            cause = str(step.case.chain.length)
            writes.append(
                notifications.tell(handler_id, NotificationKind.ASSIGNED, case_id, at=now, cause=cause)
            )
        await self._casework.commit(writes)

    async def why_not(self, agent: Agent, case: Case, handler_id: str) -> str:
        """Why it would be refused for a case that the agent may see, "" when it would happen."""
        try:
            policy.require(agent, case, Permission.CASE_ASSIGN)
            await self._stepped(agent, case, handler_id, self._clock.now_ms())
        except IllegalMove as problem:
            return problem.reason
        except Invalid as problem:
            return next(iter(problem.problems.values()))
        except Forbidden:
            return Said("您的岗位不能分派工单")
        return ""

    async def _stepped(self, agent: Agent, case: Case, handler_id: str, now: int) -> Step:
        """Raises `Invalid` or `IllegalMove`."""
        found = await self._repositories.agents.get(handler_id)
        # A handler from whom the case is hidden must not learn of it by being given it.
        if (
            found is None
            or not found.value.may(Permission.CASE_REPLY)
            or not policy.may_give(agent, found.value, case)
        ):
            raise Invalid({"handler_id": Said("请选择可以办理此工单的人员")})
        data = {"handler": handler_id, "recused": handler_id in case.recused}
        asked = Attempt(_event(case), now, CaseRole.UC, self._rules.now, agent.id, data)
        attempt = as_played(agent, case, asked)
        given = replace(case, unit_id=found.value.unit_id)
        return stepped(given, attempt, actor=agent.id, facts={"handler": handler_id})


def _event(case: Case) -> str:
    """Which row of the table it is."""
    if case.track in DIRECT_TRACKS or case.state not in _ASSIGNED:
        return "claim"
    return "assign"
