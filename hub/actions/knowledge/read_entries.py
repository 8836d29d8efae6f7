"""The knowledge base as its editors look at it: a page of a list, an entry, its versions, its neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hub.actions.dialogue.encoding import Encoding
from hub.actions.knowledge.entry_desk import EntryDesk
from hub.actions.knowledge.in_force import Knowledge
from hub.model.entry_record import EntryRecord, EntryVersion
from hub.repositories.agents import AgentRepository
from hub.runtime.errors import NotFound
from hub.store.codec import Versioned
from knowledge_base.entry import Entry, EntryState
from knowledge_base.match.answer import Answer, Thresholds, decide
from knowledge_base.match.matcher import Match
from knowledge_base.meaning.encoder import Vector
from knowledge_base.meaning.sentence import sentence_of

PAGE = 50
FOUND = 100
"""A search shows no more than this: who gets more asks for less."""
SOON_MS = 30 * 24 * 3_600_000

_WAIT_SECONDS = 1.0
"""How long an editor waits for a vector before words alone are compared."""


class EntryView(StrEnum):
    """Which entries a list shows."""

    ALL = "all"
    PUBLISHED = "published"
    DRAFT = "draft"
    REVIEW = "review"
    SOON = "soon"  # the time of the published content is over within 30 days
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class EntryList:
    """One page. `next` continues it, None at the end; cut: a search found more than is shown."""

    records: tuple[EntryRecord, ...]
    next: str | None = None
    cut: bool = False


class ReadEntries:
    """Everything that changes nothing."""

    def __init__(
        self,
        desk: EntryDesk,
        agents: AgentRepository,
        knowledge: Knowledge,
        thresholds: Thresholds,
        encoding: Encoding,
    ) -> None:
        self._desk = desk
        self._agents = agents
        self._knowledge = knowledge
        self._thresholds = thresholds
        self._encoding = encoding

    async def get(self, entry_id: str) -> Versioned[EntryRecord]:
        """One entry with its version. Raises `NotFound`."""
        return await self._desk.get(entry_id)

    async def page(
        self,
        view: EntryView = EntryView.ALL,
        *,
        topic: str = "",
        owner: str = "",
        text: str = "",
        after: str | None = None,
    ) -> EntryList:
        """Entries by topic and question; with `text` those whose words hold it."""
        where = self._where(view) | _given(topic=topic, owner_unit=owner)
        if text:
            found = await self._desk.entries.search(text, where, limit=FOUND + 1)
            return EntryList(tuple(found[:FOUND]), cut=len(found) > FOUND)
        page = await self._desk.entries.page(where, limit=PAGE, after=after)
        return EntryList(page.records, page.next)

    async def contents(
        self, view: EntryView = EntryView.ALL, *, topic: str = "", owner: str = "", text: str = ""
    ) -> list[Entry]:
        """The newest content of all entries that a list would show page by page."""
        found: list[Entry] = []
        after: str | None = None
        while True:
            page = await self.page(view, topic=topic, owner=owner, text=text, after=after)
            found += [record.newest for record in page.records]
            if page.next is None:
                return found
            after = page.next

    async def view_counts(self) -> dict[EntryView, int]:
        """How many entries each view has."""
        counts = self._desk.entries.counts
        working, live = await counts("working_state"), await counts("live_state")
        soon = await counts("live_state", self._where(EntryView.SOON))
        return {
            EntryView.ALL: sum(live.values()),
            EntryView.PUBLISHED: live.get(EntryState.PUBLISHED, 0),
            EntryView.DRAFT: working.get(EntryState.DRAFT, 0),
            EntryView.REVIEW: working.get(EntryState.REVIEW, 0),
            EntryView.SOON: sum(soon.values()),
            EntryView.EXPIRED: live.get(EntryState.EXPIRED, 0),
        }

    async def topics(self) -> dict[str, int]:
        """Every topic with its number of entries; those that have none yet are in no topic."""
        counts = await self._desk.entries.counts("topic")
        return {topic: counts[topic] for topic in sorted(counts) if topic}

    async def owners(self) -> list[str]:
        """Every unit that keeps entries."""
        return sorted(name for name in await self._desk.entries.counts("owner_unit") if name)

    async def versions(self, entry_id: str) -> list[EntryVersion]:
        """Its versions, newest first."""
        return await self._desk.versions.of(entry_id)

    async def version(self, entry_id: str, number: int) -> EntryVersion:
        """One of them. Raises `NotFound`."""
        found = await self._desk.versions.get(entry_id, number)
        if found is None:
            raise NotFound("version")
        return found

    async def names(self, ids: tuple[str, ...]) -> dict[str, str]:
        """The names of agents by their ids."""
        return {id: agent.name for id, agent in (await self._agents.get_many(ids)).items()}

    async def try_question(self, text: str) -> Answer:
        """What the hub would do with this question, with scores and reasons."""
        return decide(self._knowledge.snapshot, text, self._thresholds, vector=await self._vector(text))

    async def near(self, text: str, *, but: str = "", limit: int = 5) -> tuple[Match, ...]:
        """The published entries nearest to a question, without the one it belongs to."""
        found = self._knowledge.snapshot.match(text, limit + 1, vector=await self._vector(text))
        return tuple(match for match in found if match.entry.id != but)[:limit]

    async def _vector(self, text: str) -> Vector | None:
        """What the text means, None where no engine runs or it takes long."""
        sentence = sentence_of(text)
        return (await self._encoding.within([sentence], seconds=_WAIT_SECONDS)).get(sentence)

    def _where(self, view: EntryView) -> dict[str, Any]:
        now = self._desk.clock.now_ms()
        match view:
            case EntryView.ALL:
                return {}
            case EntryView.PUBLISHED | EntryView.EXPIRED:
                return {"live_state": str(view)}
            case EntryView.DRAFT | EntryView.REVIEW:
                return {"working_state": str(view)}
            case EntryView.SOON:
                return {
                    "live_state": str(EntryState.PUBLISHED),
                    "valid_until": {"$gt": now, "$lte": now + SOON_MS},
                }


def _given(**wanted: str) -> dict[str, Any]:
    return {name: value for name, value in wanted.items() if value}
