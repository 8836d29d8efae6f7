"""Replies that wait for their instant; a row is gone as soon as it was sent, taken back or returned."""

from __future__ import annotations

from hub.model.cases.replies.pending_reply import PendingReply
from hub.model.personal import UNREADABLE
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Collection, Delete, Documents, Insert, Where

COLLECTIONS = (
    Collection(
        "pending_replies",
        fields={"case_id": str, "agent_id": str, "not_before": int},
        indexes=(("not_before",), ("case_id",), ("agent_id", "not_before")),
    ),
)

_MANY = 100


class PendingReplyRepository:
    """Reads pending replies; gives the writes that store and remove them."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._shape = Shape(PendingReply, "pending_replies", vault, unreadable={"text": UNREADABLE})

    async def now_ms(self) -> int:
        """The store's clock, which all processes share."""
        return await self._documents.now_ms()

    async def get(self, id: str) -> Versioned[PendingReply] | None:
        """One, or None when it has come to its end."""
        stored = await self._documents.get("pending_replies", id)
        return None if stored is None else self._shape.versioned(stored)

    async def due(self, at: int, *, limit: int) -> list[Versioned[PendingReply]]:
        """Those whose instant has come, the first one first."""
        where = {"not_before": {"$lte": at}}
        return await self._find(where, limit)

    async def of_case(self, case_id: str) -> list[Versioned[PendingReply]]:
        """Those of one case, the first to leave first."""
        return await self._find({"case_id": case_id}, _MANY)

    async def of_agent(self, agent_id: str) -> list[Versioned[PendingReply]]:
        """Those an agent wrote, the first to leave first."""
        return await self._find({"agent_id": agent_id}, _MANY)

    def insert(self, reply: PendingReply) -> Insert:
        """The write of a new one."""
        return self._shape.insert(reply)

    def delete(self, found: Versioned[PendingReply]) -> Delete:
        """The write that ends it; of two that end it at once one is a `Conflict`."""
        return Delete("pending_replies", found.value.id, found.version)

    async def _find(self, where: Where, limit: int) -> list[Versioned[PendingReply]]:
        found = await self._documents.find("pending_replies", where, sort=(("not_before", 1),), limit=limit)
        return self._shape.listed_versioned(found)
