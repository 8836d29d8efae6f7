"""The index of cases on every store: found, behind the compartment, found again, copied."""

from __future__ import annotations

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
from tests.contract.store.conftest import Engine
from tests.unit.hub.repositories.search.desk import NOW, Desk


@pytest.fixture
async def documents(engine: Engine) -> Documents:
    return await engine.open(COLLECTIONS, FakeClock(NOW))


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
