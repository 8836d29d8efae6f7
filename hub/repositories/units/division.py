"""How the office is divided: one document; its revision tells that a tree of units is old."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hub.model.units.tree import Division
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Collection, Documents, Write

COLLECTIONS = (Collection("divisions"),)

_ID = "office"


@dataclass(frozen=True, slots=True)
class _Kept:
    id: str
    division: Division


class DivisionRepository:
    """Reads it; gives the writes that change it."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._shape = Shape(_Kept, "divisions", vault)

    async def get(self) -> Versioned[Division]:
        """As it is now; version 0 where nobody ever changed anything."""
        stored = await self._documents.get("divisions", _ID)
        if stored is None:
            return Versioned(Division(), 0)
        return Versioned(self._shape.load(stored).division, stored.version)

    def write(self, division: Division, version: int) -> Write:
        """The write of it, read at `version`. Whatever changes a unit carries one along."""
        kept = _Kept(_ID, replace(division, revision=division.revision + 1))
        return self._shape.update(kept, version) if version else self._shape.insert(kept)
