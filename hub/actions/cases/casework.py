"""What every action on a case shares: open it for an agent, and commit or say that it is stale."""

from __future__ import annotations

from collections.abc import Sequence

from hub.model import policy
from hub.model.agent import Agent, Permission
from hub.model.cases.case import Case
from hub.repositories.repositories import Repositories
from hub.runtime.errors import Stale
from hub.store.documents import Conflict, Documents, Duplicate, Write


class Casework:
    """Reads a case under the policy and commits one unit of work about it."""

    def __init__(self, documents: Documents, repositories: Repositories) -> None:
        self._documents = documents
        self._repositories = repositories

    async def take(self, agent: Agent, case_id: str, permission: Permission, *, version: int) -> Case:
        """The case as the agent saw it. Raises `NotFound`, `Forbidden` or `Stale`."""
        found = await self._repositories.cases.get(case_id)
        case = policy.require(agent, found.value if found else None, permission)
        if found is None or found.version != version:
            raise Stale("case")
        return case

    async def commit(self, writes: Sequence[Write]) -> None:
        """All or nothing. Raises `Stale` when somebody was faster."""
        try:
            await self._documents.commit(writes)
        except (Conflict, Duplicate):  # a message may have taken the place in the conversation
            raise Stale("case") from None
