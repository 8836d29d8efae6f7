"""Processes with open pages over one store in memory: each has its bell, its feed and its people."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from hub.actions.cases.presence.keep_presence import KeepPresence
from hub.actions.cases.queue.follow_queue import FollowQueue
from hub.actions.cases.queue.other_processes import OtherProcesses
from hub.actions.cases.queue.query import QueueQuery
from hub.actions.cases.queue.read_queue import QueueRow, ReadQueue
from hub.model.agent import Agent, Role
from hub.model.cases.case import Case, Origin
from hub.model.cases.proceeding import Proceeding
from hub.model.cases.queue.settings import QueueColumn
from hub.model.cases.state import CaseState
from hub.model.track import Compartment, Track
from hub.repositories.queue.feed import QueueFeed
from hub.repositories.repositories import COLLECTIONS, Repositories, repositories
from hub.repositories.ringing_documents import RingingDocuments
from hub.runtime.bell import LocalBell
from hub.runtime.clock import FakeClock
from hub.store.crypto import KeyRing, Vault
from hub.store.memory_documents import MemoryDocuments
from hub.web.desk.feed import Channel, DeskFeed, Words
from hub.web.i18n import Language
from tests.rules import RULES


def agent(id: str, *roles: Role) -> Agent:
    return Agent(id, id, "", roles or (Role.HANDLER,), 0, name=id.upper())


def a_case(id: str, *, at: int = 7, compartment: Compartment = Compartment.NONE, handler: str = "") -> Case:
    proceeding = Proceeding(Track.CONSULT, CaseState.REGISTERED, handler=handler)
    return Case(id, f"{id:0>14}", at, at, proceeding, Origin("sms", "sms"), compartment=compartment)


@dataclass
class Process:
    """One process of the hub, as far as pages are concerned. made: the rows it rendered."""

    stores: Repositories
    documents: RingingDocuments
    bell: LocalBell
    clock: FakeClock
    presence: KeepPresence
    reads: ReadQueue
    follow: FollowQueue
    feed: DeskFeed
    made: list[str] = field(default_factory=list)

    async def insert(self, *cases: Case) -> None:
        await self.documents.commit([self.stores.cases.insert(case) for case in cases])

    async def change(self, id: str, **changes: Any) -> None:
        """Another version of a case; `handler` and `state` are where it stands."""
        found = await self.stores.cases.get(id)
        assert found is not None
        self.clock.advance(seconds=1)
        moved = {name: changes.pop(name) for name in ("handler", "state") if name in changes}
        after = replace(
            found.value,
            updated_at=self.clock.now_ms(),
            proceeding=replace(found.value.proceeding, **moved),
            **changes,
        )
        await self.documents.commit([self.stores.cases.update(after, found.version)])

    async def told(self) -> None:
        """What rang until now stands at the pages after this."""
        await self.feed.place(agent("nobody", Role.EDITOR), QueueQuery())


def process_of(
    documents: MemoryDocuments, vault: Vault, clock: FakeClock, *channels: Channel, shared: bool = False
) -> Process:
    """One process over a store."""
    bell, changes = LocalBell(), QueueFeed()
    ringing = RingingDocuments(documents, bell, changes)
    stores = repositories(ringing, vault, cities={})
    reads = ReadQueue(stores, lambda: RULES.calendar, screening_days=1)
    presence, made = KeepPresence(stores.presences, bell, clock, shared=shared), []

    async def row(
        row: QueueRow, query: QueueQuery, columns: tuple[QueueColumn, ...], language: Language
    ) -> str:
        made.append(row.case.id)
        return f"{row.case.id} {row.case.handler_id} {language}"

    async def names(ids: set[str]) -> Mapping[str, str]:
        return {id: id.upper() for id in ids}

    def people(case_id: str, people: Sequence[Mapping[str, object]], language: Language) -> Mapping[str, str]:
        return {"head": " ".join(f"{one['name']}{'*' if one['types'] else ''}" for one in people)}

    async def deliveries(case_id: str) -> list[str]:
        return [f"answer to {case_id}"]

    words = Words(row, lambda fresh, view, language: f"{fresh} new", people)
    follow = FollowQueue(stores.cases, reads, changes, clock)
    others = OtherProcesses(stores.cases, clock) if shared else None
    feed = DeskFeed(
        bell, follow, reads, presence, names, deliveries, words, clock, others=others, channels=channels
    )
    return Process(stores, ringing, bell, clock, presence, reads, follow, feed, made)


@asynccontextmanager
async def processes(number: int = 1, *channels: Channel) -> AsyncIterator[list[Process]]:
    """So many processes over one store; with more than one it is shared."""
    clock, vault = FakeClock(), Vault(KeyRing.fresh())
    documents = MemoryDocuments(COLLECTIONS, clock=clock)
    made = [process_of(documents, vault, clock, *channels, shared=number > 1) for _ in range(number)]
    tasks = [asyncio.create_task(one.feed.run()) for one in made]
    await asyncio.sleep(0)
    try:
        yield made
    finally:
        for one in made:
            one.bell.close()
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
