"""Writes the working copy of an entry. Nothing here touches what answers: see `publish_entry`."""

from __future__ import annotations

from dataclasses import replace

from hub.actions.knowledge.entry_desk import EntryDesk
from hub.model.entry_record import EntryRecord, same_content
from hub.runtime.errors import Invalid, NotFound
from hub.runtime.ids import new_id
from knowledge_base.entry import Entry, EntryState

UNDER_WAY = "这个条目已有未发布的修改稿，请先处理或放弃它。"


class EditEntry:
    """Saves, submits and discards working copies. `by`: the id of the agent who does it; `version`: of the
    record the page showed. All raise `NotFound` and `Stale`."""

    def __init__(self, desk: EntryDesk) -> None:
        self._desk = desk

    async def save(self, typed: Entry, *, by: str, version: int = 0) -> EntryRecord:
        """Keeps what was typed as the working copy: of a new entry (id "", version 0) or as the next content
        of a known one. What says nothing new is not a change."""
        now = self._desk.clock.now_ms()
        if not typed.id:
            entry_id = f"e{new_id(now)}"
            record = self._desk.stamped(EntryRecord(entry_id, working=draft(typed, entry_id, now)), by)
            record = replace(record, author_ids=(by,))
            await self._desk.commit(self._desk.entries.insert(record))
            return record
        found = await self._desk.read(typed.id, version)
        if same_content(typed, found.newest):
            return found
        record = written(found, draft(typed, found.id, now), by)
        return await self._keep(record, by, version)

    async def restore(self, entry_id: str, number: int, *, by: str, version: int) -> EntryRecord:
        """Takes an old version as the new working copy. Raises `Invalid` where one is under way."""
        found = await self._desk.read(entry_id, version)
        kept = await self._desk.versions.get(entry_id, number)
        if kept is None:
            raise NotFound("version")
        if found.working is not None:
            raise Invalid({"form": UNDER_WAY})
        record = written(found, draft(kept.content, entry_id, self._desk.clock.now_ms()), by)
        return await self._keep(record, by, version)

    async def submit(self, entry_id: str, *, by: str, version: int, note: str = "") -> EntryRecord:
        """Asks for a second look. `note`: what changed and why."""
        found = await self._desk.read(entry_id, version)
        if found.working is None:
            raise NotFound("working copy")
        working = replace(found.working, state=EntryState.REVIEW)
        return await self._keep(replace(found, working=working, note=note, remark=""), by, version)

    async def send_back(self, entry_id: str, *, by: str, version: int, remark: str) -> EntryRecord:
        """Gives a working copy back to its author, saying what to mend. Raises `Invalid` without a remark."""
        found = await self._desk.read(entry_id, version)
        if found.working is None:
            raise NotFound("working copy")
        if not remark.strip():
            raise Invalid({"remark": "请写明退回的理由"})
        working = replace(found.working, state=EntryState.DRAFT)
        return await self._keep(replace(found, working=working, remark=remark.strip()), by, version)

    async def discard(self, entry_id: str, *, by: str, version: int) -> bool:
        """Forgets the working copy, and the entry with it when nothing was ever published; whether the entry
        still exists."""
        found = await self._desk.read(entry_id, version)
        if found.in_force is None:
            await self._desk.commit(self._desk.entries.delete(found, version))
            return False
        await self._keep(without_working(found), by, version)
        return True

    async def _keep(self, record: EntryRecord, by: str, version: int) -> EntryRecord:
        record = self._desk.stamped(record, by)
        await self._desk.commit(self._desk.entries.update(record, version))
        return record


def draft(content: Entry, entry_id: str, now: int) -> Entry:
    """Content as a working copy."""
    return replace(content, id=entry_id, state=EntryState.DRAFT, updated_at=now)


def written(record: EntryRecord, working: Entry, by: str) -> EntryRecord:
    """The record with a new working copy, and who had a hand in it."""
    authors = record.author_ids if by in record.author_ids else (*record.author_ids, by)
    return replace(record, working=working, author_ids=authors, remark="")


def without_working(record: EntryRecord) -> EntryRecord:
    """The record once its working copy is published or given up."""
    return replace(record, working=None, author_ids=(), note="", remark="")
