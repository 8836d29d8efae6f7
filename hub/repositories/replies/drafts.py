"""Drafts of staff; their texts are sealed and open for their author only."""

from __future__ import annotations

from collections.abc import Sequence

from hub.model.cases.replies.draft import Draft, DraftKind, draft_id
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Collection, Delete, Documents, Write

COLLECTIONS = (
    Collection(
        "drafts",
        fields={"case_id": str, "agent_id": str, "saved_at": int},
        indexes=(("case_id",), ("saved_at",), ("agent_id", "saved_at")),
    ),
)

_MANY = 200


class DraftRepository:
    """Reads drafts; gives the writes that store and remove them."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._shape = Shape(Draft, "drafts", vault)

    async def get(self, agent_id: str, case_id: str, kind: DraftKind) -> Versioned[Draft] | None:
        """The draft of an agent, or None."""
        stored = await self._documents.get("drafts", draft_id(agent_id, case_id, kind))
        return None if stored is None else self._shape.versioned(stored)

    async def of_case(self, case_id: str, agent_id: str) -> tuple[dict[DraftKind, Draft], tuple[str, ...]]:
        """The drafts of an agent in a case, and ids of the others who write a reply; theirs stay sealed."""
        found = await self._documents.find("drafts", {"case_id": case_id}, limit=_MANY)
        own = self._shape.listed(stored for stored in found if stored.body["agent_id"] == agent_id)
        replying = [stored.body["agent_id"] for stored in found if stored.body["kind"] == DraftKind.REPLY]
        return {one.kind: one for one in own}, tuple(id for id in replying if id != agent_id)

    async def of_agent(self, agent_id: str, *, limit: int) -> list[Draft]:
        """What an agent has begun to write, the newest first."""
        found = await self._documents.find(
            "drafts", {"agent_id": agent_id}, sort=(("saved_at", -1),), limit=limit
        )
        return self._shape.listed(found)

    def put(self, draft: Draft, found: Versioned[Draft] | None) -> Write:
        """The write of a draft: a new one, or in the place of the one that was found."""
        return self._shape.insert(draft) if found is None else self._shape.update(draft, found.version)

    def removal(self, found: Versioned[Draft] | None) -> Sequence[Write]:
        """The write that removes it, none where there is none."""
        return [] if found is None else [Delete("drafts", found.value.id, found.version)]
