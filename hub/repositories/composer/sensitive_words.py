"""The words an office watches for."""

from __future__ import annotations

from hub.model.campaigns.sensitive_word import MOST_WORDS, SensitiveWord
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Collection, Delete, Documents, Write

COLLECTIONS = (Collection("sensitive_words", fields={"changed_at": int}, indexes=(("changed_at",),)),)


class SensitiveWordRepository:
    """Reads; gives the writes."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._words = Shape(SensitiveWord, "sensitive_words", vault)

    async def every(self) -> list[Versioned[SensitiveWord]]:
        """All of them, the newest change first."""
        found = await self._documents.find(
            "sensitive_words", {}, sort=(("changed_at", -1),), limit=MOST_WORDS
        )
        return self._words.listed_versioned(found)

    async def get(self, id: str) -> Versioned[SensitiveWord] | None:
        """One, or None."""
        stored = await self._documents.get("sensitive_words", id)
        return None if stored is None else self._words.versioned(stored)

    def put(self, word: SensitiveWord, found: Versioned[SensitiveWord] | None) -> Write:
        """The write of a new one, or in the place of the one found."""
        return self._words.insert(word) if found is None else self._words.update(word, found.version)

    def remove(self, found: Versioned[SensitiveWord]) -> Delete:
        """The write that takes one out."""
        return Delete("sensitive_words", found.value.id, found.version)
