"""Cases that nobody has are given to who takes them: by unit, language and load, never what is walled."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from hub.actions.cases.assignment import assign_waiting
from hub.actions.cases.assignment.assign_waiting import AssignWaiting
from hub.actions.cases.assignment.set_availability import SHIFT_MS, SetAvailability
from hub.model.agent import Agent, Role
from hub.model.cases.attempt import Attempt
from hub.model.cases.case import Case, Origin
from hub.model.cases.history import HistoryKind, recorded
from hub.model.cases.proceeding import LateRequest, Proceeding
from hub.model.cases.state import CaseState
from hub.model.cases.step import begun
from hub.model.staff.availability import Availability, Readiness
from hub.model.track import Compartment, Track
from hub.repositories.repositories import COLLECTIONS, Repositories, repositories
from hub.runtime.clock import FakeClock
from hub.store.documents import Documents
from hub.store.memory_documents import MemoryDocuments
from tests.rules import RULES, case_rules
from tests.unit.hub.actions.cases.test_pass_time import START, VAULT, R, unit_of


@pytest.fixture
def documents() -> MemoryDocuments:
    return MemoryDocuments(COLLECTIONS, clock=FakeClock(START))


@pytest.fixture
def stores(documents: MemoryDocuments) -> Repositories:
    return repositories(documents, VAULT, cities={})


def giving(documents: Documents, *, at_most: int = 30) -> AssignWaiting:
    stores = repositories(documents, VAULT, cities={})
    return AssignWaiting(
        documents, stores, unit_of(documents), case_rules(), FakeClock(START), at_most=at_most
    )


async def agent(stores: Repositories, id: str, *, unit: str = "", role: Role = Role.HANDLER) -> Agent:
    found = Agent(id, id, unit, (role,), START)
    await stores.agents.insert(found)
    return found


async def ready(
    documents: Documents, stores: Repositories, id: str, *languages: str, unit: str = ""
) -> Agent:
    found = await agent(stores, id, unit=unit)
    await SetAvailability(documents, stores, FakeClock(START))(found, Readiness.READY, languages)
    return found


async def waiting(
    documents: Documents,
    stores: Repositories,
    number: int,
    *,
    track: Track = Track.CONSULT,
    compartment: Compartment = Compartment.NONE,
    language: str = "zh",
    unit: str = "",
) -> str:
    id = f"{number:026d}"
    p = replace(begun(Proceeding(track), Attempt("submit", START, R.CIT, RULES)), unit_id=unit)
    origin = Origin("sms", "sms", id, language=language)
    case, entry = recorded(
        Case(id, id[:14] + str(number), START, START, p, origin, compartment=compartment, rank=number),
        at=START,
        actor="citizen",
        kind=HistoryKind.REGISTERED,
    )
    await documents.commit([stores.cases.insert(case), stores.cases.insert_entry(entry)])
    return id


async def handler(stores: Repositories, id: str) -> str:
    found = await stores.cases.get(id)
    assert found
    return found.value.handler_id


async def test_cases_go_round_among_who_takes_them(documents: MemoryDocuments, stores: Repositories) -> None:
    for name in ("a", "b"):
        await ready(documents, stores, name)
    cases = [await waiting(documents, stores, number) for number in range(1, 5)]
    give = giving(documents)
    while await give.step():
        pass
    given = [await handler(stores, id) for id in cases]
    assert sorted(given) == ["a", "a", "b", "b"]
    history = await stores.cases.history(cases[0])
    assert (history[-1].kind, history[-1].actor) == (HistoryKind.ASSIGNED, "system")


async def test_nobody_gets_more_than_the_office_allows(
    documents: MemoryDocuments, stores: Repositories
) -> None:
    await ready(documents, stores, "a")
    cases = [await waiting(documents, stores, number) for number in (1, 2)]
    give = giving(documents, at_most=1)
    while await give.step():
        pass
    assert [await handler(stores, id) for id in cases] == ["a", ""]


async def test_who_speaks_the_language_comes_first(documents: MemoryDocuments, stores: Repositories) -> None:
    await ready(documents, stores, "a", "zh")
    await ready(documents, stores, "b", "zh", "en")
    id = await waiting(documents, stores, 1, language="en")
    busy = await waiting(documents, stores, 2)
    found = await stores.cases.get(busy)
    assert found
    await documents.commit([stores.cases.update(found.value.in_hands_of("b"), found.version)])
    assert await giving(documents).step()
    assert await handler(stores, id) == "b"


async def test_a_case_of_a_unit_is_for_one_of_that_unit(
    documents: MemoryDocuments, stores: Repositories
) -> None:
    await ready(documents, stores, "a", unit="east")
    id = await waiting(documents, stores, 1, unit="west")
    assert not await giving(documents).step()
    await ready(documents, stores, "b", unit="west")
    assert await giving(documents).step()
    assert await handler(stores, id) == "b"


@pytest.mark.parametrize(
    "walled",
    [
        {"track": Track.REPORT, "compartment": Compartment.REPORT},
        {"compartment": Compartment.SCREENING},
        {"track": Track.EMERGENCY},
    ],
)
async def test_no_program_gives_away_what_is_walled_or_urgent(
    documents: MemoryDocuments, stores: Repositories, walled: dict[str, Track | Compartment]
) -> None:
    await ready(documents, stores, "a")
    id = await waiting(documents, stores, 1, **walled)  # type: ignore[arg-type]
    assert not await giving(documents).step()
    assert await handler(stores, id) == ""


async def test_a_late_request_of_a_closed_case_is_for_a_person_and_holds_up_nothing(
    documents: MemoryDocuments, stores: Repositories
) -> None:
    await ready(documents, stores, "a")
    late, new = [await waiting(documents, stores, number) for number in (1, 2)]
    found = await stores.cases.get(late)
    assert found
    request = LateRequest("review", START, "2026-01-01")
    p = replace(found.value.proceeding, event="", state=CaseState.CLOSED, late=(request,))
    await documents.commit([stores.cases.update(replace(found.value, proceeding=p), found.version)])
    assert await giving(documents).step()
    assert (await handler(stores, late), await handler(stores, new)) == ("", "a")


async def test_who_is_busy_or_whose_shift_is_over_gets_nothing(
    documents: MemoryDocuments, stores: Repositories
) -> None:
    busy = await ready(documents, stores, "a")
    await SetAvailability(documents, stores, FakeClock(START))(busy, Readiness.BUSY, ())
    over = Availability("b", Readiness.READY, START)
    await agent(stores, "b")
    await documents.commit([stores.availabilities.write(over, None)])
    await waiting(documents, stores, 1)
    assert not await giving(documents).step()
    later = SetAvailability(documents, stores, FakeClock(START + SHIFT_MS))
    assert (await later.now(busy)).readiness is Readiness.AWAY


async def test_two_processes_give_a_case_once(documents: MemoryDocuments, stores: Repositories) -> None:
    await ready(documents, stores, "a")
    id = await waiting(documents, stores, 1)
    await asyncio.gather(giving(documents).step(), giving(documents).step())
    history = await stores.cases.history(id)
    assert [entry.kind for entry in history].count(HistoryKind.ASSIGNED) == 1


async def test_cases_behind_thousands_that_fit_nobody_are_given_too_and_the_urgent_first(
    documents: MemoryDocuments, stores: Repositories, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assign_waiting, "_PAGE", 4)
    monkeypatch.setattr(assign_waiting, "_PAGES", 3)
    await ready(documents, stores, "a", unit="east")
    for number in range(1, 41):
        await waiting(documents, stores, number, unit="west")
    last = [await waiting(documents, stores, number) for number in (41, 42)]
    give = giving(documents)
    rounds = 0
    while not await give.step():
        rounds += 1
    assert 3 <= rounds <= 6  # so much at once and no more
    assert [await handler(stores, id) for id in last] == ["a", ""]
    urgent = await waiting(documents, stores, 0)
    assert await give.step()
    assert await handler(stores, urgent) == "a"
    assert await give.step()
    assert await handler(stores, last[1]) == "a"
    for _ in range(10):
        assert not await give.step()
