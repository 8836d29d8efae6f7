"""While a case is open: questions are answered, additions join, a new matter is a case of its own."""

from __future__ import annotations

import re

import pytest

from channels.contract import ChannelKind
from hub.model.agent import Role
from hub.model.cases.history import broken_link
from hub.model.track import Compartment, Track
from hub.runtime.errors import Invalid, NotFound
from tests.journeys.editor_at_work import sign_in
from tests.journeys.talking import Talker, queue
from tests.world import World, browser

BOTH = pytest.mark.parametrize("kind", [ChannelKind.CHAT, ChannelKind.SMS])
MATTER = "楼下烧烤店每天深夜占道经营没有人管"
OTHER = "小区健身器材断裂很久扎伤老年居民手臂"
REPORT = "我要举报东城派出所民警收黑钱"
SECOND = "我要投诉交警大队辅警在路口骂人"


async def reports(hub: World) -> int:
    return len(await queue(hub, Role.INSPECTOR))


@BOTH
async def test_a_question_beside_a_case_is_answered_and_its_handler_sees_it(
    hub: World, kind: ChannelKind
) -> None:
    citizen = Talker(hub, kind)
    await citizen.say(MATTER)
    assert "身份证" in await citizen.say("身份证丢了怎么补办")
    [case] = await queue(hub)
    assert (await citizen.messages())[2].case_id == case.id


async def test_a_question_is_answered_by_choices_even_when_somebody_has_the_case(hub: World) -> None:
    citizen = Talker(hub, ChannelKind.CHAT)
    await citizen.say(MATTER)
    [case] = await queue(hub)
    agent = await hub.hub.repositories.agents.by_login(Role.HANDLER.value)
    stored = await hub.hub.repositories.cases.get(case.id)
    assert agent
    assert stored
    await hub.hub.actions.assign_case(agent.value, case.id, agent.value.id, version=stored.version)
    assert "您是不是想问" in await citizen.say("身份证这个咋整")
    assert await citizen.say("护照") == ""


@BOTH
async def test_what_says_that_it_is_new_is_a_case_of_its_own(hub: World, kind: ChannelKind) -> None:
    citizen = Talker(hub, kind)
    await citizen.say(MATTER)
    assert "查询编号" in await citizen.say(f"还有一件事要反映，{OTHER}")
    assert {case.text for case in await queue(hub)} == {MATTER, f"还有一件事要反映，{OTHER}"}


@BOTH
@pytest.mark.parametrize("answer", ["是新的事情", "1"])
async def test_of_the_rest_the_citizen_is_asked_and_a_yes_opens_a_case(
    hub: World, kind: ChannelKind, answer: str
) -> None:
    citizen = Talker(hub, kind)
    await citizen.say(MATTER)
    assert "这是新的事情吗" in await citizen.say(OTHER)
    assert len(await queue(hub)) == 1
    assert "查询编号" in await citizen.say(answer)
    assert {case.text for case in await queue(hub)} == {MATTER, OTHER}


async def test_a_no_leaves_it_where_it_is_and_silence_loses_nothing(hub: World) -> None:
    citizen = Talker(hub, ChannelKind.CHAT)
    await citizen.say(MATTER)
    await citizen.say(OTHER)
    assert "已补充" in await citizen.say("是补充")
    [case] = await queue(hub)
    assert OTHER in [message.text for message in await citizen.messages() if message.case_id == case.id]


async def test_danger_instead_of_an_answer_is_danger(hub: World) -> None:
    citizen = Talker(hub, ChannelKind.CHAT)
    await citizen.say(MATTER)
    await citizen.say(OTHER)
    assert "置顶" in await citizen.say("救命有人砍人")


@BOTH
async def test_only_a_question_about_nobody_leaves_an_open_report(hub: World, kind: ChannelKind) -> None:
    citizen = Talker(hub, kind)
    await citizen.say(REPORT)
    [report] = await queue(hub, Role.INSPECTOR)
    assert "身份证" in await citizen.say("身份证丢了怎么补办")
    assert "12389" in await citizen.say("怎么举报民警违纪")
    await citizen.say("他车牌是闽A12345")
    await citizen.say("护照")
    await citizen.say("小区门口的路灯坏了好几天")
    said = {message.text: message.case_id for message in await citizen.messages()}
    assert said["身份证丢了怎么补办"] == ""
    joined = ("怎么举报民警违纪", "他车牌是闽A12345", "护照", "小区门口的路灯坏了好几天")
    assert {said[text] for text in joined} == {report.id}
    assert await queue(hub) == []
    assert await reports(hub) == 1


@pytest.mark.parametrize("second", [SECOND, "我要举报西城派出所辅警昨天晚上打了人"])
async def test_a_second_allegation_is_asked_about_in_a_chat(hub: World, second: str) -> None:
    citizen = Talker(hub, ChannelKind.CHAT)
    await citizen.say(REPORT)
    assert "另一件新的事情吗" in await citizen.say(second)
    assert await reports(hub) == 1
    assert "查询编号" in await citizen.say("是新的事情")
    assert {(case.track, case.text) for case in await queue(hub, Role.INSPECTOR)} == {
        (Track.REPORT, REPORT),
        (Track.REPORT, second),
    }
    assert await queue(hub) == []


@pytest.mark.parametrize("kind", [ChannelKind.SMS, ChannelKind.MAIL])
async def test_by_text_message_and_mail_a_second_allegation_joins(hub: World, kind: ChannelKind) -> None:
    citizen = Talker(hub, kind)
    await citizen.say(REPORT, id="first@a")
    assert "新的事情" not in await citizen.say(SECOND, thread=("first@a",))
    assert await reports(hub) == 1


async def test_an_inspector_makes_a_case_of_its_own_of_a_second_allegation(hub: World) -> None:
    citizen = Talker(hub, ChannelKind.SMS)
    await citizen.say(REPORT)
    await citizen.say(SECOND)
    [before] = await queue(hub, Role.INSPECTOR)
    async with browser(hub.url) as http:
        inspector = await sign_in(hub, http, Role.INSPECTOR, known=True)
        page = await inspector.get(f"/staff/cases/{before.id}")
        [message_id] = re.findall(r'name="message_id" value="([^"]+)"', page)
        version = re.findall(r'name="version" value="(\d+)"', page)[0]
        fields = {"message_id": message_id, "version": version}
        status, _ = await inspector.post(f"/staff/cases/{before.id}/split", **fields)
        assert status == 200
        status, _ = await inspector.post(f"/staff/cases/{before.id}/split", **fields)
        assert status == 409
    split = {case.text: case for case in await queue(hub, Role.INSPECTOR)}
    assert set(split) == {REPORT, SECOND}
    assert split[SECOND].compartment is Compartment.REPORT
    assert split[SECOND].linked_case_id == before.id
    assert split[SECOND].applicant == before.applicant
    said = {message.text: message.case_id for message in await citizen.messages()}
    assert said[SECOND] == split[SECOND].id
    for case in split.values():
        assert broken_link(await hub.hub.repositories.cases.history(case.id)) is None
    assert await queue(hub) == []


async def test_what_is_split_off_a_case_in_screening_waits_there_too(hub: World) -> None:
    citizen, actions, stores = Talker(hub, ChannelKind.SMS), hub.hub.actions, hub.hub.repositories
    await citizen.say(MATTER)
    await citizen.say("补充一下，旁边还有人夜里唱歌")
    [case] = await queue(hub)
    handler = await stores.agents.by_login(Role.HANDLER.value)
    stored = await stores.cases.get(case.id)
    assert handler
    assert stored
    await actions.suspect_case(handler.value, case.id, version=stored.version)
    assert await queue(hub) == []
    assert len(await queue(hub, Role.INSPECTOR)) == 1
    inspector = await stores.agents.by_login(Role.INSPECTOR.value)
    behind = await stores.cases.get(case.id)
    assert inspector
    assert behind
    [second] = [said for said in await stores.conversations.of_case(case.id) if said.text.startswith("补充")]
    await actions.split_case(inspector.value, case.id, second.id, version=behind.version)
    assert {(kept.compartment, kept.track) for kept in await queue(hub, Role.INSPECTOR)} == {
        (Compartment.SCREENING, Track.CONSULT)
    }
    assert len(await queue(hub, Role.INSPECTOR)) == 2
    assert await queue(hub) == []


async def test_an_ordinary_case_and_its_first_message_are_not_split(hub: World) -> None:
    await Talker(hub, ChannelKind.SMS, "1").say(REPORT, id="first")
    [report] = await queue(hub, Role.INSPECTOR)
    inspector = await hub.hub.repositories.agents.by_login(Role.INSPECTOR.value)
    stored = await hub.hub.repositories.cases.get(report.id)
    assert inspector
    assert stored
    [message] = await hub.hub.repositories.conversations.of_case(report.id, limit=1)
    with pytest.raises(Invalid):
        await hub.hub.actions.split_case(inspector.value, report.id, message.id, version=stored.version)
    await Talker(hub, ChannelKind.SMS, "2").say(MATTER)
    [case] = await queue(hub)
    with pytest.raises(NotFound):
        await hub.hub.actions.split_case(inspector.value, case.id, message.id, version=1)
