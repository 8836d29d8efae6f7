"""The office's own words as its editors look at them: the groups, the services that have none, and what a
change would do to a question."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from hub.actions.knowledge.edit_words import with_groups
from hub.actions.knowledge.follow_entries import FollowEntries
from hub.actions.knowledge.in_force import Knowledge
from hub.model.word_record import WordRecord, WordVersion
from hub.repositories.agents import AgentRepository
from hub.repositories.knowledge.words import WordRepository, group_id
from hub.store.codec import Versioned
from knowledge_base.match.answer import Answer, Thresholds, decide
from knowledge_base.match.matcher import Match, Snapshot
from knowledge_base.text.normalise import normalise
from knowledge_base.words.word_group import WordGroup

BEST = 3


@dataclass(frozen=True, slots=True)
class Service:
    """A service of published entries, how many of them, and what people say for it."""

    name: str
    entries: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CutWord:
    """A word of a question and what it is read as."""

    said: str
    meant: tuple[str, ...]

    @property
    def replaced(self) -> bool:
        """Whether it is read as something else."""
        return self.meant != (self.said,)


@dataclass(frozen=True, slots=True)
class Seen:
    """A question as one lexicon reads it, what the hub would do with it, and the best entries."""

    words: tuple[CutWord, ...]
    answer: Answer
    best: tuple[Match, ...]


class ReadWords:
    """Everything that changes nothing."""

    def __init__(
        self,
        words: WordRepository,
        agents: AgentRepository,
        follow: FollowEntries,
        knowledge: Knowledge,
        thresholds: Thresholds,
    ) -> None:
        self._words = words
        self._agents = agents
        self._follow = follow
        self._knowledge = knowledge
        self._thresholds = thresholds

    async def groups(self, text: str = "") -> list[WordRecord]:
        """The groups in force by their name; with `text` those that have it in a name, a word or a note."""
        await self._follow.look()
        wanted = normalise(text) or text
        found = [record for record in self._knowledge.words.values() if record.group is not None]
        if wanted:
            found = await asyncio.to_thread(_those_with, found, wanted, text)
        return sorted(found, key=lambda record: record.name)

    async def get(self, name: str) -> Versioned[WordRecord] | None:
        """The group of this name, also one that was taken out."""
        id = group_id(normalise(name))
        return (await self._words.get_many([id])).get(id)

    async def versions(self, id: str) -> list[WordVersion]:
        """The changes of a group, newest first."""
        return await self._words.versions(id)

    async def names(self, ids: tuple[str, ...]) -> dict[str, str]:
        """The names of agents by their ids."""
        return {id: agent.name for id, agent in (await self._agents.get_many(ids)).items()}

    def services(self) -> list[Service]:
        """The services of published entries, those without words first, then those with most entries."""
        counts = Counter(entry.service for entry in self._knowledge.snapshot.entries if entry.service)
        words = {group.key: group.words for group in self._knowledge.groups}
        found = [Service(name, entries, words.get(normalise(name), ())) for name, entries in counts.items()]
        return sorted(found, key=lambda service: (bool(service.words), -service.entries, service.name))

    async def try_words(self, group: WordGroup, question: str) -> tuple[Seen, Seen]:
        """How a question is read and answered now, and with this group in force, which nobody has stored."""
        await self._follow.look()
        return await asyncio.to_thread(self._tried, group, question)

    def _tried(self, group: WordGroup, question: str) -> tuple[Seen, Seen]:
        _, after = self._knowledge.reworded(with_groups(self._knowledge.groups, [group]))
        return self._seen(self._knowledge.snapshot, question), self._seen(after, question)

    def _seen(self, snapshot: Snapshot, question: str) -> Seen:
        lexicon = snapshot.lexicon
        words = (
            CutWord(said, lexicon.meanings.get(said, (said,))) for said in lexicon.cut(normalise(question))
        )
        answer = decide(snapshot, question, self._thresholds)
        return Seen(tuple(words), answer, snapshot.match(question, BEST))


def _those_with(records: Iterable[WordRecord], wanted: str, text: str) -> list[WordRecord]:
    return [record for record in records if _has(record, wanted, text)]


def _has(record: WordRecord, wanted: str, text: str) -> bool:
    names = (record.name, *record.words)
    return any(wanted in normalise(name) for name in names) or text in record.note
