"""An internal note: part of the history, never of anything that leaves."""

from __future__ import annotations

from hub.actions.cases.casework import Casework
from hub.model.agent import Agent, Permission
from hub.model.cases.history import HistoryKind, recorded
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid


class NoteCase:
    """Writes a note."""

    def __init__(self, casework: Casework, repositories: Repositories, clock: Clock) -> None:
        self._casework = casework
        self._repositories = repositories
        self._clock = clock

    async def __call__(self, agent: Agent, case_id: str, text: str, *, version: int) -> None:
        """Raises `Invalid`, `NotFound`, `Forbidden` or `Stale`."""
        text = text.strip()
        if not text:
            raise Invalid({"text": "请填写备注内容"})
        if len(text) > 3000:
            raise Invalid({"text": "备注最多 3000 个字"})
        case = await self._casework.take(agent, case_id, Permission.CASE_REPLY, version=version)
        after, entry = recorded(
            case, at=self._clock.now_ms(), actor=agent.id, kind=HistoryKind.NOTED, text=text
        )
        await self._casework.commit(
            [
                self._repositories.cases.update(after, version),
                self._repositories.cases.insert_entry(entry),
            ],
        )
