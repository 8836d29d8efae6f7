"""Schedules and the slots they have fired.

Rule protected: a slot fires once, however many processes look at it (`fired/{schedule}:{slot}` is
inserted in the unit of work that starts the broadcast, so neither exists without the other).
"""

from __future__ import annotations

from dataclasses import dataclass

from campaigns.schedule import Schedule
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Collection, Documents, Insert, Update

COLLECTIONS = (
    Collection("schedules", fields={"next_at": int}, indexes=(("next_at",),)),
    Collection("fired", fields={"schedule_id": str, "slot": int}, indexes=(("schedule_id", "slot"),)),
)


@dataclass(frozen=True, slots=True)
class Fired:
    """A slot that was dealt with. late: nothing was sent, its time had passed. id: `schedule:slot`."""

    id: str
    schedule_id: str
    slot: int
    fired_at: int
    late: bool = False


class ScheduleRepository:
    """Reads schedules; gives the writes that store them and their fired slots."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._schedules = Shape(Schedule, "schedules", vault)
        self._fired = Shape(Fired, "fired", vault)

    async def get(self, schedule_id: str) -> Versioned[Schedule] | None:
        """A schedule with its version, or None."""
        stored = await self._documents.get("schedules", schedule_id)
        return None if stored is None else self._schedules.versioned(stored)

    async def due(self, now: int, *, limit: int = 100) -> list[Versioned[Schedule]]:
        """Schedules whose next slot has come, longest overdue first."""
        found = await self._documents.find(
            "schedules", {"next_at": {"$gt": 0, "$lte": now}}, sort=(("next_at", 1),), limit=limit
        )
        return self._schedules.listed_versioned(found)

    async def upcoming(self, *, limit: int = 100) -> list[Schedule]:
        """The schedules that fire next, soonest first."""
        found = await self._documents.find(
            "schedules", {"next_at": {"$gt": 0}}, sort=(("next_at", 1),), limit=limit
        )
        return self._schedules.listed(found)

    async def fired(self, schedule_id: str, *, limit: int = 20) -> list[Fired]:
        """The latest slots that were dealt with, newest first."""
        found = await self._documents.find(
            "fired", {"schedule_id": schedule_id}, sort=(("slot", -1),), limit=limit
        )
        return self._fired.listed(found)

    def insert(self, schedule: Schedule) -> Insert:
        """The write of a new schedule."""
        return self._schedules.insert(schedule)

    def update(self, schedule: Schedule, version: int) -> Update:
        """The write that replaces a schedule read at `version`."""
        return self._schedules.update(schedule, version)

    def fire(self, schedule_id: str, slot: int, *, at: int, late: bool) -> Insert:
        """The write that makes a slot fire once: for everybody else it is a Duplicate."""
        return self._fired.insert(Fired(f"{schedule_id}:{slot}", schedule_id, slot, at, late))
