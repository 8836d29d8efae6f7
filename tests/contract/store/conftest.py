"""Every engine under one fixture: `store` is a fresh, empty one of each in turn."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from uuid import uuid4

import pytest

from hub.runtime.clock import FakeClock
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import Documents
from hub.store.memory_documents import MemoryDocuments
from hub.store.mongo import open_mongo
from hub.store.sqlite import open_sqlite
from knowledge_base.meaning.encoder import SentenceEncoder
from tests.contract.store.declared import COLLECTIONS, StandingClock
from tests.unit.hub.actions.knowledge.entry_office import COLLECTIONS as OF_OFFICES
from tests.unit.hub.actions.knowledge.entry_office import NOON, Office, office_over

ENGINES = ("memory", "sqlite", pytest.param("mongo", marks=pytest.mark.mongodb))

OpenStore = Callable[[], Awaitable[Documents]]
TwoProcesses = Callable[[SentenceEncoder | None, SentenceEncoder | None], tuple[Office, Office]]


@pytest.fixture(params=ENGINES)
async def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[OpenStore]:
    """Opens new, empty stores of one engine."""
    numbers = itertools.count(1)
    opened: list[Documents] = []

    async def open_one() -> Documents:
        store: Documents
        clock = StandingClock()
        if request.param == "memory":
            store = MemoryDocuments(COLLECTIONS, clock=clock)
        elif request.param == "sqlite":
            path = tmp_path / f"{next(numbers)}.db"
            store = await open_sqlite(path, COLLECTIONS, clock=clock)
        else:
            url = request.getfixturevalue("mongo_url")
            store = await open_mongo(url, f"t{uuid4().hex[:16]}", COLLECTIONS, clock=clock)
        opened.append(store)
        return store

    yield open_one
    for store in opened:
        await store.close()


@pytest.fixture
async def store(open_store: OpenStore) -> Documents:
    """A new, empty store."""
    return await open_store()


@pytest.fixture(params=["sqlite", pytest.param("mongo", marks=pytest.mark.mongodb)])
async def two_processes(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[TwoProcesses]:
    """Opens two processes over one store, with the engine of each: one SQLite file serves one process, so
    there they share its adapter."""
    clock, vault = FakeClock(NOON), Vault(KeyRing.fresh())
    one: Documents
    two: Documents
    if request.param == "sqlite":
        one = two = await open_sqlite(tmp_path / "hub.db", OF_OFFICES, clock=clock)
    else:
        url, name = request.getfixturevalue("mongo_url"), f"t{uuid4().hex[:16]}"
        one, two = [await open_mongo(url, name, OF_OFFICES, clock=clock) for _ in range(2)]
    offices: list[Office] = []

    def opened(here: SentenceEncoder | None, there: SentenceEncoder | None) -> tuple[Office, Office]:
        pair = office_over(one, vault, clock, engine=here), office_over(two, vault, clock, engine=there)
        offices.extend(pair)
        return pair

    yield opened
    for office in offices:
        await office.encoding.close()
    for store in {id(one): one, id(two): two}.values():
        await store.close()
