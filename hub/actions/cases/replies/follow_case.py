"""关注: who follows a case is told when its citizen speaks or it moves.

The telling is part of the commit that changes the case (`hub/repositories/replies/following_documents.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

from hub.model import policy
from hub.model.agent import Agent
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import NotFound, Stale
from hub.store.documents import Conflict, Documents, Duplicate, Write
from hub.store.until_committed import until_committed

_TRIES = 3


class FollowCase:
    """Begins and ends it."""

    def __init__(self, documents: Documents, repositories: Repositories, clock: Clock) -> None:
        self._documents = documents
        self._repositories = repositories
        self._clock = clock

    async def __call__(self, agent: Agent, case_id: str, *, follows: bool) -> None:
        """Doing it twice is harmless. Raises `NotFound` or `Stale`."""
        found = await self._repositories.cases.get(case_id)
        if found is None or not policy.may_see(agent, found.value):
            raise NotFound("case")

        async def decide() -> tuple[Sequence[Write], None]:
            at = self._clock.now_ms()
            return await self._repositories.follows.changed(case_id, agent.id, follows=follows, at=at), None

        try:
            await until_committed(self._documents, decide, tries=_TRIES)
        except (Conflict, Duplicate):
            raise Stale("follow") from None
