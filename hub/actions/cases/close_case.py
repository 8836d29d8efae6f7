"""Closes a case with a reason and sets its conversation free for the next matter."""

from __future__ import annotations

from dataclasses import replace

from hub.actions.cases.casework import Casework
from hub.model.agent import Agent, Permission
from hub.model.case import CaseState
from hub.model.cases.history import HistoryKind, recorded
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid
from hub.store.documents import Write


class CloseCase:
    """办结."""

    def __init__(self, casework: Casework, repositories: Repositories, clock: Clock) -> None:
        self._casework = casework
        self._repositories = repositories
        self._clock = clock

    async def __call__(self, agent: Agent, case_id: str, reason: str, *, version: int) -> None:
        """Raises `Invalid`, `NotFound`, `Forbidden`, `Stale` or `IllegalMove`."""
        reason = reason.strip()
        if not reason:
            raise Invalid({"reason": "请填写办结说明"})
        if len(reason) > 1000:
            raise Invalid({"reason": "办结说明最多 1000 个字"})
        case = await self._casework.take(agent, case_id, Permission.CASE_CLOSE, version=version)
        case.check_move(CaseState.CLOSED)
        after, entry = recorded(
            replace(case, state=CaseState.CLOSED, waiting=False, handler_id=case.handler_id or agent.id),
            at=self._clock.now_ms(),
            actor=agent.id,
            kind=HistoryKind.CLOSED,
            text=reason,
        )
        writes: list[Write] = [
            self._repositories.cases.update(after, version),
            self._repositories.cases.insert_entry(entry),
        ]
        found = await self._repositories.conversations.get(case.origin.conversation_id)
        if found is not None and found.value.case_id == case.id:
            writes.append(
                self._repositories.conversations.update(replace(found.value, case_id=""), found.version)
            )
        await self._casework.commit(writes)
