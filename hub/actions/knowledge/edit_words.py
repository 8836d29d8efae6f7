"""Changes the office's own words. They are in force at once; no second person is needed, because what is
answered stays as it is: only what finds it changes, and that the gate protects.

Rules protected: a word has one meaning; no change of words loses a test question of a published entry or
makes two entries' wordings one question; and what was checked is what is committed, like a publish.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from hub.actions.knowledge.entry_desk import EntryDesk
from hub.actions.knowledge.follow_entries import FollowEntries
from hub.actions.knowledge.in_force import Knowledge
from hub.actions.knowledge.publish_entry import Refused
from hub.actions.knowledge.retry_on_new_revision import retry_on_new_revision
from hub.model.word_record import WordRecord
from hub.repositories.knowledge.words import WordRepository, group_id
from hub.runtime.errors import HubError, NotFound, Stale
from hub.store.codec import Versioned
from hub.store.documents import Write
from knowledge_base.match.gate import Objection, lost_by_words
from knowledge_base.words.lexicon import shipped_lexicon
from knowledge_base.words.word_group import WordGroup, WordProblem, word_problems

Read = Callable[[WordGroup, Versioned[WordRecord]], None]


class UnfitWords(HubError):
    """The groups cannot be taken; `problems` says why, all at once."""

    def __init__(self, problems: Sequence[WordProblem]) -> None:
        super().__init__("\n".join(f"{p.number}: {p.zh} / {p.en}" for p in problems))
        self.problems = tuple(problems)


class EditWords:
    """`by`: the id of the agent who does it. All raise `UnfitWords`, `Refused` by the gate, `Stale`."""

    def __init__(
        self, desk: EntryDesk, words: WordRepository, follow: FollowEntries, knowledge: Knowledge
    ) -> None:
        self._desk = desk
        self._words = words
        self._follow = follow
        self._knowledge = knowledge

    async def save(self, group: WordGroup, *, by: str, version: int = 0) -> WordRecord:
        """Lets this group be in force. `version`: of the record the page showed, 0 for a new one. What says
        nothing new is not a change."""

        def read(_: WordGroup, found: Versioned[WordRecord]) -> None:
            is_free = version == 0 and found.value.group is None
            if not is_free and found.version != version:
                raise Stale("words")

        (record,) = await self._put([group], by=by, read=read)
        return record

    async def remove(self, name: str, *, by: str, version: int) -> None:
        """Takes a group out. Also raises `NotFound`."""

        def read(_: WordGroup, found: Versioned[WordRecord]) -> None:
            if found.value.group is None:
                raise NotFound("words")
            if found.version != version:
                raise Stale("words")

        await self._put([WordGroup(name, ())], by=by, read=read, taken_out=True)

    async def put_together(self, groups: Sequence[WordGroup], *, by: str) -> list[WordRecord]:
        """Lets several groups be in force in one unit of work, whatever was there under their names."""
        return await self._put(groups, by=by, read=lambda _, found: None)

    async def problems(self, groups: Sequence[WordGroup]) -> tuple[WordProblem, ...]:
        """What is wrong with these groups beside those in force."""
        return await asyncio.to_thread(word_problems, groups, self._knowledge.groups, shipped_lexicon())

    async def _put(
        self, groups: Sequence[WordGroup], *, by: str, read: Read, taken_out: bool = False
    ) -> list[WordRecord]:
        ids = [group_id(group.key) for group in groups]

        async def once(known: Versioned[int]) -> list[WordRecord]:
            found = await self._words.get_many(ids)
            before = [
                found.get(id) or Versioned(WordRecord(id, group.name), 0)
                for id, group in zip(ids, groups, strict=True)
            ]
            for group, one in zip(groups, before, strict=True):
                read(group, one)
            if not taken_out:
                problems = await self.problems(groups)
                if problems:
                    raise UnfitWords(problems)
            if all(one.value.says(group) for group, one in zip(groups, before, strict=True)):
                return [one.value for one in before]
            objections = await asyncio.to_thread(self._judged, groups)
            if objections:
                raise Refused(objections)
            records: list[WordRecord] = []
            writes: list[Write] = []
            now, revision = self._desk.clock.now_ms(), known.value + 1
            for group, one in zip(groups, before, strict=True):
                if one.value.says(group):
                    records.append(one.value)
                    continue
                record = one.value.changed(group, revision=revision, at=now, by=by)
                records.append(record)
                writes += self._words.write(record, one.version)
            await self._desk.commit(*writes, self._desk.entries.advance(known))
            return records

        return await retry_on_new_revision(self._follow, once)

    def _judged(self, groups: Sequence[WordGroup]) -> tuple[Objection, ...]:
        before, after = self._knowledge.reworded(with_groups(self._knowledge.groups, groups))
        return lost_by_words(before, after)


def with_groups(standing: Sequence[WordGroup], changed: Sequence[WordGroup]) -> list[WordGroup]:
    """All groups once `changed` are in force; one without words is taken out."""
    by_key = {group.key: group for group in (*standing, *changed)}
    return [group for group in by_key.values() if group.words]
