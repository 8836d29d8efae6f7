"""Canned replies: what colleagues use needs a second person, variables are filled in per unit and case."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from hub.actions.cases.replies.edit_canned import EditCanned, Place
from hub.actions.cases.replies.read_canned import ReadCanned
from hub.model.agent import Agent, Role
from hub.model.cases.case import Case
from hub.model.cases.replies.canned_reply import CannedScope, CannedState, CannedText
from hub.model.track import Track
from hub.model.units.unit import Unit
from hub.repositories.repositories import COLLECTIONS
from hub.runtime.clock import FakeClock
from hub.runtime.errors import Forbidden, NotFound, Stale
from hub.store.memory_documents import MemoryDocuments
from knowledge_base.text.initials import initials
from tests.rules import case_rules
from tests.unit.hub.actions.cases.replies.reply_office import COLLEAGUE, HANDLER, Office, office, open_case
from tests.unit.hub.actions.cases.test_pass_time import START

HEAD = Agent("head", "head", "", (Role.SUPERVISOR,), START, name="赵科长")
CARD = CannedText("身份证补领", "{{姓名}}您好，请到{{单位}}办理，电话{{电话}}。", CannedScope.ALL)


@dataclass(frozen=True, slots=True)
class Shelf:
    desk: Office
    edit: EditCanned
    read: ReadCanned
    case: Case

    async def found(self, agent: Agent, wanted: str = "", case: Case | None = None) -> list[str]:
        return [offer.title for offer in await self.read.offers(agent, case or self.case, wanted)]

    async def place(self, id: str) -> Place:
        found = await self.desk.stores.canned_replies.get(id)
        assert found
        return Place(id, found.version)


@pytest.fixture
async def shelf() -> Shelf:
    clock = FakeClock(START)
    documents = MemoryDocuments(COLLECTIONS, clock=clock)
    await open_case(documents)
    desk = office(documents, clock)
    edit = EditCanned(desk.documents, desk.stores, clock)
    read = ReadCanned(desk.stores, case_rules(), organ="测试局")
    return Shelf(desk, edit, read, (await desk.case()).value)


async def test_ones_own_is_used_at_once_and_by_nobody_else(shelf: Shelf) -> None:
    await shelf.edit.save(HANDLER, Place(), replace(CARD, scope=CannedScope.OWN), submits=False)
    assert await shelf.found(HANDLER) == ["身份证补领"]
    assert await shelf.found(COLLEAGUE) == []


async def test_what_all_use_waits_for_a_second_person(shelf: Shelf) -> None:
    id = await shelf.edit.save(HEAD, Place(), CARD, submits=True)
    assert await shelf.found(COLLEAGUE) == []
    with pytest.raises(Forbidden):  # who wrote it is no second person
        await shelf.edit.approve(HEAD, await shelf.place(id))
    with pytest.raises(Forbidden):  # a handler approves nothing
        await shelf.edit.approve(COLLEAGUE, await shelf.place(id))
    second = replace(HEAD, id="second")
    assert [one.id for one in (await shelf.read.page(second)).waiting] == [id]
    await shelf.edit.approve(second, await shelf.place(id))
    assert await shelf.found(COLLEAGUE) == ["身份证补领"]


async def test_the_old_text_stays_in_use_until_the_new_one_is_approved(shelf: Shelf) -> None:
    id = await shelf.edit.save(HANDLER, Place(), CARD, submits=True)
    await shelf.edit.approve(HEAD, await shelf.place(id))
    await shelf.edit.save(HANDLER, await shelf.place(id), replace(CARD, title="新标题"), submits=True)
    assert await shelf.found(COLLEAGUE) == ["身份证补领"]
    await shelf.edit.send_back(HEAD, await shelf.place(id), "请写明材料")
    found = await shelf.read.get(HANDLER, id)
    assert (found.value.state, found.value.remark) == (CannedState.SENT_BACK, "请写明材料")
    await shelf.edit.save(HANDLER, await shelf.place(id), replace(CARD, title="新标题"), submits=True)
    await shelf.edit.approve(HEAD, await shelf.place(id))
    assert await shelf.found(COLLEAGUE) == ["新标题"]
    kept = [(one.number, one.content.title if one.content else "") for one in await shelf.read.versions(id)]
    assert kept == [(2, "新标题"), (1, "身份证补领")]


async def test_colleagues_see_what_is_in_use_and_not_what_is_being_written(shelf: Shelf) -> None:
    id = await shelf.edit.save(HANDLER, Place(), CARD, submits=True)
    await shelf.edit.approve(HEAD, await shelf.place(id))
    await shelf.edit.save(HANDLER, await shelf.place(id), replace(CARD, title="还没写好"), submits=False)
    canned = (await shelf.read.get(COLLEAGUE, id)).value
    titles = [text.title for agent in (COLLEAGUE, HANDLER, HEAD) if (text := canned.seen_by(agent))]
    assert titles == ["身份证补领", "还没写好", "还没写好"]


async def test_nobody_changes_a_colleagues_and_nobody_overwrites(shelf: Shelf) -> None:
    id = await shelf.edit.save(HANDLER, Place(), replace(CARD, scope=CannedScope.OWN), submits=False)
    with pytest.raises(NotFound):
        await shelf.edit.save(COLLEAGUE, await shelf.place(id), CARD, submits=True)
    with pytest.raises(Stale):
        await shelf.edit.save(HANDLER, Place(id, 7), CARD, submits=True)


async def test_the_variables_of_a_nearer_unit_count_first_and_what_is_unknown_stays(shelf: Shelf) -> None:
    await shelf.edit.save(HANDLER, Place(), replace(CARD, scope=CannedScope.OWN), submits=False)
    [offer] = await shelf.read.offers(HANDLER, shelf.case, "")
    assert (offer.text, offer.unfilled) == ("陈女士您好，请到测试局办理，电话{{电话}}。", ("电话",))

    for unit in (Unit("city", "市局", "/city"), Unit("desk", "窗口", "/city/desk")):
        await shelf.desk.stores.units.insert(unit)
    await shelf.edit.set_values(HEAD, "", {"电话": "12345"}, version=0)
    [offer] = await shelf.read.offers(HANDLER, shelf.case, "")
    assert "电话12345。" in offer.text
    await shelf.edit.set_values(HEAD, "city", {"电话": "88888888"}, version=0)
    [offer] = await shelf.read.offers(replace(HANDLER, unit_id="desk"), shelf.case, "")
    assert offer.text == "陈女士您好，请到窗口办理，电话88888888。"
    with pytest.raises(Stale):
        await shelf.edit.set_values(HEAD, "city", {}, version=0)


@pytest.mark.parametrize("wanted", ["身份", "sfz", "补领", "bl", "办理"])
async def test_found_by_title_by_its_first_letters_and_by_words(shelf: Shelf, wanted: str) -> None:
    await shelf.edit.save(HANDLER, Place(), replace(CARD, scope=CannedScope.OWN), submits=False)
    other = CannedText("感谢来信", "谢谢。", CannedScope.OWN)
    await shelf.edit.save(HANDLER, Place(), other, submits=False)
    assert await shelf.found(HANDLER, wanted) == ["身份证补领"]


async def test_only_what_fits_the_channel_and_the_track_is_offered(shelf: Shelf) -> None:
    for title, more in (
        ("邮件", {"channel": "mail"}),
        ("求助", {"track": Track.SERVICE}),
        ("咨询", {"track": Track.CONSULT}),
    ):
        text = replace(CARD, title=title, scope=CannedScope.OWN, **more)
        await shelf.edit.save(HANDLER, Place(), text, submits=False)
    assert await shelf.found(HANDLER) == ["求助"]


def test_first_letters() -> None:
    assert initials("身份证 C1 补领！") == "sfzc1bl"
