"""A handler searches from the queue; who may not see a case does not find it; nothing typed is kept."""

from __future__ import annotations

import logging
import re
from html import unescape

import aiohttp
import pytest

from hub.model.agent import Role
from hub.model.cases.case import Case
from tests.journeys.test_queue_pill import SAME, seat, write
from tests.world import World, browser

HTMX = {"HX-Request": "true"}


class Searcher:
    """A staff member at the search box."""

    def __init__(self, hub: World, http: aiohttp.ClientSession) -> None:
        self._hub = hub
        self._http = http

    async def page(self, path: str) -> str:
        """A page as it is served."""
        async with self._http.get(self._hub.url + path) as answer:
            assert answer.status == 200
            return unescape(await answer.text())

    async def ask(self, typed: str, **choices: str) -> tuple[str, str]:
        """The address of the results and their page, as a browser without script gets them."""
        found = re.search(
            r'role="search".*?name="csrf" value="([^"]+)"', await self.page("/staff/queue"), re.S
        )
        assert found
        data = {"csrf": found[1], "q": typed, **choices}
        async with self._http.post(
            f"{self._hub.url}/staff/search", data=data, headers=SAME, allow_redirects=False
        ) as answer:
            assert answer.status == 303
            address = answer.headers["Location"]
        return address, await self.page(address)


def hits(page: str) -> int:
    return page.count("data-row")


async def case_of(hub: World, case_id: str) -> Case:
    found = await hub.hub.repositories.cases.get(case_id)
    assert found
    return found.value


async def test_words_inside_a_text_a_telephone_and_a_number_find_the_case(
    hub: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    case_id = await write(hub, 138000, "转人工，夜间噪声扰民，天天睡不着")
    await write(hub, 138001, "转人工，小区消防通道被堵")
    reference = (await case_of(hub, case_id)).reference
    spaced = f" {reference[:6]} {reference[6:]}"
    async with browser(hub.url) as http:
        await seat(hub, Role.HANDLER, http)
        searcher = Searcher(hub, http)
        addresses = []
        for typed in ("噪声", "13800138000", "8000", reference, spaced, "8000 扰民"):
            address, page = await searcher.ask(typed)
            addresses.append(address)
            assert hits(page) == 1, typed
            assert f"/staff/cases/{case_id}" in page
        _, page = await searcher.ask("噪声")
        assert "夜间<mark>噪声</mark>扰民" in page
        assert hits((await searcher.ask("人工"))[1]) == 2
        assert hits((await searcher.ask("人工", standing="over"))[1]) == 0
    written = "".join(repr(vars(record)) for record in caplog.get_records("call")) + "".join(addresses)
    assert addresses[0] != addresses[1]
    for word in ("噪声", "%E5%99%AA", "13800138000", reference):
        assert word not in written


async def test_what_is_typed_is_found_at_once_and_another_agent_cannot_read_the_address(hub: World) -> None:
    await write(hub, 1, "转人工，夜间噪声扰民")
    async with browser(hub.url) as one, browser(hub.url) as two:
        await seat(hub, Role.HANDLER, one)
        page = await Searcher(hub, one).page("/staff/search")
        token = re.search(r'name="csrf" content="([^"]+)"', page)
        assert token
        headers = {**SAME, **HTMX, "X-CSRF-Token": token[1]}
        async with one.post(f"{hub.url}/staff/search", data={"q": "噪声"}, headers=headers) as answer:
            part, address = await answer.text(), answer.headers["HX-Replace-Url"]
        assert (hits(part), "<html" in part) == (1, False)
        assert hits(await Searcher(hub, one).page(address)) == 1
        await seat(hub, Role.SUPERVISOR, two)
        foreign = await Searcher(hub, two).page(address)
        assert hits(foreign) == 0
        assert "噪声" not in foreign


async def test_a_report_is_found_by_inspectors_only_and_by_number_and_telephone_only(hub: World) -> None:
    case_id = await write(hub, 138007, "举报东城派出所民警李四收黑钱")
    case = await case_of(hub, case_id)
    assert case.is_restricted
    for role in (Role.HANDLER, Role.SUPERVISOR, Role.INSPECTOR):
        async with browser(hub.url) as http:
            await seat(hub, role, http)
            searcher = Searcher(hub, http)
            found = {
                typed: hits((await searcher.ask(typed))[1])
                for typed in (case.reference, "13800138007", "8007", "李四", "派出所", "黑钱")
            }
        seen = [1, 1, 0, 0, 0, 0] if role is Role.INSPECTOR else [0] * 6
        assert list(found.values()) == seen, role


async def test_every_empty_list_says_what_to_do(hub: World) -> None:
    async with browser(hub.url) as http:
        await seat(hub, Role.HANDLER, http)
        searcher = Searcher(hub, http)
        assert "输入编号、电话、姓名或文字" in await searcher.page("/staff/search")
        assert "请再多输入一些" in (await searcher.ask("刀"))[1]
        assert "没有找到工单" in (await searcher.ask("井盖"))[1]
        for odd in ("/staff/search/abc", "/staff/search/k.-_-", "/staff/search?page=x"):
            assert "输入编号、电话、姓名或文字" in await searcher.page(odd)
