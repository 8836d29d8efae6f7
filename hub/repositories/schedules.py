"""Schedules, the slots they have fired, and the leases that say which process leads.

Rules protected: a slot fires once, however many processes look at it (`fired/{schedule}:{slot}` is
inserted in the unit of work that starts the broadcast, so neither exists without the other); and a
process that was stopped for longer than its lease finds out before it does anything more.
"""

from __future__ import annotations

from dataclasses import dataclass

from campaigns.schedule import Schedule
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Collection, Conflict, Documents, Duplicate, Insert, Update, Write

COLLECTIONS = (
    Collection("schedules", fields={"next_at": int}, indexes=(("next_at",),)),
    Collection("fired", fields={"schedule_id": str, "slot": int}, indexes=(("schedule_id", "slot"),)),
    Collection("leases"),
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


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to do something alone until `until` (store's clock, counted from before the write)."""

    name: str
    holder: str
    until: int
    version: int


class LeaseRepository:
    """Leases by name. `holder` is anything unique to the process."""

    def __init__(self, documents: Documents, *, holder: str, ttl_seconds: float = 15.0) -> None:
        self._documents = documents
        self._holder = holder
        self._ttl_ms = round(ttl_seconds * 1000)

    async def take(self, name: str) -> Lease | None:
        """The lease if it is free, over or ours; None while somebody else leads."""
        now = await self._documents.now_ms()
        stored = await self._documents.get("leases", name)
        body = {"holder": self._holder, "until": now + self._ttl_ms}
        if stored is None:
            return await self._try(Insert("leases", name, body), name, 1, now)
        if stored.body["holder"] != self._holder and stored.body["until"] > now:
            return None
        update = Update("leases", name, body, stored.version)
        return await self._try(update, name, stored.version + 1, now)

    async def renew(self, lease: Lease) -> Lease | None:
        """The lease with a fresh term, or None when it is somebody else's by now."""
        now = await self._documents.now_ms()
        update = Update("leases", lease.name, {"until": now + self._ttl_ms}, lease.version)
        return await self._try(update, lease.name, lease.version + 1, now)

    async def hold(self, lease: Lease | None, name: str) -> Lease | None:
        """One call per round of a loop: takes, keeps, or renews after a third of the term.

        None means: do nothing this round.
        """
        if lease is None:
            return await self.take(name)
        now = await self._documents.now_ms()
        if now < lease.until - self._ttl_ms * 2 // 3:
            return lease
        return await (self.renew(lease) if now < lease.until else self.take(name))

    async def give_back(self, lease: Lease) -> None:
        """Lets the next process lead at once; harmless when the lease was lost."""
        update = Update("leases", lease.name, {"until": 0}, lease.version)
        await self._try(update, lease.name, 0, 0)

    async def _try(self, write: Write, name: str, version: int, now: int) -> Lease | None:
        try:
            await self._documents.commit([write])
        except (Conflict, Duplicate):
            return None
        return Lease(name, self._holder, now + self._ttl_ms, version)
