"""The place of a case moves in the store as time passes, and those of earlier releases are given theirs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.actions.cases.all_cases.put_in_order import PutInOrder
from hub.model.cases.attempt import Attempt
from hub.model.cases.case import Case, Origin
from hub.model.cases.proceeding import Proceeding
from hub.model.cases.queue.order import DAY_MS, Band, Stage
from hub.model.cases.queue.timing import scheduled
from hub.model.cases.roles import CaseRole
from hub.model.cases.step import begun
from hub.model.track import Track
from hub.repositories.repositories import COLLECTIONS, Repositories, repositories
from hub.runtime.clock import FakeClock
from hub.store.documents import Documents, Insert
from hub.store.memory_documents import MemoryDocuments
from tests.rules import RULES
from tests.unit.hub.actions.cases.test_pass_time import VAULT, process

START = 1_790_049_600_000


@pytest.fixture
def documents() -> MemoryDocuments:
    return MemoryDocuments(COLLECTIONS, clock=FakeClock(START))


def registered(number: int, track: Track = Track.APPEAL) -> Case:
    p = begun(Proceeding(track), Attempt("submit", START, CaseRole.CIT, RULES))
    return Case(f"c{number}", f"{number:014}", START, START, p, Origin("sms", "sms"))


async def stage_counts(documents: Documents) -> dict[int, int]:
    counted = await documents.counted("cases", ("compartment", "open", "higher", "stage"), ("none", 1))
    return {stage: number for (*_, stage), number in counted.items()}


@pytest.mark.parametrize("early_ms", [1, 0])
async def test_a_case_nobody_touches_rises_to_the_millisecond(
    documents: MemoryDocuments, early_ms: int
) -> None:
    stores = repositories(documents, VAULT, cities={})
    case = scheduled(registered(1), START, RULES)
    await documents.commit([stores.cases.insert(case)])
    clock = FakeClock(START)
    seen = []
    for before, stage in ((3, Stage.THREE_DAYS), (1, Stage.LAST_DAY), (0, Stage.BREACHED)):
        clock.at = case.limit_at - before * DAY_MS - early_ms
        while await process(documents, clock).step():
            pass
        stored = await documents.get("cases", case.id)
        assert stored
        seen.append((stored.body["stage"] == stage, stored.body["band"]))
        assert await stage_counts(documents) == {stored.body["stage"]: 1}
        assert stored.body["due_at"] > clock.at or not stored.body["due_at"]
    on_time = [(True, Band.THREE_DAYS), (True, Band.LAST_DAY), (True, Band.BREACHED)]
    assert seen == (
        [(False, Band.NEW), (False, Band.THREE_DAYS), (False, Band.LAST_DAY)] if early_ms else on_time
    )


def older(stores: Repositories, case: Case) -> Insert:
    """As a release stored it that knew no limits."""
    write = stores.cases.insert(replace(case, due_at=0))
    unknown = {"limit_at", "limit_clock", "limit_statutory", "ranked_at", "band", "stage", "todo", "marks"}
    body = {name: value for name, value in write.body.items() if name not in unknown | {"higher", "unit"}}
    return Insert("cases", write.id, body)


async def test_cases_of_earlier_releases_get_their_place_once(documents: MemoryDocuments) -> None:
    stores = repositories(documents, VAULT, cities={})
    made = [registered(number, (Track.APPEAL, Track.CONSULT)[number % 2]) for number in range(30)]
    await documents.commit([older(stores, case) for case in made])
    clock, told = FakeClock(START + 14 * DAY_MS), []
    put = PutInOrder(stores.cases, RULES, clock)
    await put(lambda done, total: told.append((done, total)))
    wanted = [scheduled(case, clock.at, RULES) for case in made]
    for case in wanted:
        stored, read = await documents.get("cases", case.id), await stores.cases.get(case.id)
        assert stored
        assert read
        assert (read.value.limit_at, read.value.due_at) == (case.limit_at, case.due_at)
        assert stored.body["rank"] == stores.cases.insert(case).body["rank"]
    assert sum((await stage_counts(documents)).values()) == 30
    assert set(await stage_counts(documents)) == {Stage.BREACHED, Stage.THREE_DAYS}
    assert told == [(30, 30)]
    before = [stored.body async for stored in documents.scan("cases")]
    await put(lambda done, total: None)  # cut off and run again
    assert [stored.body async for stored in documents.scan("cases")] == before
