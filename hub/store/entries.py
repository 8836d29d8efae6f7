"""Knowledge entries as they are edited. They are public texts: nothing in them is personal."""

from __future__ import annotations

from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import MAX_LIMIT, Collection, Documents, Insert, Update
from knowledge_base.entry import Entry

COLLECTIONS = (
    Collection(
        "entries",
        fields={"topic": str, "state": str, "updated_at": int},
        indexes=(("topic",), ("updated_at",)),
    ),
)


class EntryRepository:
    """Reads and writes knowledge entries."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._entries = Shape(Entry, "entries", vault, personal=frozenset())

    async def all(self) -> list[Versioned[Entry]]:
        """Every entry, by id."""
        found = await self._documents.find("entries", {}, limit=MAX_LIMIT)
        return [self._entries.versioned(stored) for stored in found]

    async def get(self, entry_id: str) -> Versioned[Entry] | None:
        """One entry with its version, or None."""
        stored = await self._documents.get("entries", entry_id)
        return None if stored is None else self._entries.versioned(stored)

    async def add_missing(self, entries: tuple[Entry, ...]) -> int:
        """Stores those entries whose ids are not there yet; returns how many were new."""
        refused = await self._documents.insert_many(
            "entries", [(entry.id, self._entries.body(entry)) for entry in entries]
        )
        return len(entries) - len(refused)

    async def newest(self) -> int:
        """When an entry was last changed: how processes notice one another's edits."""
        found = await self._documents.find("entries", {}, sort=(("updated_at", -1),), limit=1)
        return found[0].body["updated_at"] if found else 0

    def insert(self, entry: Entry) -> Insert:
        """The write of a new entry."""
        return self._entries.insert(entry)

    def update(self, entry: Entry, version: int) -> Update:
        """The write of an entry read at `version`."""
        return self._entries.update(entry, version)
