"""Published items, newest first."""

from __future__ import annotations

from hub.model.notice import Notice
from hub.store.codec import Shape
from hub.store.crypto import Vault
from hub.store.documents import Collection, Documents, Insert

COLLECTIONS = (
    Collection("notices", fields={"published_at": int, "kind": str}, indexes=(("published_at",),)),
)


class NoticeRepository:
    """Reads and publishes notices."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._notices = Shape(Notice, "notices", vault)

    async def list(self, limit: int = 50) -> list[Notice]:
        """The newest published items."""
        found = await self._documents.find("notices", {}, sort=(("published_at", -1),), limit=limit)
        return self._notices.listed(found)

    async def get(self, notice_id: str) -> Notice | None:
        """One item, or None."""
        stored = await self._documents.get("notices", notice_id)
        return None if stored is None else self._notices.load(stored)

    def insert(self, notice: Notice) -> Insert:
        """The write of a new item; a repeat with the same id is a Duplicate."""
        return self._notices.insert(notice)
