"""Published items, newest first. One that was taken down stays, with its history, for staff."""

from __future__ import annotations

from collections.abc import Sequence

from hub.model.notice import Notice, NoticeKind
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Collection, Documents, Insert, Update

COLLECTIONS = (
    Collection(
        "notices",
        fields={"published_at": int, "kind": str},
        indexes=(("published_at",), ("kind", "published_at")),
    ),
)
_PAGE = 100
_NEWEST_FIRST = (("published_at", -1),)


class NoticeRepository:
    """Reads and publishes notices."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._notices = Shape(Notice, "notices", vault)

    async def list(self, limit: int = 50, *, kind: NoticeKind | None = None) -> Sequence[Notice]:
        """The newest that are up; what was taken down is rare and skipped here."""
        where = {"kind": str(kind)} if kind else {}
        up: list[Notice] = []
        after = None
        while len(up) < limit:
            found = await self._documents.find("notices", where, sort=_NEWEST_FIRST, limit=_PAGE, after=after)
            up += [notice for notice in self._notices.listed(found) if notice.is_up]
            if len(found) < _PAGE:
                break
            after = self._documents.cursor(found[-1], _NEWEST_FIRST)
        return up[:limit]

    async def page(self, *, limit: int, after: str | None = None) -> tuple[Sequence[Notice], str | None]:
        """All of them, also those taken down, and what continues the list (None at the end)."""
        found = await self._documents.find("notices", {}, sort=_NEWEST_FIRST, limit=limit, after=after)
        more = self._documents.cursor(found[-1], _NEWEST_FIRST) if len(found) == limit else None
        return self._notices.listed(found), more

    async def get(self, notice_id: str) -> Notice | None:
        """One item, up or not, or None."""
        found = await self.versioned(notice_id)
        return found.value if found else None

    async def versioned(self, notice_id: str) -> Versioned[Notice] | None:
        """One item with its version, or None."""
        stored = await self._documents.get("notices", notice_id)
        return None if stored is None else self._notices.versioned(stored)

    def insert(self, notice: Notice) -> Insert:
        """The write of a new item; a repeat with the same id is a Duplicate."""
        return self._notices.insert(notice)

    def update(self, notice: Notice, version: int) -> Update:
        """The write of an item read at `version`."""
        return self._notices.update(notice, version)
