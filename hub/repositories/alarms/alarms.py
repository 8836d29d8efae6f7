"""Alarms in the store; the id is that of the case."""

from __future__ import annotations

from hub.model.alarms.alarm import Alarm, AlarmState
from hub.model.alarms.handling import milestones
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Body, Collection, Documents, Insert, Sort, Update, Where

_PAGE = 500

COLLECTIONS = (
    Collection(
        "alarms",
        fields={
            "waits": int,
            "hears_at": int,
            "rings": int,
            "forward_at": int,
            "raised_at": int,
            "takes_at": int,
        },
        indexes=(
            ("waits", "forward_at"),
            ("hears_at",),
            ("rings", "raised_at"),
            ("raised_at",),
            ("takes_at",),
        ),
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

    async def waiting(self, *, limit: int) -> list[Versioned[Alarm]]:
        """Those nobody confirmed and that were not forwarded, the next to be forwarded first."""
        found = await self._documents.find("alarms", {"waits": 1}, sort=(("forward_at", 1),), limit=limit)
        return self._shape.listed_versioned(found)

    async def unheard(self, now: int, *, limit: int) -> list[Versioned[Alarm]]:
        """Those that were passed on, not acknowledged and are due to be told again, the longest due first."""
        where = {"hears_at": {"$gt": 0, "$lte": now}}
        found = await self._documents.find("alarms", where, sort=(("hears_at", 1),), limit=limit)
        return self._shape.listed_versioned(found)

    async def untaken(self, now: int, *, limit: int) -> list[Versioned[Alarm]]:
        """Those that were handed over and not taken over in time, the longest due first."""
        where = {"takes_at": {"$gt": 0, "$lte": now}}
        found = await self._documents.find("alarms", where, sort=(("takes_at", 1),), limit=limit)
        return self._shape.listed_versioned(found)

    async def ringing(self) -> list[Versioned[Alarm]]:
        """All that nobody has in hand, the oldest first."""
        return await self._every({"rings": 1}, (("raised_at", 1),))

    async def quiet(self, *, since: int) -> list[Versioned[Alarm]]:
        """All that were raised after an instant (ms UTC) and ring no more, the newest first."""
        return await self._every({"rings": 0, "raised_at": {"$gt": since}}, (("raised_at", -1),))

    async def raised(self, *, since: int) -> list[Versioned[Alarm]]:
        """All that were raised after an instant (ms UTC), the newest first."""
        return await self._every({"raised_at": {"$gt": since}}, (("raised_at", -1),))

    async def _every(self, where: Where, sort: Sort) -> list[Versioned[Alarm]]:
        """Page by page: on the day of a disaster there are many, and none may be left out."""
        found: list[Versioned[Alarm]] = []
        after: str | None = None
        while True:
            page = await self._documents.find("alarms", where, sort=sort, limit=_PAGE, after=after)
            found += self._shape.listed_versioned(page)
            if len(page) < _PAGE:
                return found
            after = self._documents.cursor(page[-1], sort)

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
    """Beside what is looked for: what times are made of, because the steps themselves are sealed."""
    done = milestones(alarm.steps)
    return {
        "takes_at": alarm.takes_at,
        "dispatched_at": done.dispatched_at,
        "arrived_at": done.arrived_at,
        "fed_back_at": done.fed_back_at,
        "outcome": done.outcome,
        "sent_to": done.desk,
        "waits": int(alarm.state is AlarmState.WAITING),
        "hears_at": min((passing.next_at for passing in alarm.unheard), default=0),
        "rings": int(alarm.is_unconfirmed),
    }
