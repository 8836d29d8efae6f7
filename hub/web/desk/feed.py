"""What changes is read once and told to every open staff page.

One task per process gathers what rang, reads the cases that changed, and gives each page what it shows of
them: the number of new cases and the counts of its views, changed rows, the open case, who is there, and
channels that other subjects add. What pages of equal language and roles are told is made once and shared,
so that the cost follows the number of changes and, for each page, only the bytes that leave.

Events: `pill` (HTML), `counts` ({view: number}), `row` ({id, html}; html null: it exists no more for the
reader), `case` ({id, version}; `gone`: it exists no more for the reader, `again`: the same version reads
otherwise), `presence` ({id, row, head, lock}: HTML), `again` (connect again and catch up), and one for each
channel.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from hub.actions.cases.presence.keep_presence import KeepPresence
from hub.actions.cases.queue.follow_queue import FollowQueue
from hub.actions.cases.queue.other_processes import OtherProcesses
from hub.actions.cases.queue.query import QueueQuery
from hub.actions.cases.queue.read_queue import QueueRow, QueueView, ReadQueue
from hub.model import policy
from hub.model.agent import Agent
from hub.model.cases.case import Case
from hub.model.cases.queue.settings import QueueColumn
from hub.runtime.bell import PRESENCE as PEOPLE_MOVED
from hub.runtime.bell import RIGHTS, Bell, CollectingEar, case_of, delivery_topic
from hub.runtime.clock import Clock
from hub.store.codec import Versioned
from hub.store.documents import Stored
from hub.web.desk.page import DeskPage, Shown
from hub.web.event_stream import as_event
from hub.web.i18n import Language

LOG = logging.getLogger(__name__)

GATHER_SECONDS = 0.3
"""The pause between two rounds: what changes meanwhile is told together."""
_LOOK_SECONDS = 0.5
"""How often other processes' changes and people are read, and one's own people are stored."""
_SWEEP_SECONDS = 1.0
"""How often it is looked who has become idle or stopped typing."""


@dataclass(frozen=True, slots=True)
class Channel:
    """Something else that pages are told, as the event `name` (in the browser: `hub:name` on the document).

    topic_of: the topic of the bell that makes it worth reading again, None where an agent has none; agents
    with the same topic and language are told the same. read: the text of the event.
    """

    name: str
    topic_of: Callable[[Agent], str | None]
    read: Callable[[Agent, Language], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Words:
    """How it is said: a row, the pill, and who is at a case (`PresenceWords` by name: row, head, lock)."""

    row: Callable[[QueueRow, QueueQuery, tuple[QueueColumn, ...], Language], Awaitable[str]]
    pill: Callable[[int, QueueQuery, Language], str]
    people: Callable[[str, Sequence[Mapping[str, object]], Language], Mapping[str, str]]


class DeskFeed:
    """The pages of one process. `run` is its one task."""

    def __init__(
        self,
        bell: Bell,
        follow: FollowQueue,
        read_queue: ReadQueue,
        presence: KeepPresence,
        names: Callable[[set[str]], Awaitable[Mapping[str, str]]],
        deliveries: Callable[[str], Awaitable[Iterable[str]]],
        words: Words,
        clock: Clock,
        *,
        others: OtherProcesses | None = None,
        channels: Sequence[Channel] = (),
    ) -> None:
        """names: of agents, by id. deliveries: those that carry the answers of a case. others: where several
        processes share the store."""
        self._bell = bell
        self._follow = follow
        self._read_queue = read_queue
        self._presence = presence
        self._names = names
        self._deliveries = deliveries
        self._carried: dict[str, str] = {}  # topics of deliveries and the open case they belong to
        self._words = words
        self._clock = clock
        self._others = others
        self._channels = channels
        self._topics: dict[str, int] = {}
        self._pages: set[DeskPage] = set()
        self._showing: dict[str, set[DeskPage]] = {}
        self._told: dict[str, object] = {}
        self._sees: dict[tuple[object, str], bool] = {}
        self._lock = asyncio.Lock()
        self._ear: CollectingEar | None = None
        self._looked_at = self._swept_at = 0.0

    def channels_of(self, agent: Agent) -> list[str]:
        """The names of the channels this agent is told."""
        return [channel.name for channel in self._channels if channel.topic_of(agent) is not None]

    # --- pages ------------------------------------------------------------------------------------

    async def place(self, agent: Agent, query: QueueQuery) -> str:
        """Where a list stands that is read after this call."""
        await self._catch_up()
        return (await self._follow.live(agent, query)).place

    @asynccontextmanager
    async def opened(self, agent: Agent, language: Language, shown: Shown) -> AsyncIterator[DeskPage]:
        """A page for as long as its stream is open; what it missed since it was made waits for it."""
        page = DeskPage(agent, language, shown, version=shown.version)
        try:
            await self._start(page)
            yield page
        finally:
            if page in self._pages:
                self._pages.discard(page)
                for channel in self._channels:
                    self._listen(channel.topic_of(agent), -1)
            for case_id in page.cases:
                at_case = self._showing.get(case_id, set())
                at_case.discard(page)
                if not at_case:
                    self._showing.pop(case_id, None)
            if not any(other.shown.case_id == shown.case_id for other in self._at(shown.case_id)):
                self._carried = {topic: id for topic, id in self._carried.items() if id != shown.case_id}
            if page.entered:
                self._presence.leave(agent, shown.case_id)

    async def _start(self, page: DeskPage) -> None:
        agent, shown = page.agent, page.shown
        if shown.query is not None:
            page.views = {view: await self._follow.live(agent, QueueQuery(view)) for view in QueueView}
            page.live = await self._follow.live(agent, shown.query) if shown.place else None
        await self._catch_up()
        self._pages.add(page)
        for channel in self._channels:
            self._listen(channel.topic_of(agent), 1)
        for case_id in page.cases:
            self._showing.setdefault(case_id, set()).add(page)
        if page.live is not None and shown.query is not None:
            number = page.live.number(shown.place)
            page.number = page.live.now if number is None else number
            if number is None:
                page.lost = await self._read_queue.missed(agent, shown.query, shown.made_at)
        self._count(page)
        cases = await self._cases(page.cases)
        seen = {id: found for id, found in cases.items() if policy.may_see(agent, found.value)}
        missed = [found for id, found in seen.items() if found.value.updated_at >= shown.made_at > 0]
        await self._tell_rows([found for found in missed if found.value.id in shown.rows], [page])
        for case_id in page.cases - seen.keys():
            self._tell_gone(case_id, page)
        if shown.case_id in seen:
            self._tell_case(seen[shown.case_id], page)
            self._presence.enter(agent, seen[shown.case_id].value)
            page.entered = True
            await self._watch_deliveries(shown.case_id)
        await self._tell_people(page.cases & self._presence.cases(), [page], cases)
        for channel in self._channels:
            await self._tell_channel(channel, [page])
        if self._ear is not None and self._ear.over:
            page.end()

    def _listen(self, topic: str | None, by: int) -> None:
        if topic is not None:
            self._topics[topic] = self._topics.get(topic, 0) + by
            if not self._topics[topic]:
                del self._topics[topic]

    # --- the task ---------------------------------------------------------------------------------

    async def run(self) -> None:
        """Tells the pages what changes until the server stops."""
        loop = asyncio.get_running_loop()
        with self._bell.overhear(self._wants) as ear:
            self._ear = ear
            while not ear.over:
                await ear.wait(at_most_seconds=_LOOK_SECONDS if self._others else _SWEEP_SECONDS)
                try:
                    await self._catch_up()
                    if loop.time() - self._looked_at >= _LOOK_SECONDS:
                        self._looked_at = loop.time()
                        await self._presence.exchange()
                except Exception as problem:  # a store that is away for a moment ends no stream
                    LOG.warning("desk.round_failed", extra={"error": type(problem).__name__})
                if not ear.over:
                    await asyncio.sleep(GATHER_SECONDS)
            for page in self._pages:
                page.end()

    def _wants(self, topic: str) -> bool:
        is_ours = topic in (PEOPLE_MOVED, RIGHTS) or topic in self._topics
        return is_ours or bool(case_of(topic)) or topic in self._carried

    async def _watch_deliveries(self, case_id: str) -> None:
        self._carried |= dict.fromkeys(map(delivery_topic, await self._deliveries(case_id)), case_id)

    async def _catch_up(self) -> None:
        async with self._lock:
            await self._round(self._ear.taken() if self._ear is not None else frozenset())

    async def _round(self, topics: frozenset[str]) -> None:
        if RIGHTS in topics:  # who reads a page is known by what they might see when it was opened
            for page in self._pages:
                page.end()
        changed = {case_id for topic in topics if (case_id := case_of(topic))}
        foreign = frozenset(await self._others.look()) if self._others is not None else frozenset()
        stored = await self._follow.take(sorted(changed | foreign), foreign - changed)
        self._sees.clear()
        if self._others is not None:
            for one in stored:
                self._others.knows(one.id, one.version)
        cases = self._unsealed(one for one in stored if one.id in self._showing)
        for found in cases.values():
            for page in self._at(found.value.id):
                if not self._may_see(page.agent, found.value, found.version):
                    self._tell_gone(found.value.id, page)
                elif page.shown.case_id == found.value.id:
                    self._tell_case(found, page)
        for case_id in cases:
            if any(page.shown.case_id == case_id for page in self._at(case_id)):
                await self._watch_deliveries(case_id)
        self._tell_deliveries({self._carried[topic] for topic in topics if topic in self._carried})
        await self._tell_rows(list(cases.values()), self._pages)
        for page in self._pages:
            self._count(page)
        await self._tell_people(self._moved(), self._pages, cases)
        for channel in self._channels:
            due = [page for page in self._pages if channel.topic_of(page.agent) in topics]
            await self._tell_channel(channel, due)

    # --- what is told -----------------------------------------------------------------------------

    def _count(self, page: DeskPage) -> None:
        """The pill and the counts, when one of the page's lists changed."""
        lists = [*page.views.values(), *([page.live] if page.live else [])]
        changes = sum(live.changes for live in lists)
        if not page.views or changes == page.counted:
            return
        page.counted = changes
        page.push_changed("counts", _counts(page))
        if page.live is not None and page.shown.query is not None:
            fresh = page.live.fresh(page.number, page.shown.rows) + len(page.lost - page.shown.rows)
            html = self._words.pill(fresh, page.shown.query, page.language)
            page.push_changed("pill", as_event("pill", html))

    async def _tell_rows(self, cases: Sequence[Versioned[Case]], pages: Iterable[DeskPage]) -> None:
        """Rows as they are now, made once for a language and a list with its columns."""
        among = set(pages)
        wanted = [
            found
            for found in cases
            if any(found.value.id in page.shown.rows for page in self._at(found.value.id) & among)
        ]
        for row in await self._follow.rows(wanted) if wanted else ():
            case_id = row.case.id
            made: dict[object, bytes] = {}
            for page in self._at(case_id) & among:
                query = page.shown.query
                if case_id not in page.shown.rows or query is None:
                    continue
                if self._may_see(page.agent, row.case, row.version):
                    key = page.language, query, page.shown.columns
                    if key not in made:
                        html = await self._words.row(row, query, page.shown.columns, page.language)
                        made[key] = _event("row", id=case_id, html=html)
                    page.push_changed(f"row {case_id}", made[key])

    def _at(self, case_id: str) -> set[DeskPage]:
        return self._showing.get(case_id, set())

    def _may_see(self, agent: Agent, case: Case, version: int) -> bool:
        """What the policy says; asked once in a round for all who see the same."""
        key = policy.sight(agent), f"{case.id} {version}"
        if key not in self._sees:
            self._sees[key] = policy.may_see(agent, case)
        return self._sees[key]

    def _tell_case(self, found: Versioned[Case], page: DeskPage) -> None:
        if found.version > page.version:
            page.version = found.version
            page.push(_event("case", id=found.value.id, version=found.version))

    def _tell_deliveries(self, case_ids: Iterable[str]) -> None:
        """What became of an answer is no change of the case: the same version is read again."""
        for case_id in case_ids:
            for page in self._at(case_id):
                if page.shown.case_id == case_id and "case" not in page.sent:  # not one that is gone
                    page.push(_event("case", id=case_id, version=page.version, again=True))

    def _tell_gone(self, case_id: str, page: DeskPage) -> None:
        """It may be there for others: the page is told nothing that a case that never was would not say."""
        if case_id in page.shown.rows:
            page.push_changed(f"row {case_id}", _event("row", id=case_id, html=None))
        if case_id == page.shown.case_id:
            page.push_changed("case", _event("case", id=case_id, version=0, gone=True))

    def _moved(self) -> set[str]:
        """Cases at which people came, went, or are told otherwise because time passed."""
        moved, now = self._presence.changed(), asyncio.get_running_loop().time()
        if now - self._swept_at >= _SWEEP_SECONDS:
            self._swept_at = now
            at_cases = self._presence.cases()
            moved |= {case_id for case_id in at_cases if self._told.get(case_id) != self._signs(case_id)}
            moved |= self._told.keys() - at_cases
        for case_id in moved:
            self._told[case_id] = self._signs(case_id)
            if not self._told[case_id]:
                del self._told[case_id]
        return moved

    def _signs(self, case_id: str) -> object:
        now = self._clock.now_ms()
        return tuple(
            (
                one.agent_id,
                one.is_idle(now),
                one.types(now),
                one.has_begun(now) and (now - one.begun_at) // 60_000,
            )
            for one in self._presence.at(case_id)
        )

    async def _tell_people(
        self, case_ids: Iterable[str], pages: Iterable[DeskPage], cases: Mapping[str, Versioned[Case]]
    ) -> None:
        """Who is at cases, to those pages that show them and whose readers may see them."""
        wanted = {case_id for case_id in case_ids if case_id in self._showing}
        if not wanted:
            return
        cases = {**cases, **await self._cases(wanted - cases.keys())}
        names = await self._names({one.agent_id for id in wanted for one in self._presence.at(id)})
        among, now = set(pages), self._clock.now_ms()
        for case_id in wanted & cases.keys():
            case = cases[case_id].value
            people = [
                {
                    "id": one.agent_id,
                    "name": names.get(one.agent_id, ""),
                    "idle": one.is_idle(now),
                    "types": one.types(now),
                    "begun_at": one.begun_at if one.has_begun(now) else 0,
                }
                for one in self._presence.at(case_id)
                if one.compartment is case.compartment
            ]
            made: dict[Language, bytes] = {}
            for page in self._at(case_id) & among:
                if self._may_see(page.agent, case, cases[case_id].version):
                    if page.language not in made:
                        said = self._words.people(case_id, people, page.language)
                        made[page.language] = _event("presence", id=case_id, **said)
                    page.push_changed(f"presence {case_id}", made[page.language])

    async def _tell_channel(self, channel: Channel, pages: Sequence[DeskPage]) -> None:
        made: dict[tuple[str, Language], bytes] = {}
        for page in pages:
            topic = channel.topic_of(page.agent)
            if topic is not None:
                key = topic, page.language
                if key not in made:
                    made[key] = as_event(channel.name, await channel.read(page.agent, page.language))
                page.push_changed(channel.name, made[key])

    async def _cases(self, ids: Iterable[str]) -> dict[str, Versioned[Case]]:
        return self._unsealed(await self._follow.stored(sorted(ids)))

    def _unsealed(self, stored: Iterable[Stored]) -> dict[str, Versioned[Case]]:
        return {one.id: case for one in stored if (case := self._follow.unsealed(one)) is not None}


FEED = web.AppKey("desk_feed", DeskFeed)
PRESENCE = web.AppKey("desk_presence", KeepPresence)


def _event(name: str, **data: object) -> bytes:
    return as_event(name, json.dumps(data, ensure_ascii=False, separators=(",", ":")))


def _counts(page: DeskPage) -> bytes:
    return _event("counts", **{str(view): live.total for view, live in page.views.items()})
