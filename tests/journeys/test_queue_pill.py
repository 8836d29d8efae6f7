"""The pill of the queue counts by id what is new in the whole view, however long the list is."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from channels.address import phone
from channels.contract import ChannelKind, InboundMessage
from hub.model.agent import Agent, Role
from tests.world import World, browser

OLD = 3_600_000
PASSWORD = "correct horse 4711"
SAME = {"Sec-Fetch-Site": "same-origin"}


async def write(hub: World, number: int, text: str = "转人工，小区消防通道被堵", *, ago: int = 0) -> str:
    """A text that becomes a case; its id."""
    at = hub.hub.clock.now_ms() - ago
    outcome = await hub.hub.actions.accept_event(
        InboundMessage(
            channel="sms-12110",
            kind=ChannelKind.SMS,
            provider_id=f"SM{number} {text}",
            sender=phone(f"+8613800{number:06d}"),
            recipient="12110",
            text=text,
            received_at=at,
        )
    )
    return outcome.case_id


async def seat(hub: World, role: Role, http: aiohttp.ClientSession) -> Agent:
    """A staff member who has logged in."""
    agent = await hub.agent(role, password=PASSWORD)
    async with http.get(f"{hub.url}/staff/login") as page:
        found = re.search(r'name="csrf" value="([^"]+)"', await page.text())
    assert found
    data = {"csrf": found[1], "login": agent.login, "password": PASSWORD}
    async with http.post(f"{hub.url}/staff/login", data=data, allow_redirects=False, headers=SAME) as answer:
        assert answer.status == 303
    return agent


async def opened(hub: World, http: aiohttp.ClientSession, view: str = "all") -> str:
    """Loads the queue; the address its stream comes from."""
    async with http.get(f"{hub.url}/staff/queue?show={view}") as page:
        assert page.status == 200
        text = await page.text()
    found = re.search(r'data-feed="([^"]+)"', text)
    assert found
    rows = ",".join(re.findall(r'data-row data-case="([^"]+)"', text))
    return f"{hub.url}/staff/desk/events?{found[1].replace('&amp;', '&')}&rows={rows}"


@asynccontextmanager
async def pills(http: aiohttp.ClientSession, address: str) -> AsyncIterator[AsyncIterator[int]]:
    """What the pill says, one number an event; 0 without a pill."""
    async with http.get(address) as stream:
        assert stream.status == 200

        async def numbers() -> AsyncIterator[int]:
            async for line in stream.content:
                if line.startswith(b"data:") and (found := re.search("有 (\\d+) 条", line.decode())):
                    yield int(found[1])

        yield numbers()


async def test_with_more_than_a_page_of_open_cases_new_ones_are_counted(hub: World) -> None:
    for number in range(60):
        await write(hub, number, ago=OLD)
    async with browser(hub.url) as http:
        await seat(hub, Role.HANDLER, http)
        address = await opened(hub, http)
        # The first came before the stream was open; the second was received long before it is stored.
        await write(hub, 100)
        await write(hub, 101, ago=OLD)
        async with pills(http, address) as seen:
            await write(hub, 102)
            async for number in seen:
                if number == 3:
                    break
            await write(hub, 0, "还有一件事")  # joins a case that was there
            await write(hub, 103)
            assert await anext(seen) == 4


async def test_a_case_handed_over_is_new_in_my_view(hub: World) -> None:
    case_id = await write(hub, 1, ago=OLD)
    async with browser(hub.url) as http:
        agent = await seat(hub, Role.HANDLER, http)
        async with pills(http, await opened(hub, http, "mine")) as seen:
            view = await hub.hub.actions.read_cases.open(agent, case_id)
            await hub.hub.actions.assign_case(agent, case_id, agent.id, version=view.version)
            assert await anext(seen) == 1


async def test_a_report_raises_no_pill_outside_its_compartment(hub: World) -> None:
    async with browser(hub.url) as http:
        await seat(hub, Role.HANDLER, http)
        async with pills(http, await opened(hub, http)) as seen:
            await write(hub, 1, "举报东城派出所民警收黑钱")
            await write(hub, 2)
            assert await anext(seen) == 1


async def test_an_inspector_is_told_at_once_of_what_waits_to_be_screened(hub: World) -> None:
    case_id = await write(hub, 1, ago=OLD)
    handler = await hub.agent(Role.HANDLER)
    async with browser(hub.url) as http:
        await seat(hub, Role.INSPECTOR, http)
        async with pills(http, await opened(hub, http, "screening")) as seen:
            version = (await hub.hub.actions.read_cases.open(handler, case_id)).version
            await hub.hub.actions.suspect_case(handler, case_id, version=version)
            assert await anext(seen) == 1


async def test_a_page_that_another_process_made_counts_from_its_time(hub: World) -> None:
    await write(hub, 1, ago=OLD)
    async with browser(hub.url) as http:
        await seat(hub, Role.HANDLER, http)
        address = re.sub(r"place=[^&]+", "place=gone.1", await opened(hub, http))
        await write(hub, 2)
        async with pills(http, address) as seen:
            await write(hub, 3)
            async for number in seen:
                if number == 2:
                    break
