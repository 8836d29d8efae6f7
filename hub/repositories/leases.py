"""Leases: which process leads.

Rule protected: a process that was stopped for longer than its lease finds out before it does anything more.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub.store.documents import Collection, Conflict, Documents, Duplicate, Insert, Update, Write

COLLECTIONS = (Collection("leases"),)


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
