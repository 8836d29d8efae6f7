"""Citizens lose nothing they wrote: back, a change of the language, a lost cookie, a page that is too old."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import aiohttp
import pytest
from yarl import URL

from hub.web.pages.citizen import track_pass
from hub.web.pages.citizen.petition_draft import COOKIE, KEEP_SECONDS
from tests.journeys.test_alarms import MovedClock
from tests.journeys.test_petition import FORM, SAME_ORIGIN, pair
from tests.world import World, world


@pytest.fixture(scope="module")
async def hub(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with world(tmp_path_factory.mktemp("hub"), clock=MovedClock()) as running:
        yield running


@pytest.fixture
async def http(hub: World) -> AsyncIterator[aiohttp.ClientSession]:
    jar = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=URL(hub.url))
    async with aiohttp.ClientSession(base_url=hub.url, cookie_jar=jar, headers=SAME_ORIGIN) as browser:
        yield browser


async def seen(http: aiohttp.ClientSession, path: str) -> str:
    async with http.get(path) as page:
        return await page.text()


async def began(http: aiohttp.ClientSession, kind: str = "complaint") -> dict[str, str]:
    page = await seen(http, f"/petition/write?kind={kind}")
    found = re.search(r'name="submission_id" value="([0-9a-f]{32})"', page)
    assert found
    return {**FORM, "kind": kind, "submission_id": found[1]}


async def sent(http: aiohttp.ClientSession, path: str, form: dict[str, str]) -> tuple[int, str, str]:
    async with http.post(path, data=form) as answer:
        return answer.status, answer.url.path, await answer.text()


async def kept(hub: World) -> set[str]:
    """Ids of the drafts that are kept."""
    return {one.id async for one in hub.hub.documents.scan("held_forms")}


async def test_the_check_page_is_a_page_of_its_own_and_back_brings_everything(
    http: aiohttp.ClientSession,
) -> None:
    form = await began(http)
    status, path, check = await sent(http, "/petition/check", form)
    assert (status, path) == (200, "/petition/check")
    assert "货车违停" in check
    assert "货车违停" in await seen(http, "/petition/check")  # a reload asks nothing
    page = await seen(http, "/petition/write?kind=complaint")
    for field in ("title", "body", "place", "name"):
        assert FORM[field] in page
    assert form["submission_id"] in page
    other = await seen(http, "/petition/write?kind=help")
    assert FORM["title"] not in other


async def test_what_was_wrong_is_kept_too_and_what_was_sent_is_not(http: aiohttp.ClientSession) -> None:
    form = await began(http)
    status, _, _ = await sent(http, "/petition/check", {**form, "phone": "12"})
    assert status == 422
    assert FORM["body"] in await seen(http, "/petition/write?kind=complaint")
    await sent(http, "/petition/submit", form)
    assert FORM["body"] not in await seen(http, "/petition/write?kind=complaint")


async def test_who_clears_or_leaves_leaves_nothing(hub: World, http: aiohttp.ClientSession) -> None:
    before = await kept(hub)
    for path in ("/petition/clear", "/leave"):
        await sent(http, "/petition/check", await began(http))
        assert len(await kept(hub)) == len(before) + 1
        async with http.post(path, allow_redirects=False) as answer:
            assert any(COOKIE in one for one in answer.headers.getall("Set-Cookie"))
        assert FORM["body"] not in await seen(http, "/petition/write?kind=complaint")
        assert await kept(hub) == before


async def test_a_report_is_not_kept_before_it_is_sent(hub: World, http: aiohttp.ClientSession) -> None:
    before = await kept(hub)
    await sent(http, "/petition/check", await began(http))
    status, path, check = await sent(http, "/petition/check", await began(http, "report"))
    assert (status, path, FORM["body"] in check) == (200, "/petition/check", True)
    assert await kept(hub) == before  # and what was there before is gone
    for page in ("/petition/check", "/petition/write?kind=report"):
        assert FORM["body"] not in await seen(http, page)


async def test_it_is_kept_for_a_day_sealed_and_for_this_browser(
    hub: World, http: aiohttp.ClientSession
) -> None:
    before = await kept(hub)
    await sent(http, "/petition/check", await began(http))
    [stored] = [one async for one in hub.hub.documents.scan("held_forms") if one.id not in before]
    assert "违停" not in str(stored.body)
    token = next(one.value for one in http.cookie_jar if one.key == COOKIE)
    assert token not in f"{stored.id} {stored.body}"
    async with hub.http.get(f"{hub.url}/petition/write?kind=complaint") as page:
        assert FORM["body"] not in await page.text()
    clock = hub.hub.clock
    assert isinstance(clock, MovedClock)
    clock.advance(KEEP_SECONDS + 1)
    assert FORM["body"] not in await seen(http, "/petition/write?kind=complaint")


async def test_the_same_form_with_other_words_says_that_the_first_hold(http: aiohttp.ClientSession) -> None:
    form = await began(http)
    _, _, first = await sent(http, "/petition/submit", form)
    assert "已经提交过" not in first
    _, _, again = await sent(http, "/petition/submit", form)
    assert "已经提交过" not in again
    _, _, other = await sent(http, "/petition/submit", {**form, "body": FORM["body"] + "补充一句。"})
    assert "已经提交过" in other
    assert pair(other) == pair(first)


async def test_the_text_of_our_own_receipt_opens_the_case(http: aiohttp.ClientSession) -> None:
    _, _, done = await sent(http, "/petition/submit", await began(http))
    reference, code = pair(done)
    grouped = f"{reference[:4]} {reference[4:8]} {reference[8:12]} {reference[12:]}"
    for copied in (
        f"查询编号 {reference} 查询码 {code}",
        f"查询编号：{grouped}，查询码：{code[:4]} {code[4:]}",
    ):
        for where in ("reference", "code"):
            status, _, page = await sent(http, "/track", {"reference": "", "code": "", where: copied})
            assert (status, FORM["title"] in page or "已登记" in page) == (200, True)


async def test_what_was_written_on_a_page_that_is_too_old_is_sent_after_the_numbers(
    hub: World, http: aiohttp.ClientSession
) -> None:
    _, _, done = await sent(http, "/petition/submit", await began(http))
    reference, code = pair(done)
    status, _, old = await sent(
        http, "/track/supplement", {"pass": "too old", "text-supplement": "车牌号是闽A12345"}
    )
    assert status == 403
    assert "车牌号是闽A12345" in old
    kept = {"kept_event": "supplement", "kept_text": "车牌号是闽A12345"}
    _, _, wrong = await sent(http, "/track", {"reference": "1", "code": "", **kept})
    assert "车牌号是闽A12345" in wrong
    _, _, page = await sent(http, "/track", {"reference": reference, "code": code, **kept})
    assert re.search(r"<textarea[^>]*text-supplement[^>]*>\s*车牌号是闽A12345", page)
    assert track_pass.unseal("too old", hub.hub.vault, hub.hub.clock) is None


async def test_a_long_paste_is_refused_with_its_length_and_kept(http: aiohttp.ClientSession) -> None:
    page = await seen(http, "/chat")
    assert "maxlength" not in page  # a browser would cut it without a word
    text = "路" * 1001
    status, _, refused = await sent(http, "/chat/messages", {"text": text, "client_id": "client-1"})
    assert status == 422
    assert "您写了 1001 个" in refused
    assert text in refused


async def test_a_switch_of_language_and_a_lost_cookie_keep_what_was_typed(
    http: aiohttp.ClientSession,
) -> None:
    await seen(http, "/chat")
    status, _, page = await sent(http, "/chat?lang=en", {"text": "居住证要带什么", "client_id": "client-1"})
    assert (status, "居住证要带什么" in page, 'lang="en"' in page) == (200, True, True)
    http.cookie_jar.clear()
    data = {"text": "居住证要带什么", "client_id": "client-2"}
    async with http.post("/chat/messages", data=data, headers={"X-Fragment": "1"}) as answer:
        assert (answer.status, "Set-Cookie" in answer.headers) == (409, True)
    async with http.post("/chat/messages", data=data, headers={"X-Fragment": "1"}) as answer:
        assert answer.status == 200
        assert "居住证要带什么" in await answer.text()


async def test_an_ended_chat_is_gone_from_this_browser(http: aiohttp.ClientSession) -> None:
    await seen(http, "/chat")
    await sent(http, "/chat/messages", {"text": "身份证丢了怎么补办", "client_id": "client-3"})
    assert "身份证丢了怎么补办" in await seen(http, "/chat")
    _, _, page = await sent(http, "/chat/end", {})
    assert "对话已结束" in page
    assert "身份证丢了怎么补办" not in await seen(http, "/chat")
