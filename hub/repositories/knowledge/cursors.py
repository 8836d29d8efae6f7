"""How far something was read, moved in the same unit of work as what was made of it: each thing counts once,
whoever crashes and however many read."""

from __future__ import annotations

from hub.store.codec import Versioned
from hub.store.documents import Collection, Documents, Insert, Update

COLLECTIONS = (Collection("cursors"),)


class CursorRepository:
    """Cursors by name; "" before anything was read."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    async def get(self, name: str) -> Versioned[str]:
        """Where it stands; version 0 when it was never moved."""
        stored = await self._documents.get("cursors", name)
        return Versioned("", 0) if stored is None else Versioned(stored.body["after"], stored.version)

    def move(self, name: str, known: Versioned[str], after: str) -> Insert | Update:
        """The write that moves it on from where it was read; a second reader gets Conflict or Duplicate."""
        body = {"after": after}
        if known.version == 0:
            return Insert("cursors", name, body)
        return Update("cursors", name, body, known.version)
