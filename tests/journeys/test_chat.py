"""A citizen chats: answers come over the stream, a reconnect neither loses nor doubles a message."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from hub.model.agent import Role
from tests.journeys.editor_at_work import sign_in
from tests.journeys.talking import queue
from tests.world import World, browser

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


class Stream:
    """Reads server-sent events as (id, data)."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def next(self) -> tuple[int, str]:
        """The next event with an id; comments and pings are passed over."""
        seen, data = 0, []
        async with asyncio.timeout(15):
            async for raw in self._response.content:
                line = raw.decode().rstrip("\n")
                if line.startswith("id:"):
                    seen = int(line[3:])
                elif line.startswith("data:"):
                    data.append(line[5:].strip())
                elif not line and seen and data:
                    return seen, "\n".join(data)
                elif not line:
                    data = []
        raise AssertionError("the stream ended")

    async def named(self, name: str) -> str:
        """The data of the next event of this name, as it is written on the wire."""
        async with asyncio.timeout(15):
            async for raw in self._response.content:
                if raw.decode().strip() == f"event: {name}":
                    data = (await self._response.content.readline()).decode()
                    return str(json.loads(data.removeprefix("data:")))
        raise AssertionError("the stream ended")


@asynccontextmanager
async def stream(hub: World, *, after: int | None = None) -> AsyncIterator[Stream]:
    headers = {"Accept": "text/event-stream"}
    if after is not None:
        headers["Last-Event-ID"] = str(after)
    async with hub.http.get(f"{hub.url}/chat/events", headers=headers) as response:
        assert response.status == 200
        yield Stream(response)


async def say(hub: World, text: str, client_id: str) -> int:
    async with hub.http.post(
        f"{hub.url}/chat/messages",
        data={"text": text, "client_id": client_id},
        headers=SAME_ORIGIN,
        allow_redirects=False,
    ) as answer:
        return answer.status


async def open_chat(hub: World) -> None:
    """The first page gives the browser its cookie."""
    async with hub.http.get(f"{hub.url}/chat") as page:
        assert page.status == 200
        assert 'role="log"' in await page.text()


async def said(hub: World) -> list[str]:
    async with hub.http.get(f"{hub.url}/chat") as page:
        return re.findall(r'data-seq="(\d+)"', await page.text())


async def test_answers_arrive_on_the_stream_and_a_reconnect_gets_exactly_the_rest(hub: World) -> None:
    await open_chat(hub)
    assert await say(hub, "身份证丢了怎么补办", "a" * 32) < 400
    async with stream(hub) as first:
        own = await first.next()
        answer = await first.next()
    assert (own[0], answer[0]) == (1, 2)
    assert "身份证" in answer[1]
    assert await say(hub, "楼下烧烤店每天深夜占道经营没有人管", "b" * 32) < 400
    async with stream(hub, after=2) as second:
        rest = [await second.next(), await second.next()]
    assert [seq for seq, _ in rest] == [3, 4]
    assert re.search(r"\d{14}", rest[1][1])


async def test_a_message_posted_twice_is_said_once(hub: World) -> None:
    await open_chat(hub)
    await say(hub, "楼下烧烤店每天深夜占道经营没有人管", "c" * 32)
    await say(hub, "楼下烧烤店每天深夜占道经营没有人管", "c" * 32)
    async with stream(hub) as events:
        seqs = [(await events.next())[0], (await events.next())[0]]
    assert seqs == [1, 2]
    handler = await hub.agent(Role.HANDLER)
    assert len((await hub.hub.actions.read_queue.page(handler)).rows) == 1


async def test_a_handlers_answer_appears_in_the_open_page(hub: World) -> None:
    await open_chat(hub)
    await say(hub, "转人工", "d" * 32)
    handler = await hub.agent(Role.HANDLER)
    [row] = (await hub.hub.actions.read_queue.page(handler)).rows
    async with stream(hub, after=2) as events:
        await hub.hub.actions.replies.reply(handler, row.case.id, "您好，请说。", version=row.version)
        seq, html = await events.next()
    assert seq == 3
    assert "您好，请说。" in html


async def test_danger_in_the_chat_is_flagged_and_the_page_says_how_to_get_help(hub: World) -> None:
    await open_chat(hub)
    await say(hub, "救命 有人在砸门", "e" * 32)
    handler = await hub.agent(Role.HANDLER)
    [row] = (await hub.hub.actions.read_queue.page(handler)).rows
    assert row.case.urgent
    async with stream(hub, after=1) as events:
        _, html = await events.next()
    assert "110" in html


async def test_the_stream_ends_when_the_server_stops(hub: World) -> None:
    await open_chat(hub)
    await say(hub, "你好", "f" * 32)
    async with hub.http.get(f"{hub.url}/chat/events") as response:
        await response.content.readany()
        hub.hub.bell.close()
        async with asyncio.timeout(5):
            while not response.content.at_eof():
                await response.content.readany()
    assert response.content.at_eof()


async def states(hub: World) -> list[str]:
    """What the page says became of each own message."""
    async with hub.http.get(f"{hub.url}/chat") as page:
        return re.findall(r"data-state>([^<]+)<", await page.text())


async def test_every_message_says_whether_it_was_received_read_by_a_person_and_answered(hub: World) -> None:
    await open_chat(hub)
    await say(hub, "身份证丢了怎么补办", "1" * 32)
    await say(hub, "楼下烧烤店每天深夜占道经营没有人管", "2" * 32)
    assert await states(hub) == ["已答复", "已收到"]
    async with browser(hub.url) as http:
        editor = await sign_in(hub, http, Role.HANDLER)
        [row] = await queue(hub)
        async with stream(hub, after=4) as events:
            assert "已收到" in await events.named("states")
            await editor.get(f"/staff/cases/{row.id}")
            assert "工作人员已看" in await events.named("states")
        assert await states(hub) == ["已答复", "工作人员已看"]
        await say(hub, "是建设路十二号门口的那一家", "3" * 32)
        assert await states(hub) == ["已答复", "工作人员已看", "已收到"]
        found = await hub.hub.repositories.cases.get(row.id)
        handler = await hub.hub.repositories.agents.by_login(Role.HANDLER.value)
        assert found
        assert handler
        await hub.hub.actions.replies.reply(handler.value, row.id, "已派人查看。", version=found.version)
    assert await states(hub) == ["已答复"] * 3


async def test_to_look_at_a_case_changes_nothing_in_it(hub: World) -> None:
    await open_chat(hub)
    await say(hub, "楼下烧烤店每天深夜占道经营没有人管", "4" * 32)
    [case] = await queue(hub)
    before = await hub.hub.repositories.cases.get(case.id)
    async with browser(hub.url) as http:
        editor = await sign_in(hub, http, Role.SUPERVISOR)
        await editor.get(f"/staff/cases/{case.id}")
    assert await hub.hub.repositories.cases.get(case.id) == before
