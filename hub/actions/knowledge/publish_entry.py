"""Lets entries answer, and takes them back.

Rules protected: nobody publishes what they wrote themselves (unless configured otherwise); nothing is
published that loses a test question or takes another entry's question over; and what was checked is what is
committed: the check is made against the revision that the commit then moves on, so that of two publishes at
once the second is checked again with the first in force.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from hub.actions.dialogue.encoding import Encoding
from hub.actions.knowledge.edit_entry import without_working
from hub.actions.knowledge.entry_desk import EntryDesk
from hub.actions.knowledge.follow_entries import FollowEntries
from hub.actions.knowledge.in_force import Knowledge
from hub.actions.knowledge.keep_vectors import KeepVectors
from hub.actions.knowledge.retry_on_new_revision import retry_on_new_revision
from hub.model.entry_record import EntryRecord, VersionKind
from hub.runtime.errors import Forbidden, HubError, Invalid, NotFound
from hub.store.codec import Versioned
from hub.store.documents import Insert, Write
from knowledge_base.entry import Entry, EntryState
from knowledge_base.match.gate import Objection, objections
from knowledge_base.meaning.wording_vectors import WordingVectors

AT_ONCE = 100
"""How many reviewed entries are published with one press."""
_GATE_SECONDS = 10.0
"""How long vectors are asked for while questions are tried; the rest is tried by its words."""
_OVER = "有效期已过，请先改有效期"
_UNWRITTEN = "还没有写答案或者业务分类，请先补上"


class Refused(HubError):
    """It was not published: `objections` says which question would go wrong, all of them at once."""

    def __init__(self, found: Sequence[Objection]) -> None:
        super().__init__(f"{len(found)} questions would go wrong")
        self.objections = tuple(found)


class PublishEntry:
    """`by`: the id of the agent who does it. All raise `NotFound` and `Stale`.

    second_person: whether whoever wrote a change may not publish it.
    """

    def __init__(
        self,
        desk: EntryDesk,
        follow: FollowEntries,
        knowledge: Knowledge,
        vectors: KeepVectors,
        meaning: Encoding,
        *,
        second_person: bool,
    ) -> None:
        """meaning: what questions are looked up with beside their words."""
        self._desk = desk
        self._follow = follow
        self._knowledge = knowledge
        self._vectors = vectors
        self._meaning = meaning
        self._second_person = second_person

    def may_publish(self, record: EntryRecord, by: str) -> bool:
        """Whether this person is a second one for what is written here."""
        return not self._second_person or by not in record.author_ids

    async def check(self, content: Entry) -> tuple[Objection, ...]:
        """What stands against publishing this content now."""
        await self._follow.look()
        return await self.objections((content,))

    async def publish(self, entry_id: str, *, by: str, version: int, why: str = "") -> EntryRecord:
        """Lets the working copy answer, at once or from its day on.

        Raises `Forbidden` for the author, `Invalid` when its time is over, `Refused` by the gate.
        """

        found = await self._desk.read(entry_id, version)
        if found.working is None:
            raise NotFound("working copy")
        if not self.may_publish(found, by):
            raise Forbidden("second person")
        (record,) = await self.publish_together([Versioned(found, version)], by=by, why=why)
        return record

    async def publish_reviewed(self, *, by: str, topic: str = "") -> int:
        """Lets everything answer that waits for review (of one topic) and was written by others; how many.

        All of it or nothing: raises like `publish`.
        """
        where = {"working_state": str(EntryState.REVIEW)} | ({"topic": topic} if topic else {})
        page = await self._desk.entries.page(where, limit=AT_ONCE)
        known = await self._desk.entries.get_many([record.id for record in page.records])
        ready = [
            found for found in known.values() if found.value.working and self.may_publish(found.value, by)
        ]
        if ready:
            await self.publish_together(ready, by=by)
        return len(ready)

    async def publish_together(
        self, written: Sequence[Versioned[EntryRecord]], *, by: str, why: str = ""
    ) -> list[EntryRecord]:
        """Lets working copies answer in one unit of work; version 0 is an entry nobody has stored yet.

        Whoever calls has asked whether `by` may. Raises `Invalid`, `Refused`, `Stale`.
        """

        async def once(known: Versioned[int]) -> list[EntryRecord]:
            entries, now = self._desk.entries, self._desk.clock.now_ms()
            contents = [found.value.working for found in written if found.value.working is not None]
            await self._vectors.keep(await self._pass(contents))
            writes: list[Write] = []
            records = []
            for found, content in zip(written, contents, strict=True):
                record = without_working(found.value.published(content, now))
                record = self._desk.stamped(replace(record, revision=known.value + 1), by)
                kept = record.version(
                    VersionKind.PUBLISHED,
                    at=now,
                    by_id=by,
                    author_ids=found.value.author_ids,
                    why=why or found.value.note,
                )
                stored = entries.update(record, found.version) if found.version else entries.insert(record)
                writes += [stored, self._desk.versions.insert(kept)]
                records.append(record)
            await self._desk.commit(*writes, entries.advance(known))
            return records

        return await retry_on_new_revision(self._follow, once)

    async def expire(self, entry_id: str, *, by: str, version: int, why: str) -> EntryRecord:
        """Takes it back: from now on it does not answer. Raises `Invalid` without a reason."""
        if not why.strip():
            raise Invalid({"why": "请写明停用的理由"})

        async def once(known: Versioned[int]) -> EntryRecord:
            found = await self._desk.read(entry_id, version)
            if found.in_force is None or found.in_force.state is not EntryState.PUBLISHED:
                raise NotFound("published entry")
            record = found.withdrawn()
            kept = record.version(
                VersionKind.EXPIRED, at=self._desk.clock.now_ms(), by_id=by, why=why.strip()
            )
            return await self._commit(record, by, version, known, self._desk.versions.insert(kept))

        return await retry_on_new_revision(self._follow, once)

    async def bring_back(self, entry_id: str, *, by: str, version: int) -> EntryRecord:
        """Lets what was withdrawn answer again, unchanged. Raises `Invalid`, `Refused` like `publish`."""

        async def once(known: Versioned[int]) -> EntryRecord:
            found = await self._desk.read(entry_id, version)
            if found.live is None or found.live.state is not EntryState.EXPIRED:
                raise NotFound("expired entry")
            now = self._desk.clock.now_ms()
            await self._vectors.keep(await self._pass([found.live]))
            record = found.published(found.live, now)
            kept = record.version(VersionKind.BROUGHT_BACK, at=now, by_id=by)
            return await self._commit(record, by, version, known, self._desk.versions.insert(kept))

        return await retry_on_new_revision(self._follow, once)

    async def objections(self, contents: Sequence[Entry]) -> tuple[Objection, ...]:
        """What stands against these contents together, in a snapshot nobody answers from."""
        return await self._objections(contents, await self._vectors.made(contents))

    async def _objections(
        self, contents: Sequence[Entry], vectors: WordingVectors | None
    ) -> tuple[Objection, ...]:
        ready = [replace(content, state=EntryState.PUBLISHED) for content in contents]
        ask = self._meaning.for_a_thread(seconds=_GATE_SECONDS)

        def judged() -> tuple[Objection, ...]:
            before, after = self._knowledge.candidate(ready, vectors)
            return objections(before, after, ready, ask)

        return await asyncio.to_thread(judged)

    async def _pass(self, contents: Sequence[Entry]) -> WordingVectors | None:
        """The vectors of what passes. Raises `Invalid`, `Refused`."""
        now = self._desk.clock.now_ms()
        if any(0 < content.valid_until <= now for content in contents):
            raise Invalid({"valid_until": _OVER})
        if not all(content.answer.strip() and content.topic for content in contents):
            raise Invalid({"answer": _UNWRITTEN})
        vectors = await self._vectors.made(contents)
        found = await self._objections(contents, vectors)
        if found:
            raise Refused(found)
        return vectors

    async def _commit(
        self, record: EntryRecord, by: str, version: int, known: Versioned[int], kept: Insert
    ) -> EntryRecord:
        record = self._desk.stamped(replace(record, revision=known.value + 1), by)
        entries = self._desk.entries
        await self._desk.commit(entries.update(record, version), kept, entries.advance(known))
        return record
