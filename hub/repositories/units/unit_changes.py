"""Changes of the tree of units: those that wait for a second person, and those that were decided."""

from __future__ import annotations

from hub.model.units.unit_change import UnitChange
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Collection, Documents, Insert, Update

COLLECTIONS = (Collection("unit_changes", fields={"open": int, "at": int}, indexes=(("open", "at"),)),)

_MANY = 100


class UnitChangeRepository:
    """Reads changes; gives the writes that store them."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._shape = Shape(UnitChange, "unit_changes", vault)

    async def get(self, id: str) -> Versioned[UnitChange] | None:
        """A change with its version, or None."""
        stored = await self._documents.get("unit_changes", id)
        return None if stored is None else self._shape.versioned(stored)

    async def waiting(self) -> list[Versioned[UnitChange]]:
        """Those nobody decided yet, the oldest first."""
        found = await self._documents.find("unit_changes", {"open": 1}, sort=(("at", 1),), limit=_MANY)
        return self._shape.listed_versioned(found)

    async def decided(self, *, limit: int = 50) -> list[UnitChange]:
        """Those that were decided, the newest first."""
        found = await self._documents.find("unit_changes", {"open": 0}, sort=(("at", -1),), limit=limit)
        return self._shape.listed(found)

    def insert(self, change: UnitChange) -> Insert:
        """The write of a new change."""
        write = self._shape.insert(change)
        write.body["open"] = int(not change.decided_at)
        return write

    def update(self, change: UnitChange, version: int) -> Update:
        """The write of a change read at `version`."""
        write = self._shape.update(change, version)
        write.set["open"] = int(not change.decided_at)
        return write
