"""Stored memory of what was answered lately, by address."""

from __future__ import annotations

from hub.model.conversations.recent_answers import RecentAnswers
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Collection, Documents, Insert, Update

COLLECTIONS = (Collection("recent_answers", fields={"keep_until": int}, indexes=(("keep_until",),)),)


class RecentAnswersRepository:
    """What was answered lately, by address; neither the address nor what it wrote can be read from it."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._vault = vault
        self._shape = Shape(RecentAnswers, "recent_answers", vault)

    def digest(self, address_key: str, text: str) -> str:
        """A text of an address as it is remembered."""
        return self._vault.blind(f"heard:{address_key}:{text}")

    async def get(self, address_key: str) -> Versioned[RecentAnswers]:
        """Of this address; version 0 when nothing is known."""
        stored = await self._documents.get("recent_answers", address_key)
        return Versioned(RecentAnswers(address_key), 0) if stored is None else self._shape.versioned(stored)

    def write(self, after: RecentAnswers, version: int) -> Insert | Update:
        """The write of what was read at `version`."""
        return self._shape.update(after, version) if version else self._shape.insert(after)
