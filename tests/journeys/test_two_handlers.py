"""Two people with the same case open: one takes it, nobody's words are lost, and each learns of the other."""

from __future__ import annotations

import asyncio
import json
import re

import aiohttp

from channels.contract import ChannelKind
from hub.model.agent import Role
from hub.model.cases.case import Case
from tests.journeys.editor_at_work import SAME_ORIGIN, Editor, sign_in
from tests.journeys.talking import Talker, queue
from tests.world import World, browser

MATTER = "楼下烧烤店每天深夜占道经营没有人管"


async def open_case(hub: World, *people: Editor) -> tuple[Case, dict[str, str]]:
    """The case and the hidden fields of its page, as both see it."""
    await Talker(hub, ChannelKind.SMS).say(MATTER)
    [case] = await queue(hub)
    pages = [await one.get(f"/staff/cases/{case.id}") for one in people]
    fields = {}
    for name in ("version", "seen"):
        found = {re.findall(rf'name="{name}" value="(\d+)"', page)[0] for page in pages}
        [fields[name]] = found
    return case, fields


async def id_of(hub: World, role: Role) -> str:
    found = await hub.hub.repositories.agents.by_login(role)
    assert found
    return found.value.id


async def test_of_two_who_take_a_case_at_once_one_has_it_and_the_other_learns_of_it(
    hub: World,
) -> None:
    async with browser(hub.url) as one, browser(hub.url) as two:
        li = await sign_in(hub, one, Role.HANDLER)
        chen = await sign_in(hub, two, Role.SUPERVISOR)
        case, fields = await open_case(hub, li, chen)
        path, takers = f"/staff/cases/{case.id}/assign", (li, chen)
        ids = [await id_of(hub, role) for role in (Role.HANDLER, Role.SUPERVISOR)]
        answers = await asyncio.gather(
            *(who.post(path, handler_id=id, **fields) for who, id in zip(takers, ids, strict=True))
        )
    assert sorted(status for status, _ in answers) == [200, 409]
    found = await hub.hub.repositories.cases.get(case.id)
    assert found
    won = [status for status, _ in answers].index(200)
    assert found.value.handler_id == ids[won]
    refused = answers[1 - won][1]
    conflict = refused[refused.index('class="banner banner-warning conflict"') :]
    name = ("测试handler", "测试supervisor")[won]
    assert re.search(rf"最近一条：{name}，\d+月\d+日 \d\d:\d\d", conflict)
    assert re.search(rf"{name}</strong><span>指派承办人：{name}", conflict)


async def test_a_stale_reply_is_refused_shown_beside_the_other_and_kept(hub: World) -> None:
    mine, theirs = "您好，已通知城管，明天到场处理。", "您好，已通知城管，今晚到场处理。"
    async with browser(hub.url) as one, browser(hub.url) as two:
        li = await sign_in(hub, one, Role.HANDLER)
        chen = await sign_in(hub, two, Role.SUPERVISOR)
        case, fields = await open_case(hub, li, chen)
        path = f"/staff/cases/{case.id}/reply"
        assert (await chen.post(path, text=theirs, **fields))[0] == 200
        status, page = await li.post(path, text=mine, **fields)
    assert status == 409
    conflict = page[page.index("conflict-sides") : page.index("</details>")]
    assert theirs in conflict
    assert "已通知城管，<ins>明天</ins>到场处理" in conflict
    assert re.search(rf'<textarea[^>]*id="f-reply"[^>]*>\n{mine}</textarea>', page)
    sent = [message.text for message in await hub.hub.repositories.conversations.of_case(case.id)]
    assert theirs in sent
    assert mine not in sent


async def test_before_anybody_writes_the_other_sees_who_is_there_and_who_has_begun(hub: World) -> None:
    async with browser(hub.url) as one, browser(hub.url) as two:
        li = await sign_in(hub, one, Role.HANDLER)
        chen = await sign_in(hub, two, Role.SUPERVISOR)
        case, fields = await open_case(hub, li, chen)
        events = f"/staff/desk/events?case={case.id}&version={fields['version']}"
        async with one.get(hub.url + events) as theirs, two.get(hub.url + events):
            assert "测试supervisor 正在查看" in await said(theirs, "supervisor")
            path = f"{hub.url}/staff/cases/{case.id}/presence"
            data = {"csrf": chen.csrf, "sign": "types"}
            async with two.post(path, data=data, headers=SAME_ORIGIN) as answer:
                assert answer.status == 204
            assert "测试supervisor 刚刚开始写答复" in await said(theirs, "写答复")


async def said(stream: aiohttp.ClientResponse, word: str) -> str:
    """What is said of the people at the case, as soon as the word stands in it."""
    async with asyncio.timeout(10):
        async for line in stream.content:
            text = line.decode()
            if text.startswith("data: {") and "head" in text and word in text:
                people = json.loads(text.removeprefix("data: "))
                return f"{people['head']} {people['lock']}"
    raise AssertionError("the stream ended")
