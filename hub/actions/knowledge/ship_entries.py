"""Puts the entries that come with the program into the store, and keeps those in step that nobody edits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hub.actions.knowledge.entry_desk import EntryDesk
from hub.model.entry_record import EntryRecord, VersionKind, same_content
from hub.runtime.errors import Stale
from hub.store.documents import Conflict, Duplicate, Write
from hub.store.until_committed import until_committed
from knowledge_base.entry import Entry, EntryState

_TRIES = 10


async def ship_entries(desk: EntryDesk, shipped: Sequence[Entry]) -> int:
    """Publishes those that nobody has, and those that a new release corrects; returns how many.

    What an editor has touched, or withdrawn, is left alone: from then on it is theirs.
    """

    async def decide() -> tuple[list[Write], int]:
        known = await desk.entries.revision()
        there = await desk.entries.get_many([entry.id for entry in shipped])
        writes: list[Write] = []
        for entry in shipped:
            found = there.get(entry.id)
            if found is not None and not _is_corrected(found.value, entry):
                continue
            before = found.value if found else EntryRecord(entry.id)
            record = before.published(entry, entry.updated_at)
            record = replace(record, revision=known.value + 1, changed_at=entry.updated_at)
            version = record.version(VersionKind.PUBLISHED, at=entry.updated_at, by_id="")
            stored = desk.entries.update(record, found.version) if found else desk.entries.insert(record)
            writes += [stored, desk.versions.insert(version)]
        return [*writes, desk.entries.advance(known)] if writes else [], len(writes) // 2

    try:
        return await until_committed(desk.documents, decide, tries=_TRIES)
    except (Conflict, Duplicate):  # other processes start at the same time
        raise Stale("knowledge base") from None


def _is_corrected(record: EntryRecord, entry: Entry) -> bool:
    live = record.live
    is_ours = not record.changed_by and record.working is None and record.coming is None
    return (
        is_ours
        and live is not None
        and live.state is EntryState.PUBLISHED
        and live.updated_at < entry.updated_at
        and not same_content(live, entry)
    )
