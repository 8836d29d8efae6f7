"""Who takes new cases just now; the id is the agent's."""

from __future__ import annotations

from hub.model.staff.availability import Availability, Readiness
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import MAX_LIMIT, Collection, Documents, Insert, Update, Write

COLLECTIONS = (
    Collection("availabilities", fields={"readiness": str, "until": int}, indexes=(("readiness", "until"),)),
)


class AvailabilityRepository:
    """Reads them; gives the writes that store them."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._shape = Shape(Availability, "availabilities", vault, personal=frozenset())

    async def get(self, agent_id: str) -> Versioned[Availability] | None:
        """What an agent said last, or None."""
        stored = await self._documents.get("availabilities", agent_id)
        return None if stored is None else self._shape.versioned(stored)

    async def ready(self, now: int) -> list[Versioned[Availability]]:
        """Those who take new cases at an instant."""
        where = {"readiness": str(Readiness.READY), "until": {"$gt": now}}
        found = await self._documents.find("availabilities", where, limit=MAX_LIMIT)
        return self._shape.listed_versioned(found)

    def write(self, value: Availability, version: int | None) -> Write:
        """The write of what an agent says; version: of what they said before, None for the first time."""
        if version is None:
            write: Insert = self._shape.insert(value)
            return write
        update: Update = self._shape.update(value, version)
        return update
