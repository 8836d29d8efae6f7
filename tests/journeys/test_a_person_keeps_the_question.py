"""Whoever wants a person does not begin again, and who says nothing is asked what it is about."""

from __future__ import annotations

import re

import pytest

from channels.contract import ChannelKind
from hub.actions.cases.read_cases import CaseView
from hub.model.agent import Role
from tests.journeys.talking import Talker, queue
from tests.world import World

BOTH = pytest.mark.parametrize("kind", [ChannelKind.CHAT, ChannelKind.SMS])


async def opened(hub: World, role: Role = Role.HANDLER) -> CaseView:
    """The newest case as one of this role sees it."""
    case = (await queue(hub, role))[-1]
    found = await hub.hub.repositories.agents.by_login(role.value)
    assert found
    return await hub.hub.actions.read_cases.open(found.value, case.id)


@BOTH
@pytest.mark.parametrize("wish", ["转人工", "都不是"])
async def test_the_case_is_named_by_the_last_question_and_shows_what_was_said(
    hub: World, kind: ChannelKind, wish: str
) -> None:
    citizen = Talker(hub, kind)
    await citizen.say("你好")
    await citizen.say("身份证")
    await citizen.say("谢谢")
    await citizen.say(wish)
    view = await opened(hub)
    assert view.case.title == "身份证"
    own = [item.text for item in view.before if item.direction == "in"]
    assert own == ["你好", "身份证", "谢谢"]
    assert len(view.before) == 6
    assert [item.text for item in view.timeline if item.direction == "in" and item.public] == [wish]


async def test_a_wish_with_a_matter_in_it_names_itself(hub: World) -> None:
    citizen = Talker(hub, ChannelKind.CHAT)
    await citizen.say("身份证")
    await citizen.say("转人工，楼下烧烤店每天深夜占道经营没有人管")
    assert "烧烤店" in (await opened(hub)).case.title


async def test_only_what_was_said_since_the_last_case_is_shown(hub: World) -> None:
    citizen = Talker(hub, ChannelKind.CHAT)
    await citizen.say("身份证丢了怎么补办")
    await citizen.say("楼下烧烤店每天深夜占道经营没有人管")
    first = await opened(hub)
    assert [item.text for item in first.before if item.direction == "in"] == ["身份证丢了怎么补办"]
    found = await hub.hub.repositories.agents.by_login(Role.HANDLER.value)
    assert found
    await hub.hub.actions.close_case(found.value, first.case.id, "已处理", version=first.version)
    await citizen.say("12389是什么电话")
    await citizen.say("转人工")
    second = await opened(hub)
    assert [item.text for item in second.before if item.direction == "in"] == ["12389是什么电话"]
    assert second.case.title == "12389是什么电话"


async def test_the_number_of_a_report_is_not_told_to_ordinary_staff(hub: World) -> None:
    reporter = Talker(hub, ChannelKind.CHAT, "1")
    receipt = await reporter.say("我要举报东城派出所民警收黑钱")
    number = next(word for word in receipt.replace("，", " ").split() if "查询编号" in word)[4:]
    assert re.fullmatch(r"\d{14}", number)
    citizen = Talker(hub, ChannelKind.CHAT, "2")
    await citizen.say(number)
    await citizen.say(f"{number[:4]} {number[4:]} 12345678")
    await citizen.say("转人工")
    view = await opened(hub)
    assert not any(number in item.text.replace(" ", "") for item in (*view.before, *view.timeline))
    assert view.case.title == "转人工"


@pytest.mark.parametrize(
    "text",
    ["a", "谢谢", "<script>alert(1)</script>", "闽A12345", "。。。", "asdf", "13800138000", "' OR 1=1 --"],
)
async def test_what_says_nothing_makes_no_case_in_a_chat(hub: World, text: str) -> None:
    citizen = Talker(hub, ChannelKind.CHAT)
    assert await citizen.say(text)
    assert await queue(hub) == []
    assert "查询编号" in await citizen.say("楼下烧烤店每天深夜占道经营没有人管")


async def test_a_text_message_that_says_nothing_is_for_a_person(hub: World) -> None:
    await Talker(hub, ChannelKind.SMS).say("闽A12345")
    assert len(await queue(hub)) == 1
