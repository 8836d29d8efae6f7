"""撤销: its author takes a reply back before it left; the closing that went with it goes too."""

from __future__ import annotations

from collections.abc import Sequence

from hub.actions.cases.replies.return_reply import returned
from hub.model.agent import Agent
from hub.model.cases.replies.draft import DraftCause
from hub.repositories.repositories import Repositories
from hub.runtime.errors import NotFound, Stale
from hub.store.documents import Conflict, Documents, Duplicate, Write
from hub.store.until_committed import until_committed

_TRIES = 4


class UndoReply:
    """Takes back."""

    def __init__(self, documents: Documents, repositories: Repositories) -> None:
        self._documents = documents
        self._repositories = repositories

    async def __call__(self, agent: Agent, pending_id: str) -> str:
        """The case it belongs to. Raises `NotFound` for a row of somebody else and for one that is not there
        any more (it was sent), `Stale` when it cannot be done now."""

        async def decide() -> tuple[Sequence[Write], str]:
            found = await self._repositories.pending_replies.get(pending_id)
            if found is None or found.value.agent_id != agent.id:
                raise NotFound("reply")
            now = await self._repositories.pending_replies.now_ms()
            writes = await returned(self._repositories, found, at=now, cause=DraftCause.UNDONE)
            return writes, found.value.case_id

        try:
            return await until_committed(self._documents, decide, tries=_TRIES)
        except (Conflict, Duplicate):
            raise Stale("reply") from None
