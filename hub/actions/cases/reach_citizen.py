"""Notes that a citizen whom something did not reach was reached otherwise: an internal note that ends it."""

from __future__ import annotations

from dataclasses import replace

from hub.actions.cases.casework import Casework
from hub.model.agent import Agent, Permission
from hub.model.cases.case import Undelivered
from hub.model.cases.history import HistoryKind, recorded
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid

_MOST_CHARACTERS = 500


class ReachCitizen:
    """Writes it, whatever state the case is in."""

    def __init__(self, casework: Casework, repositories: Repositories, clock: Clock) -> None:
        self._casework = casework
        self._repositories = repositories
        self._clock = clock

    async def __call__(self, agent: Agent, case_id: str, text: str, *, version: int) -> None:
        """text: how, and what was said. Raises `Invalid`, `NotFound`, `Forbidden` or `Stale`."""
        text = text.strip()
        if not text or len(text) > _MOST_CHARACTERS:
            raise Invalid({"text": "请用 1–500 个字写明怎样联系、说了什么"})
        case = await self._casework.take(agent, case_id, Permission.CASE_REPLY, version=version)
        if not case.undelivered.at:
            raise Invalid({"text": "没有未送达的内容"})
        after, entry = recorded(
            replace(case, undelivered=Undelivered()),
            at=self._clock.now_ms(),
            actor=agent.id,
            kind=HistoryKind.NOTED,
            facts={"undelivered": case.undelivered.delivery},
            text=text,
        )
        cases = self._repositories.cases
        await self._casework.commit([cases.update(after, version), cases.insert_entry(entry)])
