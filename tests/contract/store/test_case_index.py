"""The index of cases on every store: found, behind the compartment, found again, copied."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from channels.address import phone
from hub.model.track import Compartment
from hub.repositories.repositories import COLLECTIONS
from hub.repositories.search.search_keys import KeyKind
from hub.runtime.clock import FakeClock
from hub.store.copying import copy
from hub.store.digest import digest
from hub.store.documents import Documents
from hub.store.memory_documents import MemoryDocuments
from hub.store.mongo import open_mongo
from hub.store.sqlite import open_sqlite
from tests.contract.store.conftest import ENGINES
from tests.unit.hub.repositories.search.desk import NOW, Desk


@pytest.fixture(params=ENGINES)
async def documents(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Documents]:
    clock = FakeClock(NOW)
    store: Documents
    if request.param == "memory":
        store = MemoryDocuments(COLLECTIONS, clock=clock)
    elif request.param == "sqlite":
        store = await open_sqlite(tmp_path / "hub.db", COLLECTIONS, clock=clock)
    else:
        url = request.getfixturevalue("mongo_url")
        store = await open_mongo(url, f"t{uuid4().hex[:16]}", COLLECTIONS, clock=clock)
    yield store
    await store.close()


async def test_a_case_is_in_the_index_while_it_may_be_and_a_copy_finds_it_too(documents: Documents) -> None:
    desk = Desk(documents)
    case = await desk.opened(desk.case(1, title="夜间噪声扰民"), "楼下工地凌晨施工")
    await desk.opened(desk.case(2), "路灯坏了")
    await desk.add(case, "还是很吵", 2)
    number = desk.stores.contacts.key(phone("13800138001"))
    by_phone = ((KeyKind.ADDRESS, number),)
    assert await desk.found("噪声", "凌晨", "很吵", keys=by_phone) == ["case1"]
    await desk.wall("case1")
    assert await desk.found("噪声") == await desk.found(keys=by_phone) == []
    assert await desk.stores.case_index.find_restricted(number, limit=9) == ["case1"]
    await desk.wall("case1", Compartment.NONE)
    assert await desk.found("噪声") == ["case1"]
    assert await desk.stores.case_index.find_restricted(number, limit=9) == []
    moved = MemoryDocuments(COLLECTIONS, clock=FakeClock(NOW))
    await copy(documents, moved, COLLECTIONS)
    assert await Desk(moved, desk.vault).found("很吵") == ["case1"]
    assert await digest(moved, COLLECTIONS) == await digest(documents, COLLECTIONS)
