"""Who has to do with a case hears of it: in the hub, above every page, and neutrally outside."""

from __future__ import annotations

import asyncio

import aiohttp

from channels.contract import ChannelKind
from hub.model.agent import Role
from hub.model.notification import NotificationKind as Kind
from tests.journeys.editor_at_work import sign_in
from tests.journeys.office import Office
from tests.journeys.talking import Talker
from tests.world import World

COUNT = "/staff/notifications/count"


async def test_a_handler_hears_of_what_they_were_given_and_of_the_citizens_words(hub: World) -> None:
    office, citizen = Office(hub), Talker(hub, ChannelKind.SMS)
    handler, head = await office.agent(Role.HANDLER), await office.agent(Role.SUPERVISOR)
    await citizen.say("请找人工，我要反映小区门口晚上货车违停没人管的事情，出不去")
    [row] = (await hub.hub.actions.read_queue.page(handler)).rows
    assign = hub.hub.actions.assign_case
    await assign(head, row.case.id, handler.id, version=row.version)
    await citizen.say("补充：车牌号记下来了")
    told = await hub.hub.actions.desk.read_notifications.newest(handler)
    assert {one.notification.kind for one in told} == {Kind.ASSIGNED, Kind.CITIZEN_REPLIED}
    assert await hub.hub.actions.desk.read_notifications.newest(head) == ()
    desk = await sign_in(hub, hub.http, Role.HANDLER, known=True)
    part = await desk.get(COUNT)
    assert 'data-unread="2"' in part
    assert "您有 2 件事需要处理" in part
    assert row.case.title not in part
    page = await desk.get("/staff/notifications")
    assert "指派给我" in page
    fields = {f"kind-{kind}": "yes" for kind in Kind if kind is not Kind.ASSIGNED}
    await desk.post("/staff/notifications/choices", **fields, quiet_from="00:00", quiet_until="23:59")
    page = await desk.get("/staff/notifications")
    assert 'value="23:59"' in page
    assert 'data-unread="1"' in await desk.get(COUNT)
    await desk.get(f"/staff/cases/{row.case.id}")
    assert "data-unread" not in await desk.get(COUNT)


async def test_an_open_page_is_told_when_to_look_at_its_bell(hub: World) -> None:
    office, citizen = Office(hub), Talker(hub, ChannelKind.SMS)
    handler, head = await office.agent(Role.HANDLER), await office.agent(Role.SUPERVISOR)
    await citizen.say("请找人工，我要反映小区门口晚上货车违停没人管的事情，出不去")
    [row] = (await hub.hub.actions.read_queue.page(handler)).rows
    await sign_in(hub, hub.http, Role.HANDLER, known=True)
    async with hub.http.get(f"{hub.url}/staff/desk/events") as stream:
        at_first = await _rung(stream)
        await hub.hub.actions.assign_case(head, row.case.id, handler.id, version=row.version)
        assert await _rung(stream) != at_first


async def _rung(stream: aiohttp.ClientResponse) -> bytes:
    """What the next word of the bell says."""
    async with asyncio.timeout(10):
        async for line in stream.content:
            if line == b"event: notifications\n":
                return await stream.content.readline()
    raise AssertionError("the stream ended")


async def test_of_a_report_nothing_is_said_outside_but_that_there_is_something(hub: World) -> None:
    office, citizen = Office(hub), Talker(hub, ChannelKind.SMS)
    inspector = await office.agent(Role.INSPECTOR)
    await citizen.say("我要举报派出所民警收受红包，有转账记录")
    [row] = (await hub.hub.actions.read_queue.page(inspector)).rows
    await hub.hub.actions.assign_case(inspector, row.case.id, inspector.id, version=row.version)
    await citizen.say("补充：还有照片可以提供给你们")
    desk = await sign_in(hub, hub.http, Role.INSPECTOR, known=True)
    part = await desk.get(COUNT)
    assert 'data-alert="新消息"' in part
