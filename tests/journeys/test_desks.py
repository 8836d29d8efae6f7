"""Texts to the numbers of one province: each reaches its desk; nobody in danger is answered by the hub."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.model.agent import Unit
from hub.model.cases.case import Case
from hub.model.cases.rule_book import BookKind
from tests.journeys.test_cmpp import Office, office

CITIZEN = "8613800139001"
DANGER = "救命 有人拿刀 在中山路5号 不能说话"
WORDS = "河边护栏断了一截，怕有人掉下去，请派人来看看。"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as here:
        for unit in (Unit("dc", "东城公安局", "dc", region="999100"), Unit("jj", "东城交警", "dc/jj")):
            await here.hub.hub.repositories.units.insert(unit)
        revise = here.hub.hub.actions.rule_books.revise
        rows = [{"number": "1211099101", "keyword": "", "desk": "jj"}]
        await revise.propose(BookKind.ROUTES, rows, base=0, reason="开通", wanted_from=0, by="a1")
        yield here


async def written(desk: Office, to: str, text: str, *, id: int = 1, sender: str = CITIZEN) -> None:
    assert await desk.gateway.push(sender, to, text.encode("utf-16-be"), id=id) == 0


async def the_case(desk: Office) -> Case:
    (case,) = await desk.cases(1)
    return case


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
