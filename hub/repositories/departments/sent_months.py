"""What departments sent before they came, by month: some dozens of documents each."""

from __future__ import annotations

from hub.model.departments.sent_month import SentMonth
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Collection, Documents, Insert, Update

NAME = "department_months"
COLLECTIONS = (
    Collection(NAME, fields={"department": str, "month": str}, indexes=(("department", "month"),)),
)
_MOST = 1000


class SentMonthRepository:
    """Reads months; gives the writes that store them."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._shape = Shape(SentMonth, NAME, vault)

    async def of(self, department: str) -> list[Versioned[SentMonth]]:
        """All of a department, the newest first."""
        where, sort = {"department": department}, (("month", -1),)
        return self._shape.listed_versioned(await self._documents.find(NAME, where, sort=sort, limit=_MOST))

    def insert(self, month: SentMonth) -> Insert:
        """The write of a new one."""
        return self._shape.insert(month)

    def update(self, month: SentMonth, version: int) -> Update:
        """The write that replaces one read at `version`."""
        return self._shape.update(month, version)
