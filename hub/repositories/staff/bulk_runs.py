"""Runs of the same action over many cases."""

from __future__ import annotations

from hub.model.staff.bulk_run import BulkRun
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Body, Collection, Documents, Insert, Update

COLLECTIONS = (
    Collection("bulk_runs", fields={"open": int, "starts_at": int}, indexes=(("open", "starts_at"),)),
)


class BulkRunRepository:
    """Reads runs; gives the writes that store them."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._shape = Shape(BulkRun, "bulk_runs", vault)

    async def get(self, run_id: str) -> Versioned[BulkRun] | None:
        """A run with its version, or None."""
        stored = await self._documents.get("bulk_runs", run_id)
        return None if stored is None else self._shape.versioned(stored)

    async def due(self, now: int) -> Versioned[BulkRun] | None:
        """The run that began first of those that should have by now, or None."""
        where = {"open": 1, "starts_at": {"$lte": now}}
        found = await self._documents.find("bulk_runs", where, sort=(("starts_at", 1),), limit=1)
        return self._shape.versioned(found[0]) if found else None

    def insert(self, run: BulkRun) -> Insert:
        """The write of a new run."""
        write = self._shape.insert(run)
        write.body.update(_fields(run))
        return write

    def update(self, run: BulkRun, version: int) -> Update:
        """The write of a run read at `version`."""
        write = self._shape.update(run, version)
        write.set.update(_fields(run))
        return write


def _fields(run: BulkRun) -> Body:
    return {"open": int(run.is_open)}
