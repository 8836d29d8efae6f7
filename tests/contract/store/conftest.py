"""Every engine under one fixture: `engine` opens stores of each in turn, `store` is a fresh, empty one."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from uuid import uuid4

import pytest

from hub.runtime.clock import Clock, FakeClock
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import Collection, Documents
from hub.store.memory_documents import MemoryDocuments
from hub.store.mongo import open_mongo
from hub.store.sqlite import open_sqlite
from knowledge_base.meaning.encoder import SentenceEncoder
from tests.contract.store.declared import COLLECTIONS, StandingClock
from tests.unit.hub.actions.knowledge.entry_office import COLLECTIONS as OF_OFFICES
from tests.unit.hub.actions.knowledge.entry_office import NOON, Office, office_over

ENGINES = ("memory", "sqlite", pytest.param("mongo", marks=pytest.mark.mongodb))
SHARED_ENGINES = pytest.mark.parametrize("engine", ENGINES[1:], indirect=True)
"""For tests of several processes, whose own time is dear: no process shares memory with another."""

TwoProcesses = Callable[[SentenceEncoder | None, SentenceEncoder | None], tuple[Office, Office]]


class Engine:
    """Opens new, empty stores of one engine. mongo_url: "" for the engines in this process."""

    def __init__(self, name: str, folder: Path, mongo_url: str) -> None:
        self._name = name
        self._folder = folder
        self._mongo_url = mongo_url
        self._numbers = itertools.count(1)
        self._opened: list[Documents] = []

    async def open(
        self, collections: Sequence[Collection] = COLLECTIONS, clock: Clock | None = None
    ) -> Documents:
        """A store of its own; clock: None = one that stands still."""
        clock = clock or StandingClock()
        if self._name == "mongo":
            return await self._at(f"t{uuid4().hex[:16]}", collections, clock)
        store: Documents
        if self._name == "sqlite":
            store = await open_sqlite(self._folder / f"{next(self._numbers)}.db", collections, clock=clock)
        else:
            store = MemoryDocuments(collections, clock=clock)
        self._opened.append(store)
        return store

    async def open_two(self, collections: Sequence[Collection], clock: Clock) -> tuple[Documents, Documents]:
        """Two processes over one store. Where one file serves one process, they share its adapter."""
        if self._name != "mongo":
            store = await self.open(collections, clock)
            return store, store
        database = f"t{uuid4().hex[:16]}"
        return await self._at(database, collections, clock), await self._at(database, collections, clock)

    async def _at(self, database: str, collections: Sequence[Collection], clock: Clock) -> Documents:
        store = await open_mongo(self._mongo_url, database, collections, clock=clock)
        self._opened.append(store)
        return store

    async def close(self) -> None:
        """Closes every store it opened."""
        for store in self._opened:
            await store.close()


@pytest.fixture(params=ENGINES)
async def engine(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Engine]:
    """Each engine in turn."""
    mongo_url = request.getfixturevalue("mongo_url") if request.param == "mongo" else ""
    made = Engine(request.param, tmp_path, mongo_url)
    yield made
    await made.close()


@pytest.fixture
async def store(engine: Engine) -> Documents:
    """A new, empty store of the contract's collections."""
    return await engine.open()


@pytest.fixture
async def two_processes(engine: Engine) -> AsyncIterator[TwoProcesses]:
    """Opens two processes over one store, with the encoder of each."""
    clock, vault = FakeClock(NOON), Vault(KeyRing.fresh())
    one, two = await engine.open_two(OF_OFFICES, clock)
    offices: list[Office] = []

    def opened(here: SentenceEncoder | None, there: SentenceEncoder | None) -> tuple[Office, Office]:
        pair = office_over(one, vault, clock, engine=here), office_over(two, vault, clock, engine=there)
        offices.extend(pair)
        return pair

    yield opened
    for office in offices:
        await office.encoding.close()
