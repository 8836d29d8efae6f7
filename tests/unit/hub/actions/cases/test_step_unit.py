"""What a step writes beside the case: what time tells waits for the morning, nothing is told twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from hub.actions.cases.read_procedure import ReadProcedure
from hub.model.agent import Agent, Role
from hub.model.cases.attempt import Attempt
from hub.model.cases.case import ELECTRONIC_CONSENT
from hub.model.cases.step import stepped
from hub.repositories.repositories import COLLECTIONS, Repositories, repositories
from hub.runtime.clock import FakeClock, to_local
from hub.store.memory_documents import MemoryDocuments
from tests.rules import RULES, case_rules
from tests.unit.hub.actions.cases.test_pass_time import (
    ANSWERED,
    DAY,
    HOUR,
    PETITION,
    START,
    VAULT,
    R,
    fill,
    process,
    told,
    unit_of,
)


@pytest.fixture
async def documents() -> MemoryDocuments:
    store = MemoryDocuments(COLLECTIONS, clock=FakeClock(START))
    await fill(store)
    return store


@pytest.fixture
def stores(documents: MemoryDocuments) -> Repositories:
    return repositories(documents, VAULT, cities={})


async def test_what_time_tells_at_midnight_leaves_in_the_morning(
    documents: MemoryDocuments, stores: Repositories
) -> None:
    midnight = START + 23 * DAY + 14 * HOUR  # the day on which the window for a 复查 has a week left
    await process(documents, FakeClock(midnight)).step()
    [message] = await stores.conversations.messages(ANSWERED)
    found = await stores.outbox.get(message.delivery_id)
    assert found
    assert to_local(found.value.not_before).time() == time(8, 30)


async def test_who_agreed_to_electronic_delivery_hears_once_that_the_reply_can_be_opened(
    documents: MemoryDocuments, stores: Repositories
) -> None:
    clock = FakeClock(START + 10 * HOUR)
    hub = process(documents, clock)
    found = await stores.cases.get(PETITION)
    assert found
    case = replace(found.value, details={ELECTRONIC_CONSENT: str(START)})
    for event, role, data in (
        ("submit_reply", R.HND, {"outcomes": ["支持"]}),
        ("sign", R.LEAD, {}),
    ):
        step = stepped(case, Attempt(event, clock.at, role, RULES, f"x-{role}", data), actor="a")
        case = step.case
        version = (await stores.cases.get(PETITION)).version  # type: ignore[union-attr]
        await documents.commit(await unit_of(documents).writes(step, version, at=clock.at))
    assert (await told(documents))[PETITION] == 1
    clock.at = START + 58 * DAY
    await hub.step()
    assert (await told(documents))[PETITION] == 1


async def test_a_document_without_proof_says_by_when_it_has_to_be_delivered(stores: Repositories) -> None:
    found = await stores.cases.get(PETITION)
    assert found
    case = found.value
    p = case.proceeding
    [paper] = p.papers
    undelivered = replace(paper, delivered_at=0)
    running = tuple(replace(c, stopped_at=0) if c.name == "NOTIFY_15" else c for c in p.clocks)
    waiting = replace(case, proceeding=replace(p, papers=(undelivered,), clocks=running))
    read = ReadProcedure(stores.case_warnings, stores.units, case_rules(), FakeClock(START))
    agent = Agent("h1", "h1", "", (Role.HANDLER,), START)
    [line] = (await read(agent, waiting)).papers
    assert line.deliver_by is not None
    assert line.deliver_by.isoformat() == "2026-01-20"
    [line] = (await read(agent, case)).papers
    assert line.deliver_by is None
