"""What every change of an entry needs: the record as it was read, and one commit that loses nothing."""

from __future__ import annotations

from dataclasses import replace

from hub.model.entry_record import EntryRecord
from hub.repositories.knowledge.entries import EntryRepository, is_revision
from hub.repositories.knowledge.entry_versions import EntryVersionRepository
from hub.runtime.clock import Clock
from hub.runtime.errors import NotFound, Stale
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate, Write


class Overtaken(Exception):
    """Something else was published between reading the revision and the commit: look again."""


class EntryDesk:
    """Shared by the actions on entries."""

    def __init__(
        self, documents: Documents, entries: EntryRepository, versions: EntryVersionRepository, clock: Clock
    ) -> None:
        self.documents = documents
        self.entries = entries
        self.versions = versions
        self.clock = clock

    async def get(self, entry_id: str) -> Versioned[EntryRecord]:
        """One entry with its version. Raises `NotFound`."""
        found = await self.entries.get(entry_id)
        if found is None:
            raise NotFound("entry")
        return found

    async def read(self, entry_id: str, version: int) -> EntryRecord:
        """The entry as the page showed it. Raises `NotFound`, `Stale`."""
        found = await self.get(entry_id)
        if found.version != version:
            raise Stale("entry")
        return found.value

    def stamped(self, record: EntryRecord, by: str) -> EntryRecord:
        """The record with who changed it and when."""
        return replace(record, changed_at=self.clock.now_ms(), changed_by=by)

    async def commit(self, *writes: Write) -> None:
        """All of it or nothing. Raises `Stale`, or `Overtaken` when only the revision had moved on."""
        try:
            await self.documents.commit(writes)
        except (Conflict, Duplicate) as refused:
            if is_revision(refused.write):
                raise Overtaken from None
            raise Stale("entry") from None
