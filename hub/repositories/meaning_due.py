"""Messages whose meaning was not there in time, until somebody has looked again."""

from __future__ import annotations

from hub.model.meaning_due import MeaningDue
from hub.store.codec import Shape
from hub.store.crypto import Vault
from hub.store.documents import Collection, Documents

COLLECTIONS = (Collection("meaning_due", fields={"rank": int, "at": int}, indexes=(("rank", "at"), ("at",))),)


class MeaningDueRepository:
    """Messages whose meaning is still to be looked at."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._shape = Shape(MeaningDue, "meaning_due", vault)

    async def first(self, *, limit: int) -> list[MeaningDue]:
        """Those that are looked at next: danger first, then the oldest."""
        found = await self._documents.find("meaning_due", {}, sort=(("rank", 1), ("at", 1)), limit=limit)
        return self._shape.listed(found)

    async def waiting(self) -> tuple[int, int]:
        """How many wait, and since when the oldest does (ms UTC, 0 for none)."""
        counted = await self._documents.count("meaning_due", {})
        found = await self._documents.find("meaning_due", {}, sort=(("at", 1),), limit=1)
