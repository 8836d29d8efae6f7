"""Keeps what answers in this process equal to what the store says and the clock.

One look costs one read by key; only entries and words changed since the last look are fetched. Nothing is
decided here but the time: an entry whose hour came is settled in the store by whichever process looks first.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from hub.actions.knowledge.in_force import Knowledge
from hub.actions.knowledge.keep_vectors import KeepVectors
from hub.model.entry_record import EntryRecord, VersionKind
from hub.repositories.knowledge.entries import EntryRepository
from hub.repositories.knowledge.entry_versions import EntryVersionRepository
from hub.repositories.knowledge.words import WordRepository
from hub.runtime.clock import Clock
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate, Write
from knowledge_base.entry import Entry


class FollowEntries:
    """For the supervised job, and before anything is decided about what answers."""

    def __init__(
        self,
        documents: Documents,
        entries: EntryRepository,
        versions: EntryVersionRepository,
        words: WordRepository,
        knowledge: Knowledge,
        vectors: KeepVectors,
        clock: Clock,
    ) -> None:
        self._documents = documents
        self._entries = entries
        self._versions = versions
        self._words = words
        self._knowledge = knowledge
        self._vectors = vectors
        self._clock = clock
        self._alone = asyncio.Lock()

    async def look(self) -> Versioned[int]:
        """The revision of the store; the snapshot holds everything up to it when this returns."""
        async with self._alone:
            known = await self._entries.revision()
            if known.value > self._knowledge.revision:
                since = self._entries.changed_since(self._knowledge.revision)
                changed = [record async for record in since]
                said = [record async for record in self._words.changed_since(self._knowledge.revision)]
                vectors = await self._vectors.kept([one for record in changed for one in _contents(record)])
                await asyncio.to_thread(self._knowledge.take, changed, self._clock.now_ms(), said, vectors)
                self._knowledge.revision = known.value
            if self._knowledge.turns(self._clock.now_ms()):
                await asyncio.to_thread(self._knowledge.turn, self._clock.now_ms())
            return known

    async def learn(self) -> bool:
        """One round of making vectors that are lacking, after a change of engine or when it was down; whether
        it brought any. What another process made is loaded."""
        found = await self._vectors.some()
        if found is None:
            return False
        async with self._alone:
            await asyncio.to_thread(self._knowledge.learn, *found)
        return True

    async def settle(self) -> int:
        """Writes down what time did to entries; how many. Another process may be quicker."""
        now, settled = self._clock.now_ms(), 0
        for found in await self._entries.due(now):
            known = await self._entries.revision()
            record = replace(found.value.settled(now), revision=known.value + 1)
            writes: list[Write] = [self._entries.update(record, found.version)]
            if record.number > found.value.number:
                version = record.version(VersionKind.EXPIRED, at=now, by_id="")
                writes.append(self._versions.insert(version))
            try:
                await self._documents.commit([*writes, self._entries.advance(known)])
            except (Conflict, Duplicate):
                continue  # it is due in the next round as well, unless it was done
            settled += 1
        return settled


def _contents(record: EntryRecord) -> list[Entry]:
    """What of a record answers now or some day."""
    return [entry for entry in (record.live, record.coming) if entry is not None]
