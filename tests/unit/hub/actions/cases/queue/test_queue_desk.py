"""Saved views, columns and the last view: kept for the agent, shared with the unit, removed by who may."""

from __future__ import annotations

import pytest

from hub.actions.cases.queue.query import Flag, QueueQuery
from hub.actions.cases.queue.queue_desk import QueueDesk
from hub.actions.cases.queue.read_queue import ReadQueue
from hub.actions.cases.queue.views import QueueView
from hub.model.agent import Agent, Role
from hub.model.cases.queue.settings import USUAL_COLUMNS, Density, QueueColumn
from hub.repositories.repositories import COLLECTIONS, repositories
from hub.runtime.clock import FakeClock
from hub.runtime.errors import Forbidden, Invalid, NotFound
from hub.store.crypto import KeyRing, Vault
from hub.store.memory_documents import MemoryDocuments
from tests.rules import RULES
from tests.unit.hub.actions.cases.queue.test_read_queue import CASES, NOW

LI = Agent("li", "li", "u1", (Role.HANDLER,), 0)
WANG = Agent("wang", "wang", "u1", (Role.HANDLER,), 0)
HEAD = Agent("zhao", "zhao", "u1", (Role.SUPERVISOR,), 0)
ELSEWHERE = Agent("qian", "qian", "u2", (Role.SUPERVISOR,), 0)
INSPECTOR = Agent("du", "du", "u1", (Role.INSPECTOR,), 0)
QUERY = QueueQuery(QueueView.OVERDUE, flag=Flag.DIALECT)


@pytest.fixture
async def documents() -> MemoryDocuments:
    return MemoryDocuments(COLLECTIONS, clock=FakeClock(NOW))


@pytest.fixture
async def desk(documents: MemoryDocuments) -> QueueDesk:
    stores = repositories(documents, Vault(KeyRing.fresh()), cities={})
    await documents.commit([stores.cases.insert(case) for case in CASES])
    queue = ReadQueue(stores, lambda: RULES.calendar, screening_days=2)
    return QueueDesk(documents, stores, queue, FakeClock(NOW))


async def names(desk: QueueDesk, agent: Agent) -> list[str]:
    return [view.name for view in await desk.views(agent)]


async def test_an_own_view_is_ones_own_and_a_shared_one_is_the_units(desk: QueueDesk) -> None:
    await desk.save(LI, " 方言  超期 ", QUERY, shared=False)
    shared = await desk.save(LI, "单位", QueueQuery(track="APPEAL"), shared=True)
    assert await names(desk, LI) == ["方言 超期", "单位"]
    assert await names(desk, WANG) == ["单位"]
    assert await names(desk, ELSEWHERE) == []
    [view] = await desk.views(WANG)
    assert (view.query, view.is_shared, view.removable) == (QueueQuery(track="APPEAL"), True, False)
    with pytest.raises(Forbidden):
        await desk.remove(WANG, shared.id)
    with pytest.raises(NotFound):
        await desk.remove(ELSEWHERE, shared.id)
    await desk.remove(HEAD, shared.id)
    assert await names(desk, WANG) == []


async def test_nobody_removes_what_another_keeps_for_himself(desk: QueueDesk) -> None:
    own = await desk.save(LI, "我的", QUERY, shared=False)
    for agent in (WANG, HEAD):
        with pytest.raises(NotFound):
            await desk.remove(agent, own.id)
    await desk.remove(LI, own.id)
    with pytest.raises(NotFound):
        await desk.remove(LI, own.id)


async def test_a_shared_view_counts_for_everybody_what_they_may_see(desk: QueueDesk) -> None:
    await desk.save(LI, "单位", QueueQuery(track="REPORT"), shared=True)
    [seen] = await desk.views(LI)
    [inspected] = await desk.views(INSPECTOR)
    assert (seen.count, seen.is_bounded) == (0, False)
    assert inspected.count > 0


@pytest.mark.parametrize("name", ["", "   ", "字" * 21, "单位"])
async def test_a_name_is_short_and_nobody_has_it_yet(desk: QueueDesk, name: str) -> None:
    await desk.save(WANG, "单位", QUERY, shared=True)
    with pytest.raises(Invalid):
        await desk.save(LI, name, QUERY, shared=False)


async def test_what_a_view_is_called_is_sealed(desk: QueueDesk, documents: MemoryDocuments) -> None:
    await desk.save(LI, "王五的事", QUERY, shared=False)
    [stored] = [one async for one in documents.scan("saved_views")]
    assert "王五" not in str(stored.body)


async def test_columns_and_density_are_kept_and_unknown_ones_left_out(desk: QueueDesk) -> None:
    assert (await desk.settings(LI)).columns == USUAL_COLUMNS
    await desk.choose(LI, ["unit", "track", "salary"], "compact")
    kept = await desk.settings(LI)
    assert (kept.columns, kept.density) == ((QueueColumn.TRACK, QueueColumn.UNIT), Density.COMPACT)
    await desk.choose(LI, [], "huge")
    assert (await desk.settings(LI)).columns == ()
    assert (await desk.settings(LI)).density is Density.COMFORTABLE
    assert (await desk.settings(WANG)).columns == USUAL_COLUMNS


async def test_the_last_view_is_remembered_and_not_written_again(
    desk: QueueDesk, documents: MemoryDocuments
) -> None:
    await desk.remember(LI, QUERY)
    first = await documents.get("queue_settings", "li")
    await desk.remember(LI, QUERY)
    assert await documents.get("queue_settings", "li") == first
    assert QueueQuery.parse((await desk.settings(LI)).last) == QUERY
