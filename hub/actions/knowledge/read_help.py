"""What the knowledge base shows everybody: topics, their entries, one entry, and a search by plain words.

The rule protected: only what answers now is shown. What once was published and is so no more is told apart
from what never was, so that an old link explains itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from hub.actions.knowledge.in_force import Knowledge
from hub.repositories.knowledge.entries import EntryRepository
from hub.runtime.errors import HubError, NotFound
from knowledge_base.entry import Entry
from knowledge_base.match.matcher import Snapshot
from knowledge_base.match.word_search import Hit, search, words_of

RELATED = 5
HITS = 20
_NEAR = 0.35
"""A neighbour that scores less has little to do with an entry."""

_LOOKED_AT = 24
"""How many neighbours are looked at for those of the entry's topic."""


class Gone(HubError):
    """The entry was published and answers no more. `entry`: what it was."""

    def __init__(self, entry: Entry) -> None:
        super().__init__("entry")
        self.entry = entry


@dataclass(frozen=True, slots=True)
class HelpService:
    """The entries of one matter within a topic; `name` is "" for those of none."""

    name: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class HelpTopic:
    """A topic with what it has, services in the order of their first entry, those of none last."""

    name: str
    services: tuple[HelpService, ...]

    @property
    def count(self) -> int:
        """How many entries it has."""
        return sum(len(service.entries) for service in self.services)


class ReadHelp:
    """Everything that changes nothing."""

    def __init__(self, knowledge: Knowledge, entries: EntryRepository) -> None:
        self._knowledge = knowledge
        self._entries = entries

    def topics(self) -> tuple[HelpTopic, ...]:
        """Every topic that answers something, the one with most entries first."""
        return _shelf(self._knowledge.snapshot).topics

    def topic(self, name: str) -> HelpTopic:
        """One of them. Raises `NotFound`."""
        for topic in self.topics():
            if topic.name == name:
                return topic
        raise NotFound("topic")

    async def entry(self, entry_id: str) -> Entry:
        """One entry that answers now. Raises `Gone`, `NotFound`."""
        found = _shelf(self._knowledge.snapshot).by_id.get(entry_id)
        if found is not None:
            return found
        stored = await self._entries.get(entry_id)
        if stored is not None and stored.value.live is not None:
            raise Gone(stored.value.live)
        raise NotFound("entry")

    def answering(self, ids: Sequence[str]) -> tuple[Entry, ...]:
        """Those of these entries that answer now, in this order."""
        by_id = _shelf(self._knowledge.snapshot).by_id
        return tuple(by_id[id] for id in ids if id in by_id)

    def related(self, entry: Entry) -> tuple[Entry, ...]:
        """Other entries of its service, then those of its topic nearest to its question.

        What is asked alike about something else ("what does it take to …") is no relation.
        """
        snapshot = self._knowledge.snapshot
        found = {
            other.id: other for other in snapshot.entries if entry.service and other.service == entry.service
        }
        for match in snapshot.match(entry.question, _LOOKED_AT, least=_NEAR):
            if match.entry.topic == entry.topic:
                found.setdefault(match.entry.id, match.entry)
        found.pop(entry.id, None)
        return tuple(found.values())[:RELATED]

    def search(self, text: str) -> tuple[Hit, ...]:
        """Entries that hold every word of `text`."""
        return search(self._knowledge.snapshot.entries, words_of(text), HITS)


@dataclass(frozen=True, slots=True)
class _Shelf:
    by_id: Mapping[str, Entry]
    topics: tuple[HelpTopic, ...]


@lru_cache(maxsize=2)
def _shelf(snapshot: Snapshot) -> _Shelf:
    by_topic: dict[str, dict[str, list[Entry]]] = {}
    for entry in snapshot.entries:
        by_topic.setdefault(entry.topic, {}).setdefault(entry.service, []).append(entry)
    topics = [
        HelpTopic(
            name,
            tuple(
                HelpService(service, tuple(entries))
                for service, entries in sorted(services.items(), key=lambda item: not item[0])
            ),
        )
        for name, services in by_topic.items()
    ]
    topics.sort(key=lambda topic: (-topic.count, topic.name))
    return _Shelf({entry.id: entry for entry in snapshot.entries}, tuple(topics))
