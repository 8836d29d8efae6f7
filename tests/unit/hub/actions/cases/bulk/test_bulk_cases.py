"""Many cases at once: looked at, taken back, carried out each by itself, once, whatever stops it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.actions.cases.assign_case import AssignCase
from hub.actions.cases.bulk.bulk_cases import BulkCases
from hub.actions.cases.casework import Casework
from hub.actions.cases.documents.sign_documents import Organ, SignDocuments
from hub.actions.cases.move_case import MoveCase
from hub.actions.cases.tags.edit_tags import EditTags
from hub.actions.cases.tags.tag_case import TagCase
from hub.model.agent import Agent, Role
from hub.model.cases.case import POSSIBLE_DANGER
from hub.model.cases.history import HistoryKind
from hub.model.cases.state import CaseState
from hub.model.staff.bulk_run import MOST_CASES, UNDO_MS, BulkKind, Outcome
from hub.model.track import Compartment, Track
from hub.repositories.legal_documents.documents import LegalDocumentRepository
from hub.repositories.repositories import COLLECTIONS, Repositories, repositories
from hub.runtime.clock import FakeClock
from hub.runtime.errors import Invalid, NotFound, Stale
from hub.store.documents import Documents
from hub.store.memory_documents import MemoryDocuments
from tests.rules import case_rules
from tests.unit.hub.actions.cases.assignment.test_assign_waiting import agent, handler, waiting
from tests.unit.hub.actions.cases.test_pass_time import START, VAULT, unit_of

ASSIGN = {"handler_id": "h"}


ORGAN = Organ("测试省公安厅", "测公", "测试省信访局")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(START)


@pytest.fixture
def documents(clock: FakeClock) -> MemoryDocuments:
    return MemoryDocuments(COLLECTIONS, clock=clock)


@pytest.fixture
def stores(documents: MemoryDocuments) -> Repositories:
    return repositories(documents, VAULT, cities={})


@pytest.fixture
async def staff(stores: Repositories) -> Agent:
    await agent(stores, "h")
    return await agent(stores, "s", role=Role.SUPERVISOR)


async def printable(_text: str) -> str:
    return ""


def bulk_of(documents: Documents, clock: FakeClock) -> BulkCases:
    stores = repositories(documents, VAULT, cities={})
    casework, unit, rules = Casework(documents, stores), unit_of(documents), case_rules()
    assign = AssignCase(casework, stores, unit, rules, clock)
    sign = SignDocuments(stores, LegalDocumentRepository(documents, VAULT), rules, ORGAN, printable)
    move = MoveCase(casework, stores, unit, rules, clock, lambda: (), sign)
    return BulkCases(documents, stores, assign, move, TagCase(casework, stores, clock), clock)


async def carried_out(bulk: BulkCases, clock: FakeClock) -> None:
    clock.advance(seconds=UNDO_MS / 1000)
    while await bulk.step():
        pass


async def test_what_would_become_of_each_is_said_before(
    documents: MemoryDocuments, stores: Repositories, staff: Agent, clock: FakeClock
) -> None:
    bulk = bulk_of(documents, clock)
    open_, walled = (
        await waiting(documents, stores, 1),
        await waiting(documents, stores, 2, compartment=Compartment.SCREENING),
    )
    routed = {"mode": "转送", "unit": "nowhere"}
    [line] = await bulk.preview(staff, BulkKind.ASSIGN, ASSIGN, [open_, walled, open_, "none"])
    assert (line.case.id, line.why_not) == (open_, "")
    [line] = await bulk.preview(staff, BulkKind.ROUTE, routed, [open_])
    assert "不能转送" in line.why_not
    [line] = await bulk.preview(staff, BulkKind.ASSIGN, {"handler_id": "nobody"}, [open_])
    assert "可以办理" in line.why_not
    with pytest.raises(Invalid):
        await bulk.preview(staff, BulkKind.ASSIGN, ASSIGN, [walled])
    with pytest.raises(Invalid, match="case_id"):
        await bulk.preview(staff, BulkKind.ASSIGN, ASSIGN, [open_] * (MOST_CASES + 1))


async def test_a_run_waits_and_then_changes_each_case_once(
    documents: MemoryDocuments, stores: Repositories, staff: Agent, clock: FakeClock
) -> None:
    bulk = bulk_of(documents, clock)
    ids = [await waiting(documents, stores, number) for number in range(1, 46)]
    for _ in range(2):  # pressed twice
        await bulk.start(staff, "run", BulkKind.ASSIGN, ASSIGN, ids)
    assert not await bulk.step()
    assert await handler(stores, ids[0]) == ""
    await carried_out(bulk, clock)
    run = await bulk.read(staff, "run")
    assert (run.count(Outcome.DONE), run.is_open) == (45, False)
    for id in ids:
        kinds = [entry.kind for entry in await stores.cases.history(id)]
        assert kinds.count(HistoryKind.ASSIGNED) == 1


async def test_what_is_taken_back_in_time_changes_nothing(
    documents: MemoryDocuments, stores: Repositories, staff: Agent, clock: FakeClock
) -> None:
    bulk = bulk_of(documents, clock)
    id = await waiting(documents, stores, 1)
    await bulk.start(staff, "run", BulkKind.ASSIGN, ASSIGN, [id])
    with pytest.raises(NotFound):
        await bulk.cancel(await agent(stores, "other"), "run")
    await bulk.cancel(staff, "run")
    await bulk.cancel(staff, "run")
    await carried_out(bulk, clock)
    assert await handler(stores, id) == ""
    await bulk.start(staff, "again", BulkKind.ASSIGN, ASSIGN, [id])
    clock.advance(seconds=UNDO_MS / 1000)
    assert await bulk.step()  # begun: too late
    with pytest.raises(Stale):
        await bulk.cancel(staff, "again")
    await carried_out(bulk, clock)
    assert await handler(stores, id) == "h"


async def test_a_run_that_was_cut_off_goes_on_and_repeats_nothing(
    documents: MemoryDocuments, stores: Repositories, staff: Agent, clock: FakeClock
) -> None:
    bulk = bulk_of(documents, clock)
    ids = [await waiting(documents, stores, number) for number in (1, 2)]
    await bulk.start(staff, "run", BulkKind.ASSIGN, ASSIGN, ids)
    clock.advance(seconds=UNDO_MS / 1000)
    assert await bulk.step()
    begun = await stores.bulk_runs.get("run")
    assert await bulk.step()
    carried = await stores.bulk_runs.get("run")
    assert begun
    assert carried
    # As if it had been killed before it was written down how far it came.
    await documents.commit([stores.bulk_runs.update(begun.value, carried.version)])
    await carried_out(bulk_of(documents, clock), clock)
    assert (await bulk.read(staff, "run")).count(Outcome.DONE) == 2
    for id in ids:
        kinds = [entry.kind for entry in await stores.cases.history(id)]
        assert kinds.count(HistoryKind.ASSIGNED) == 1


async def test_one_that_is_refused_holds_up_no_other(
    documents: MemoryDocuments, stores: Repositories, staff: Agent, clock: FakeClock
) -> None:
    bulk = bulk_of(documents, clock)
    ids = [await waiting(documents, stores, number, track=Track.SERVICE) for number in (1, 2)]
    await bulk.start(staff, "run", BulkKind.ASSIGN, ASSIGN, ids)
    found = await stores.cases.get(ids[0])
    assert found
    walled = replace(found.value, compartment=Compartment.REPORT)
    await documents.commit([stores.cases.update(walled, found.version)])
    await carried_out(bulk, clock)
    run = await bulk.read(staff, "run")
    assert [row.outcome for row in run.rows] == [Outcome.REFUSED, Outcome.DONE]
    assert await handler(stores, ids[0]) == ""


async def test_duplicates_are_merged_into_one_and_the_one_is_not_merged_into_itself(
    documents: MemoryDocuments, stores: Repositories, staff: Agent, clock: FakeClock
) -> None:
    bulk = bulk_of(documents, clock)
    ids = [await waiting(documents, stores, number) for number in (1, 2, 3)]
    master = await stores.cases.get(ids[0])
    assert master
    given = {"master": master.value.reference}
    lines = await bulk.preview(staff, BulkKind.MERGE, given, ids)
    assert [bool(line.why_not) for line in lines] == [True, False, False]
    await bulk.start(staff, "run", BulkKind.MERGE, given, ids[1:])
    await carried_out(bulk, clock)
    states = [(await stores.cases.get(id)) for id in ids]
    assert [found.value.state for found in states if found] == [
        CaseState.REGISTERED,
        CaseState.MERGED,
        CaseState.MERGED,
    ]


async def test_no_danger_disappears_by_merging(
    documents: MemoryDocuments, stores: Repositories, staff: Agent, clock: FakeClock
) -> None:
    bulk, master = bulk_of(documents, clock), await waiting(documents, stores, 1)
    alarm = await waiting(documents, stores, 2, track=Track.EMERGENCY)
    possible = await waiting(documents, stores, 3)
    found, into = await stores.cases.get(possible), await stores.cases.get(master)
    assert found
    assert into
    flagged = replace(found.value, flags=(POSSIBLE_DANGER,))
    await documents.commit([stores.cases.update(flagged, found.version)])
    given = {"master": into.value.reference}
    lines = await bulk.preview(staff, BulkKind.MERGE, given, [alarm, possible])
    assert ["110" in line.why_not or "疑似险情" in line.why_not for line in lines] == [True, True]
    run = await bulk.start(staff, "run", BulkKind.MERGE, given, [alarm, possible])
    await carried_out(bulk, clock)
    kept = await bulk.read(staff, run.id)
    assert [row.outcome for row in kept.rows] == [Outcome.REFUSED, Outcome.REFUSED]
    assert [row.reason for row in kept.rows] == [line.why_not for line in lines]


async def test_tags_are_put_on_and_taken_off_many_cases(
    documents: MemoryDocuments, stores: Repositories, staff: Agent, clock: FakeClock
) -> None:
    bulk, id = bulk_of(documents, clock), await waiting(documents, stores, 1)
    tag = {"tag": "0"}
    [line] = await bulk.preview(staff, BulkKind.TAG, tag, [id])
    assert line.why_not
    await EditTags(documents, stores, clock).add(staff, "专项")
    for kind, bits in ((BulkKind.TAG, 1), (BulkKind.UNTAG, 0)):
        await bulk.start(staff, kind, kind, tag, [id])
        found = await stores.cases.get(id)
        assert found
        assert found.value.tags != bits
        await carried_out(bulk, clock)
        found = await stores.cases.get(id)
        assert found
        assert found.value.tags == bits
