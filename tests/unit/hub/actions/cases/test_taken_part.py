"""我参与 lists what one follows, wrote in or handled, as far as one may still see it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.actions.cases.queue.read_queue import ReadQueue
from hub.actions.cases.queue.read_taken_part import ReadTakenPart
from hub.model.agent import Agent
from hub.model.cases.history import HistoryKind, recorded
from hub.model.track import Compartment
from hub.repositories.repositories import COLLECTIONS
from hub.runtime.clock import FakeClock
from hub.store.memory_documents import MemoryDocuments
from tests.rules import RULES
from tests.unit.hub.actions.cases.replies.reply_office import (
    CASE,
    COLLEAGUE,
    HANDLER,
    Office,
    office,
    open_case,
)
from tests.unit.hub.actions.cases.test_pass_time import START


@pytest.fixture
async def desk() -> Office:
    clock = FakeClock(START)
    documents = MemoryDocuments(COLLECTIONS, clock=clock)
    await open_case(documents)
    return office(documents, clock)


async def listed(desk: Office, agent: Agent) -> list[str]:
    read = ReadTakenPart(desk.stores, ReadQueue(desk.stores, lambda: RULES.calendar, screening_days=2))
    ids = [row.case.id for row in (await read.page(agent)).rows]
    assert await read.count(agent) == len(ids)
    return ids


async def entered(desk: Office, actor: str, kind: HistoryKind, **facts: str) -> None:
    found = await desk.case()
    after, entry = recorded(found.value, at=desk.clock.at, actor=actor, kind=kind, facts=facts)
    cases = desk.stores.cases
    await desk.documents.commit([cases.update(after, found.version), cases.insert_entry(entry)])


async def test_a_note_stays_and_a_follow_goes_with_it(desk: Office) -> None:
    assert await listed(desk, HANDLER) == []
    await desk.follow(HANDLER, CASE, follows=True)
    assert await listed(desk, HANDLER) == [CASE]
    await desk.follow(HANDLER, CASE, follows=False)
    assert await listed(desk, HANDLER) == []
    await desk.follow(HANDLER, CASE, follows=True)
    await desk.note(HANDLER, CASE, "电话里再问一次", version=await desk.version())
    await desk.follow(HANDLER, CASE, follows=False)
    assert (await listed(desk, HANDLER), await listed(desk, COLLEAGUE)) == ([CASE], [])


@pytest.mark.parametrize(
    ("kind", "takes_part"),
    [
        (HistoryKind.REPLIED, True),
        (HistoryKind.CLOSED, True),
        (HistoryKind.REVEALED, False),
        (HistoryKind.PRINTED, False),
    ],
)
async def test_who_writes_takes_part_and_who_looks_does_not(
    desk: Office, kind: HistoryKind, *, takes_part: bool
) -> None:
    await entered(desk, COLLEAGUE.id, kind)
    assert await listed(desk, COLLEAGUE) == ([CASE] if takes_part else [])


async def test_a_handler_takes_part_whoever_gave_it_and_citizens_and_the_hub_are_nobody(desk: Office) -> None:
    await entered(desk, "system", HistoryKind.ASSIGNED, handler=HANDLER.id)
    await entered(desk, "citizen", HistoryKind.MOVED)
    assert await listed(desk, HANDLER) == [CASE]
    assert await desk.count("taking_part") == 1


async def test_behind_the_wall_it_is_neither_listed_nor_counted(desk: Office) -> None:
    await desk.note(HANDLER, CASE, "看过了", version=await desk.version())
    found = await desk.case()
    walled = replace(found.value, compartment=Compartment.SCREENING)
    await desk.documents.commit([desk.stores.cases.update(walled, found.version)])
    assert await listed(desk, HANDLER) == []


async def test_pages_go_from_the_last_act_back(desk: Office) -> None:
    rows = desk.stores.taking_part
    for number in range(5):
        await desk.documents.commit([await rows.acted(f"c{number}", HANDLER.id, at=START + number // 2)])
    await desk.documents.commit([await rows.acted("c0", HANDLER.id, at=START + 9)])
    first = await rows.page(HANDLER.id, limit=2)
    second = await rows.page(HANDLER.id, limit=2, after=first.next)
    last = await rows.page(HANDLER.id, limit=2, after=second.next)
    assert (*first.ids, *second.ids, *last.ids) == ("c0", "c4", "c3", "c2", "c1")
    assert last.next is None
