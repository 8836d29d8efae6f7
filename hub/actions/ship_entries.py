"""Puts the entries that come with the program into the store, where they are not there yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hub.actions.entry_desk import EntryDesk
from hub.errors import Stale
from hub.model.entry_record import EntryRecord, VersionKind
from hub.store.documents import Conflict, Duplicate, Write
from knowledge_base.entry import Entry

_TRIES = 10


async def ship_entries(desk: EntryDesk, shipped: Sequence[Entry]) -> int:
    """Publishes those whose ids nobody has; returns how many. What editors made of one is left alone."""
    for _ in range(_TRIES):
        known = await desk.entries.revision()
        there = await desk.entries.get_many([entry.id for entry in shipped])
        missing = [entry for entry in shipped if entry.id not in there]
        if not missing:
            return 0
        writes: list[Write] = [desk.entries.advance(known)]
        for entry in missing:
            record = EntryRecord(entry.id).published(entry, entry.updated_at)
            record = replace(record, revision=known.value + 1, changed_at=entry.updated_at)
            version = record.version(VersionKind.PUBLISHED, at=entry.updated_at, by_id="")
            writes += [desk.entries.insert(record), desk.versions.insert(version)]
        try:
            await desk.documents.commit(writes)
        except (Conflict, Duplicate):
            continue  # another process starts at the same time
        return len(missing)
    raise Stale("knowledge base")
