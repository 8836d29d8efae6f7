"""Gives a case to a handler who may see it. The claim is a version check: exactly one wins."""

from __future__ import annotations

from dataclasses import replace

from hub.actions.cases.casework import Casework
from hub.model import policy
from hub.model.agent import Agent, Permission
from hub.model.case import CaseState
from hub.model.cases.history import HistoryKind, recorded
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid


class AssignCase:
    """Assigns, also to oneself."""

    def __init__(self, casework: Casework, repositories: Repositories, clock: Clock) -> None:
        self._casework = casework
        self._repositories = repositories
        self._clock = clock

    async def __call__(self, agent: Agent, case_id: str, handler_id: str, *, version: int) -> None:
        """Raises `Invalid`, `NotFound`, `Forbidden`, `Stale` or `IllegalMove`."""
        case = await self._casework.take(agent, case_id, Permission.CASE_ASSIGN, version=version)
        found = await self._repositories.agents.get(handler_id)
        # A handler from whom the case is hidden must not learn of it by being given it.
        if (
            found is None
            or not found.value.may(Permission.CASE_REPLY)
            or not policy.may_see(found.value, case)
        ):
            raise Invalid({"handler_id": "请选择可以办理此工单的人员"})
        state = CaseState.HANDLING if case.state is CaseState.REGISTERED else case.state
        if not case.is_open:
            case.check_move(CaseState.HANDLING)
        after, entry = recorded(
            replace(case, handler_id=handler_id, unit_id=found.value.unit_id, state=state),
            at=self._clock.now_ms(),
            actor=agent.id,
            kind=HistoryKind.ASSIGNED,
            facts={"handler": handler_id},
        )
        await self._casework.commit(
            [
                self._repositories.cases.update(after, version),
                self._repositories.cases.insert_entry(entry),
            ],
        )
