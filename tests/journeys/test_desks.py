"""Texts to the numbers of one province: each reaches its desk; nobody in danger is answered by the hub."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from hub.model.agent import Agent, Role
from hub.model.cases.case import Case
from hub.model.cases.rule_book import BookKind
from hub.model.units.unit import Unit
from tests.journeys.test_cmpp import Office, office
from tests.world import eventually

CITIZEN = "8613800139001"
DANGER = "救命 有人拿刀 在中山路5号 不能说话"
WORDS = "路边路灯坏了三天，晚上看不清路，请派人来看看。"


@pytest.fixture
async def desk(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path, auto_reply=getattr(request, "param", "all")) as here:
        for unit in (
            Unit("dc", "东城公安局", "dc", region="999100"),
            Unit("jj", "东城交警", "dc/jj"),
            Unit("xc", "西城公安局", "xc"),
        ):
            await here.hub.hub.repositories.units.insert(unit)
        revise = here.hub.hub.actions.rule_books.revise
        rows = [{"written_to": "1211099101", "keyword": "", "desk": "jj"}]
        await revise.propose(BookKind.ROUTES, rows, base=0, reason="开通", wanted_from=0, by="a1")
        yield here


async def written(desk: Office, to: str, text: str, *, id: int = 1, sender: str = CITIZEN) -> None:
    assert await desk.gateway.push(sender, to, text.encode("utf-16-be"), id=id) == 0


async def the_case(desk: Office) -> Case:
    (case,) = await desk.cases(1)
    return case


async def officer(desk: Office, name: str, unit_id: str) -> Agent:
    """Somebody of a unit, on duty before an open page whose sound was heard."""
    agent = replace(await desk.hub.agent(Role.HANDLER, name), unit_id=unit_id)
    await desk.hub.hub.repositories.agents.update(agent.id, lambda _: agent)
    duty = desk.hub.hub.alarms.duty
    await duty.sign_on(agent, read="")
    await duty.page_seen(agent, f"page-{name}", sounds=True)
    await duty.sound_heard(agent, f"page-{name}")
    return agent


@pytest.mark.parametrize("desk", ["off"], indirect=True)
async def test_a_deaf_citizen_in_danger_reaches_the_desk_of_the_city_within_5_s_and_is_sent_nothing(
    desk: Office,
) -> None:
    east, west = await officer(desk, "east", "dc"), await officer(desk, "west", "xc")
    board = desk.hub.hub.alarms.read
    began = desk.hub.hub.clock.now_ms()
    await written(desk, "12110991", DANGER)

    async def rings() -> bool:
        return await board.unconfirmed(east) == 1

    assert await eventually(rings, seconds=5)
    assert desk.hub.hub.clock.now_ms() - began < 5_000
    [card] = (await board(east)).ringing.cards
    assert (card.desk, card.report.text) == ("东城公安局", DANGER)
    assert await board.unconfirmed(west) == 0
    waiting = [row.body async for row in desk.hub.hub.documents.scan("outbox")]
    assert (desk.gateway.taken, waiting) == ([], [])


async def test_a_text_to_the_number_of_a_city_reaches_its_desk(desk: Office) -> None:
    await written(desk, "8612110991", DANGER)
    case = await the_case(desk)
    assert case.unit_id == "dc"
    assert case.details is not None
    assert case.details["recipient"] == "12110991"
    assert case.details["routed_by"] == "city"


@pytest.mark.parametrize(("to", "source"), [("1211099101", "1211099101"), ("+8612110991", "12110991")])
async def test_a_reply_leaves_from_the_number_that_was_written_to(desk: Office, to: str, source: str) -> None:
    await written(desk, to, WORDS)
    await desk.gateway.until(lambda: len(desk.gateway.taken) > 0)
    assert {part.source for part in desk.gateway.taken} == {source}
