"""The tags of the office; which of them a case has stands in the case."""

from __future__ import annotations

from hub.model.cases.queue.tag import MOST_TAGS, Tag
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Collection, Documents, Insert, Update

COLLECTIONS = (Collection("tags"),)


class TagRepository:
    """Reads; gives the writes."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._tags = Shape(Tag, "tags", vault)

    async def every(self) -> list[Versioned[Tag]]:
        """All of them, also those out of use, in the order they were made."""
        found = await self._documents.find("tags", {}, limit=MOST_TAGS)
        return sorted(self._tags.listed_versioned(found), key=lambda one: int(one.value.id))

    def insert(self, tag: Tag) -> Insert:
        """The write of a new one; a number that is taken is a Duplicate."""
        return self._tags.insert(tag)

    def update(self, tag: Tag, version: int) -> Update:
        """The write of one read at `version`."""
        return self._tags.update(tag, version)
