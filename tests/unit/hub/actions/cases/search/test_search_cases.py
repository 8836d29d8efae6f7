"""Searching: who finds what, in which order, and what is not there for others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.actions.cases.search.fill_index import FillIndex
from hub.actions.cases.search.search_cases import PAGE, Found, SearchCases, Standing, Wanted
from hub.actions.cases.search.typed import FoundBy
from hub.model.agent import Agent, Role
from hub.model.cases.state import CaseState
from hub.model.track import Compartment, Track
from hub.runtime.clock import FakeClock
from hub.store.documents import Update
from hub.store.terms import index_terms, packed
from tests.unit.hub.repositories.search.desk import NOW, Desk

HANDLER = Agent("h1", "h1", "", (Role.HANDLER,), NOW)
INSPECTOR = Agent("i1", "i1", "", (Role.INSPECTOR,), NOW)
ADMIN = Agent("a1", "a1", "", (Role.ADMIN,), NOW)
HIGHER = Agent("r1", "r1", "", (Role.HIGHER_REVIEWER,), NOW)
EVERYWAY = ("26113000000188", "000188", "13800138001", "8001", "张三丰", "收钱", "李四")


class SearchDesk(Desk):
    """With the search."""

    def __init__(self) -> None:
        super().__init__()
        self.fill = FillIndex(self.documents, self.stores.case_index, self.stores.cursors)
        self.search = SearchCases(self.stores, self.fill, FakeClock(NOW))

    async def hits(self, typed: str, agent: Agent = HANDLER, **how: object) -> list[str]:
        """Ids on the page."""
        return [one.case.id for one in (await self.ask(typed, agent, **how)).cases]

    async def ask(self, typed: str, agent: Agent = HANDLER, **how: object) -> Found:
        """The page."""
        return await self.search(agent, typed, **how)  # type: ignore[arg-type]


async def test_a_case_is_found_by_everything_it_has() -> None:
    desk = SearchDesk()
    await desk.opened(desk.case(1, "有人收钱"), "收钱的叫李四")
    for typed in EVERYWAY:
        assert await desk.hits(typed) == ["case1"], typed
    assert await desk.hits("8001 李四") == ["case1"]
    assert await desk.hits("8001 王五") == []


async def test_for_who_may_not_see_a_report_it_is_not_there_in_any_way() -> None:
    desk = SearchDesk()
    await desk.opened(desk.case(1, "有人收钱"), "收钱的叫李四")
    await desk.wall("case1", Compartment.REPORT)
    for agent in (HANDLER, ADMIN, HIGHER):
        for typed in EVERYWAY:
            found = await desk.ask(typed, agent)
            assert (found.cases, found.has_more, found.is_cut) == ((), False, False)


async def test_an_inspector_finds_a_report_by_number_and_whole_telephone_only() -> None:
    desk = SearchDesk()
    await desk.opened(desk.case(1, "有人收钱"), "收钱的叫李四")
    await desk.opened(desk.case(2, "有人收钱"))
    await desk.wall("case1", Compartment.REPORT)
    found = {typed: await desk.hits(typed, INSPECTOR) for typed in EVERYWAY}
    assert [typed for typed, ids in found.items() if ids] == ["26113000000188", "13800138001"]
    assert found["13800138001"] == ["case1"]
    assert await desk.hits("13800138001 收钱", INSPECTOR) == []


async def test_a_higher_reviewer_finds_what_lies_before_the_higher_organ() -> None:
    desk = SearchDesk()
    await desk.opened(desk.case(1, "噪声"), "夜间噪声")
    assert await desk.hits("夜间", HIGHER) == []
    await before_the_higher_organ(desk)
    assert await desk.hits("夜间", HIGHER) == ["case1"]


async def before_the_higher_organ(desk: Desk) -> None:
    stored = await desk.engine.get("cases", "case1")
    assert stored is not None
    await desk.engine.commit([Update("cases", "case1", {"state": str(CaseState.FUCHA)}, stored.version)])


async def test_characters_that_stand_apart_are_no_word() -> None:
    desk = SearchDesk()
    await desk.opened(desk.case(1, "夜间没有间噪，噪声扰，声扰民"))
    await desk.opened(desk.case(2, "投诉夜间噪声扰民的事"))
    assert await desk.stores.case_index.find((), ("夜间噪声扰民",), limit=9) == ["case2", "case1"]
    assert await desk.hits("夜间噪声扰民") == ["case2"]


async def test_a_drafted_case_is_in_no_list() -> None:
    desk = SearchDesk()
    case = desk.case(1, "噪声扰民")
    await desk.opened(replace(case, proceeding=replace(case.proceeding, state=CaseState.DRAFT)))
    assert await desk.hits("噪声") == []


async def test_what_stands_outside_the_title_is_shown_with_numbers_masked() -> None:
    desk = SearchDesk()
    await desk.opened(
        desk.case(1, "你好", title="求助"), "我在江滨路，楼下工地凌晨施工，请打 13900001111 联系我"
    )
    found = (await desk.ask("凌晨")).cases[0]
    assert "凌晨" in found.excerpt
    assert "13900001111" not in found.excerpt
    assert (await desk.ask("求助")).cases[0].excerpt == ""


async def test_pages_follow_each_other_without_a_case_lost_or_twice() -> None:
    desk = SearchDesk()
    for number in range(1, PAGE + 4):
        await desk.opened(desk.case(number, "噪声扰民"))
    first, second = await desk.ask("噪声"), await desk.ask("噪声", page=2)
    ids = [one.case.id for page in (first, second) for one in page.cases]
    assert ids == [f"case{number}" for number in range(PAGE + 3, 0, -1)]
    assert (first.has_more, second.has_more) == (True, False)


async def test_what_is_not_wanted_does_not_fill_the_page() -> None:
    desk = SearchDesk()
    await desk.opened(desk.case(1, "噪声扰民"))
    for number in range(2, PAGE * 3):
        case = desk.case(number, "噪声扰民", track=Track.CONSULT)
        await desk.opened(replace(case, proceeding=replace(case.proceeding, state=CaseState.CLOSED)))
    assert await desk.hits("噪声", wanted=Wanted(standing=Standing.OPEN)) == ["case1"]
    assert await desk.hits("噪声", wanted=Wanted(track=Track.SERVICE)) == ["case1"]
    assert await desk.hits("噪声", wanted=Wanted(days=1, standing=Standing.OVER, track=Track.SERVICE)) == []
    old = replace(desk.case(90, "井盖丢失"), received_at=NOW - 40 * 86_400_000)
    await desk.opened(old)
    assert await desk.hits("井盖", wanted=Wanted(days=30)) == []
    assert await desk.hits("井盖", wanted=Wanted(days=365)) == ["case90"]


@pytest.mark.parametrize("typed", ["刀", "？！", "12345678901234567890"])
async def test_what_is_too_short_or_no_word_is_said_to_be_so(typed: str) -> None:
    assert (await SearchDesk().ask(typed)).is_short
    assert not (await SearchDesk().ask(" ")).is_short


async def test_cases_of_an_earlier_release_are_added_whoever_is_cut_off() -> None:
    desk = SearchDesk()
    for number in range(1, 251):
        case = desk.case(number, "井盖丢失" if number % 2 else "路灯坏了")
        if number == 3:
            case = replace(case, compartment=Compartment.REPORT)
        await desk.engine.commit([desk.stores.cases.insert(case)])
    assert (await desk.ask("井盖")).is_filling
    assert await desk.fill.step()
    again = FillIndex(desk.documents, desk.stores.case_index, desk.stores.cursors)
    while await again.step():
        pass
    assert await desk.hits("000388") == []
    assert len(await desk.stores.case_index.find((), ("井盖",), limit=999)) == 124
    assert await desk.hits("13800138003", INSPECTOR) == ["case3"]
    assert not (await desk.ask("井盖")).is_filling
    assert not await again.step()


async def test_a_case_is_found_by_the_first_letters_of_a_name_however_it_is_read() -> None:
    desk = SearchDesk()
    for number, name in enumerate(("曾乐", "张三", "John Smith", "张"), 1):
        case = desk.case(number)
        await desk.opened(replace(case, applicant=replace(case.applicant, name=name)))
    for typed in ("zy", "CL", "zl"):
        assert await desk.hits(typed) == ["case1"], typed
    assert await desk.hits("zs") == ["case2"]
    assert (await desk.ask("zs 8002")).cases[0].by is FoundBy.INITIALS
    assert await desk.hits("zs 8001") == await desk.hits("js") == await desk.hits("z") == []


async def test_first_letters_lead_to_no_report_and_to_nobody_anonymous() -> None:
    desk = SearchDesk()
    await desk.opened(desk.case(1))
    await desk.wall("case1", Compartment.REPORT)
    hidden = desk.case(2)
    await desk.opened(replace(hidden, applicant=replace(hidden.applicant, anonymous=True)))
    for agent in (HANDLER, INSPECTOR, ADMIN):
        assert await desk.hits("zsf", agent) == []


async def test_cases_that_were_indexed_before_get_the_first_letters_too() -> None:
    desk = SearchDesk()
    for number in (1, 2):
        await desk.opened(desk.case(number), "路灯坏了")
    await desk.wall("case2", Compartment.REPORT)
    index, letters = desk.stores.case_index, {("initials", "zsf")}
    known = await desk.engine.get("case_search", "case1")
    assert known is not None
    old = set(index_terms(known.body["terms"])) - index._keyed(letters)  # type: ignore[arg-type]
    await desk.engine.commit([Update("case_search", "case1", {"terms": packed(old)}, known.version)])
    assert await desk.hits("zsf") == []
    assert (await desk.ask("zsf")).is_filling
    while await desk.fill.step():
        pass
    assert await desk.hits("zsf") == await desk.hits("路灯") == ["case1"]
    assert not (await desk.ask("zsf")).is_filling
    assert not await desk.fill.step()
