"""Closes a question or a service matter with a reason and sets its conversation free for the next matter.

A petition or a report ends by its own steps of the table, never by this one.
"""

from __future__ import annotations

from dataclasses import replace

from hub.actions.cases.case_rules import CaseRules
from hub.actions.cases.casework import Casework
from hub.actions.cases.step_unit import StepUnit
from hub.model.agent import Agent, Permission
from hub.model.cases.attempt import Attempt
from hub.model.cases.roles import CaseRole
from hub.model.cases.staff_roles import as_played
from hub.model.cases.step import stepped
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid


class CloseCase:
    """办结."""

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

    async def __call__(self, agent: Agent, case_id: str, reason: str, *, version: int) -> None:
        """Raises `Invalid`, `NotFound`, `Forbidden`, `Stale` or `IllegalMove`."""
        reason = reason.strip()
        if not reason:
            raise Invalid({"reason": "请填写办结说明"})
        if len(reason) > 1000:
            raise Invalid({"reason": "办结说明最多 1000 个字"})
        case = await self._casework.take(agent, case_id, Permission.CASE_CLOSE, version=version)
        now = self._clock.now_ms()
        attempt = as_played(agent, case, Attempt("close", now, CaseRole.HND, self._rules.now, agent.id))
        by = case if case.handler_id else case.in_hands_of(agent.id)
        step = stepped(replace(by, waiting=False), attempt, actor=agent.id, text=reason, pass_time=False)
        # Who answered in the conversation said what there was to say; a closing is not told again.
        writes = await self._unit.writes(step, version, at=now, silent=step.notices)
        found = await self._repositories.conversations.get(case.origin.conversation_id)
        if found is not None and found.value.case_id == case.id:
            writes.append(
                self._repositories.conversations.update(replace(found.value, case_id=""), found.version)
            )
        await self._casework.commit(writes)
