"""Messages whose meaning was not there in time, until somebody has looked again."""

from __future__ import annotations

from hub.model.conversations.meaning_due import MeaningDue
from hub.store.codec import Shape
from hub.store.crypto import Vault
from hub.store.documents import Collection, Documents, Insert

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

    async def is_due(self, message_id: str) -> bool:
        """Whether it is still to be looked at."""
        return await self._documents.get("meaning_due", message_id) is not None

    async def waiting(self) -> tuple[int, int]:
        """See `waiting`."""
        return await waiting(self._documents)

    def insert(self, due: MeaningDue) -> Insert:
        """The write of a message that is to be looked at again."""
        return self._shape.insert(due)

    async def done(self, message_id: str) -> None:
        """It was looked at."""
        await self._documents.delete("meaning_due", {"id": message_id}, limit=1)


async def waiting(documents: Documents) -> tuple[int, int]:
    """How many wait, and since when the oldest does (ms UTC, 0 for none)."""
    counted = await documents.count("meaning_due", {})
    found = await documents.find("meaning_due", {}, sort=(("at", 1),), limit=1)
    return sum(counted.values()), found[0].body["at"] if found else 0
