"""Alarms in the store; the id is that of the case."""

from __future__ import annotations

from hub.model.alarms.alarm import Alarm
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Body, Collection, Documents, Insert, Update

COLLECTIONS = (
    Collection(
        "alarms",
        fields={"open": int, "rings": int, "forward_at": int, "raised_at": int},
        indexes=(("open", "forward_at"), ("rings", "raised_at"), ("raised_at",)),
    ),
)


class AlarmRepository:
    """Reads alarms; gives the writes that store them."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._shape = Shape(Alarm, "alarms", vault)

    async def get(self, case_id: str) -> Versioned[Alarm] | None:
        """The alarm of a case, or None."""
        stored = await self._documents.get("alarms", case_id)
        return None if stored is None else self._shape.versioned(stored)

    async def with_work(self, *, limit: int) -> list[Versioned[Alarm]]:
        """Those the hub has something to do about, the next to be forwarded first."""
        found = await self._documents.find("alarms", {"open": 1}, sort=(("forward_at", 1),), limit=limit)
        return self._shape.listed_versioned(found)

    async def ringing(self, *, limit: int) -> list[Versioned[Alarm]]:
        """Those nobody has in hand, the oldest first."""
        found = await self._documents.find("alarms", {"rings": 1}, sort=(("raised_at", 1),), limit=limit)
        return self._shape.listed_versioned(found)

    async def newest(self, *, since: int, limit: int) -> list[Versioned[Alarm]]:
        """Those raised after an instant, the newest first."""
        where = {"raised_at": {"$gt": since}}
        found = await self._documents.find("alarms", where, sort=(("raised_at", -1),), limit=limit)
        return self._shape.listed_versioned(found)

    def insert(self, alarm: Alarm) -> Insert:
        """The write of a new alarm."""
        write = self._shape.insert(alarm)
        write.body.update(_index_fields(alarm))
        return write

    def update(self, alarm: Alarm, version: int) -> Update:
        """The write of an alarm read at `version`."""
        write = self._shape.update(alarm, version)
        write.set.update(_index_fields(alarm))
        return write


def _index_fields(alarm: Alarm) -> Body:
    return {"open": int(alarm.needs_work), "rings": int(alarm.is_unconfirmed)}
