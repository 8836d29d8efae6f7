"""Every engine under one fixture: `store` is a fresh, empty one of each in turn."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from uuid import uuid4

import pytest

from hub.store.documents import Documents
from hub.store.memory_documents import MemoryDocuments
from hub.store.mongo import open_mongo
from hub.store.sqlite import open_sqlite
from tests.contract.store.declared import COLLECTIONS, StandingClock

ENGINES = ("memory", "sqlite", pytest.param("mongo", marks=pytest.mark.mongodb))

OpenStore = Callable[[], Awaitable[Documents]]


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
