"""Opinions on answers, found by visitor and entry; who the visitor is cannot be read from them."""

from __future__ import annotations

from collections.abc import Sequence

from hub.model.feedback import Feedback
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Collection, Documents, Insert, Update

COLLECTIONS = (
    Collection(
        "feedback",
        fields={"entry_id": str, "at": int, "keep_until": int},
        indexes=(("entry_id", "at"), ("keep_until",)),
    ),
)


class FeedbackRepository:
    """Reads opinions; gives the writes that store them."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._vault = vault
        self._shape = Shape(Feedback, "feedback", vault)

    def id_for(self, visitor: str, entry_id: str) -> str:
        """Where a visitor's opinion on an entry stands."""
        return self._vault.blind(f"feedback:{visitor}:{entry_id}")

    async def get(self, visitor: str, entry_id: str) -> Versioned[Feedback] | None:
        """It, or None."""
        stored = await self._documents.get("feedback", self.id_for(visitor, entry_id))
        return None if stored is None else self._shape.versioned(stored)

    async def given(self, visitor: str, entry_ids: Sequence[str]) -> dict[str, Feedback]:
        """A visitor's opinions on these entries, by entry."""
        ids = [self.id_for(visitor, entry_id) for entry_id in dict.fromkeys(entry_ids)]
        found = await self._documents.get_many("feedback", ids)
        return {feedback.entry_id: feedback for feedback in self._shape.listed(found.values())}

    async def of_entry(self, entry_id: str, *, limit: int) -> list[Feedback]:
        """What was said of an entry, newest first."""
        found = await self._documents.find(
            "feedback", {"entry_id": entry_id}, sort=(("at", -1),), limit=limit
        )
        return self._shape.listed(found)

    def insert(self, feedback: Feedback) -> Insert:
        """The write of a first opinion."""
        return self._shape.insert(feedback)

    def update(self, feedback: Feedback, version: int) -> Update:
        """The write of an opinion read at `version`."""
        return self._shape.update(feedback, version)
