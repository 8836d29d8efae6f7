"""Every version of a knowledge entry that was published or withdrawn; none is ever changed."""

from __future__ import annotations

from hub.model.entry_record import EntryVersion, version_id
from hub.store.codec import Shape
from hub.store.crypto import Vault
from hub.store.documents import Collection, Documents, Insert

COLLECTIONS = (
    Collection("entry_versions", fields={"entry_id": str, "number": int}, unique=(("entry_id", "number"),)),
)


class EntryVersionRepository:
    """Reads versions; gives the write that keeps one."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._versions = Shape(EntryVersion, "entry_versions", vault, personal=frozenset())

    async def of(self, entry_id: str, *, limit: int = 200) -> list[EntryVersion]:
        """The versions of an entry, newest first."""
        found = await self._documents.find(
            "entry_versions", {"entry_id": entry_id}, sort=(("number", -1),), limit=limit
        )
        return self._versions.listed(found)

    async def get(self, entry_id: str, number: int) -> EntryVersion | None:
        """One version, or None."""
        stored = await self._documents.get("entry_versions", version_id(entry_id, number))
        return None if stored is None else self._versions.load(stored)

    def insert(self, version: EntryVersion) -> Insert:
        """The write that keeps a version."""
        return self._versions.insert(version)
