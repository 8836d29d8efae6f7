"""我参与: the cases an agent follows, wrote in or handled, the last act first, open or done.

Rule protected: a case that the agent may not see any more is neither listed nor counted.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub.actions.cases.queue.read_queue import MANY, QueueRow, ReadQueue
from hub.model import policy
from hub.model.agent import Agent
from hub.repositories.repositories import Repositories
from hub.store.documents import Stored, Undeclared

_PAGE = 50


@dataclass(frozen=True, slots=True)
class TakenPart:
    """One page; `next` continues it, None at the end."""

    rows: tuple[QueueRow, ...]
    next: str | None


class ReadTakenPart:
    """Reads for agents."""

    def __init__(self, repositories: Repositories, read_queue: ReadQueue) -> None:
        self._repositories = repositories
        self._read_queue = read_queue

    async def page(self, agent: Agent, *, after: str | None = None) -> TakenPart:
        """A page of it; an `after` of another list gives the first. It is shorter where a case is hidden."""
        rows = self._repositories.taking_part
        try:
            found = await rows.page(agent.id, limit=_PAGE, after=after)
        except Undeclared:
            found = await rows.page(agent.id, limit=_PAGE)
        cases = [
            case
            for stored in await self._seen(agent, found.ids)
            if (case := self._repositories.cases.unsealed(stored)) is not None
        ]
        return TakenPart(await self._read_queue.rows(cases), found.next)

    async def count(self, agent: Agent) -> int:
        """How many of the newest `MANY` there are; nothing is unsealed."""
        found = await self._repositories.taking_part.page(agent.id, limit=MANY)
        return len(await self._seen(agent, found.ids))

    async def _seen(self, agent: Agent, ids: tuple[str, ...]) -> list[Stored]:
        """Those that exist for the agent, in the order given."""
        stored = await self._repositories.cases.as_stored(ids)
        visible = policy.sight(agent)
        return [stored[id] for id in ids if id in stored and visible.holds(stored[id].body)]
