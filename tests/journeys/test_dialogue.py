"""Talking with the hub: choices, values, small talk, abuse, threats, a person; by chat, text and mail."""

from __future__ import annotations

import asyncio
import re
import secrets
from dataclasses import replace
from pathlib import Path

import pytest

from channels.contract import ChannelKind
from channels.parts import count
from hub.model.agent import Role
from hub.model.track import Track
from hub.runtime.clock import FakeClock
from knowledge_base.entry import SlotAnswer
from tests.journeys.talking import Talker, queue, slotted, teach
from tests.world import World, world

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
BOTH = pytest.mark.parametrize("kind", [ChannelKind.CHAT, ChannelKind.SMS])


def offered(text: str) -> list[str]:
    return re.findall(r"^\d\. (.+)$", text, re.M)


@BOTH
async def test_an_unsure_question_offers_three_and_a_number_picks_one(hub: World, kind: ChannelKind) -> None:
    citizen = Talker(hub, kind)
    choices = offered(await citizen.say("身份证"))
    assert 2 <= len(choices) <= 3
    second = next(entry for entry in hub.hub.knowledge.snapshot.entries if entry.question == choices[1])
    answer = await citizen.say("第２个")
    assert answer[:20] == (second.brief() if kind is ChannelKind.SMS else second.answer.strip())[:20]
    assert "\n1." not in await citizen.say("谢谢")
    assert await queue(hub) == []


@BOTH
async def test_naming_a_choice_and_refusing_all_of_them(hub: World, kind: ChannelKind) -> None:
    citizen = Talker(hub, kind)
    choices = offered(await citizen.say("身份证"))
    assert "您是不是想问" not in await citizen.say(choices[0])
    await citizen.say("身份证")
    assert "查询编号" in await citizen.say("都不是")
    [case] = await queue(hub)
    assert case.track is Track.CONSULT


async def test_a_number_that_was_not_offered_is_asked_for_again_and_stays_open(hub: World) -> None:
    citizen = Talker(hub, ChannelKind.CHAT)
    choices = offered(await citizen.say("身份证"))
    again = await citizen.say("9")
    assert again.startswith("请回复下面其中一个数字")
    assert offered(again) == choices
    assert "您是不是想问" not in await citizen.say("1")
    assert await queue(hub) == []


@pytest.mark.parametrize(
    ("text", "having"), [("hello", "Hello"), ("human", "Handed to a person"), ("你好", "您好")]
)
async def test_a_short_word_is_answered_in_its_language(hub: World, text: str, having: str) -> None:
    assert having in await Talker(hub, ChannelKind.CHAT).say(text)


async def test_thanks_in_between_closes_nothing(hub: World) -> None:
    citizen = Talker(hub, ChannelKind.CHAT)
    await citizen.say("身份证")
    assert "不客气" in await citizen.say("谢谢")
    answer = await citizen.say("1")
    assert "直接写下" not in answer
    assert "您是不是想问" not in answer


async def test_danger_in_an_accusation_is_raised_without_its_words(hub: World) -> None:
    await Talker(hub, ChannelKind.SMS).say("救命 我要举报东城派出所民警在打我")
    [raised] = await queue(hub)
    assert (raised.track, raised.text) == (Track.EMERGENCY, "")
    assert [case.track for case in await queue(hub, Role.INSPECTOR)] == [Track.REPORT]


async def test_an_answer_too_long_for_a_text_message_ends_with_a_sentence(hub: World) -> None:
    entry = slotted()
    long = SlotAnswer("A1", "每年记分周期结束后三十日内提交。" * 40)
    endless = SlotAnswer("C1", "提" * 900)
    teach(hub, replace(entry, by_slot=(endless, long)))
    for text, end in (("A1", "提交。"), ("C1", "…")):
        reply = await Talker(hub, ChannelKind.SMS).say(f"{text}学员体检合格证明多久提交一次")
        assert reply.endswith(end)
        assert count(f"【测试公安】{reply}").parts == hub.hub.settings.knowledge.sms_parts


async def test_a_new_question_instead_of_a_number_is_answered(hub: World) -> None:
    citizen = Talker(hub, ChannelKind.CHAT)
    await citizen.say("身份证")
    assert "12389" in await citizen.say("12389是什么电话")


async def test_choices_belong_to_one_conversation_and_expire(tmp_path: Path) -> None:
    clock = FakeClock()
    async with world(tmp_path, clock=clock) as hub:
        first, second = Talker(hub, ChannelKind.CHAT, "1"), Talker(hub, ChannelKind.CHAT, "2")
        await first.say("身份证")
        assert "直接写下您的问题" in await second.say("1")
        late = hub.hub.settings.knowledge.choices_seconds * 1000
        assert "直接写下您的问题" in await first.say("1", after_ms=late)
        assert await queue(hub) == []


@BOTH
async def test_an_answer_that_depends_on_a_value_asks_back_once(hub: World, kind: ChannelKind) -> None:
    teach(hub, slotted())
    citizen = Talker(hub, kind)
    asked = await citizen.say("体检合格证明多久提交一次")
    assert asked.startswith("您是哪种准驾车型？")
    assert offered(asked) == ["C1", "A1"]
    assert (await citizen.say("2")).splitlines()[0] == "每年交一次。"
    answer = "六年。" if kind is ChannelKind.SMS else "每六年交一次。"
    assert await citizen.say("C1学员体检合格证明多久提交一次") == answer
    await citizen.say("体检合格证明多久提交一次")
    assert await citizen.say("不知道") == "看准驾车型，请查驾驶证副页。"
    assert await queue(hub) == []


@BOTH
async def test_a_person_is_to_be_had_inside_every_dialogue(hub: World, kind: ChannelKind) -> None:
    teach(hub, slotted())
    for number, opening in enumerate(("身份证", "体检合格证明多久提交一次", "你好", "他妈的", "退订"), 1):
        citizen = Talker(hub, kind, str(number))
        await citizen.say(opening)
        assert "查询编号" in await citizen.say("帮我轉人工！")
    assert len(await queue(hub)) >= 5


@BOTH
async def test_danger_inside_a_dialogue_is_flagged_and_a_chat_is_told_what_to_do(
    hub: World, kind: ChannelKind
) -> None:
    teach(hub, slotted())
    for number, opening in enumerate(("身份证", "体检合格证明多久提交一次"), 1):
        citizen = Talker(hub, kind, str(number))
        await citizen.say(opening)
        said = await citizen.say("1 救丨命 他们砍人了")
        assert "置顶" in said if kind is ChannelKind.CHAT else said == ""  # a telephone stays dark
    assert [case.track for case in await queue(hub)] == [Track.EMERGENCY] * 2


@BOTH
async def test_small_talk_is_one_line_back_and_never_a_case(hub: World, kind: ChannelKind) -> None:
    citizen = Talker(hub, kind)
    for text in ("你好", "在吗", "你是机器人吗？", "测试", "謝謝", "再见", "👍", "？？", "听不懂"):
        reply = await citizen.say(text)
        assert reply
        assert "\n" not in reply
        assert count(reply).parts <= 2
    assert await queue(hub) == []


async def test_a_silent_line_still_answers_a_greeting_but_offers_nothing(tmp_path: Path) -> None:
    async with world(tmp_path, auto_reply="answers") as hub:
        assert await Talker(hub, ChannelKind.SMS).say("你好")
        assert await Talker(hub, ChannelKind.SMS, "2").say("身份证") == ""
        assert len(await queue(hub)) == 1


async def test_abuse_gets_one_calm_line_and_the_matter_is_handled(hub: World) -> None:
    citizen = Talker(hub, ChannelKind.CHAT)
    reply = await citizen.say("他妈的身份证丢了怎么补办")
    assert reply.startswith("理解您的心情")
    assert "身份证" in reply
    assert await queue(hub) == []
    report = Talker(hub, ChannelKind.CHAT, "2")
    assert "查询编号" in await report.say("我要举报东城派出所那帮王八蛋民警收黑钱")
    assert [case.track for case in await queue(hub, Role.INSPECTOR)] == [Track.REPORT]
    assert "直接写下您的问题" in await Talker(hub, ChannelKind.CHAT, "3").say("SB！")
    assert await queue(hub) == []


async def test_a_threat_stands_at_the_top_with_its_flag(hub: World) -> None:
    await Talker(hub, ChannelKind.SMS, "1").say("楼下烧烤店每天深夜占道经营没有人管")
    await Talker(hub, ChannelKind.SMS, "2").say("再不给我办我就弄死你们窗口的人")
    top, below = await queue(hub)
    assert "threat" in top.flags
    assert top.urgent
    assert not below.urgent


async def test_whoever_asked_for_a_person_is_not_met_with_silence(hub: World) -> None:
    citizen = Talker(hub, ChannelKind.CHAT)
    assert "查询编号" in await citizen.say("转人工")
    assert len(offered(await citizen.say("身份证"))) >= 2
    [case] = await queue(hub)
    assert case.waiting
    assert case.chain.length == 2  # its handler sees what was asked meanwhile
    found = await hub.hub.repositories.agents.by_login(Role.HANDLER.value)
    stored = await hub.hub.repositories.cases.get(case.id)
    assert found
    assert stored
    handler = found.value
    await hub.hub.actions.assign_case(handler, case.id, handler.id, version=stored.version)
    assert await citizen.say("护照") == ""  # somebody is at it: nothing is thrown in


async def test_whoever_is_in_danger_is_offered_nothing(hub: World) -> None:
    citizen = Talker(hub, ChannelKind.CHAT)
    assert "110" in await citizen.say("救命，有人拿刀砍人")
    assert offered(await citizen.say("身份证")) == []


async def test_the_first_addition_to_a_new_case_is_acknowledged_and_no_other(hub: World) -> None:
    citizen = Talker(hub, ChannelKind.CHAT)
    assert "查询编号" in await citizen.say("我家门口的路灯坏了三天，晚上看不清路，老人摔了一跤")
    assert "已补充" in await citizen.say("是建设路十二号门口的那一盏，旁边还有一盏也快不亮了")
    assert await citizen.say("晚上七点以后完全是黑的，孩子们放学也走这里") == ""


async def test_thanks_beside_an_open_case_is_nobodys_work(hub: World) -> None:
    citizen = Talker(hub, ChannelKind.CHAT)
    await citizen.say("楼下烧烤店每天深夜占道经营没有人管")
    [before] = await queue(hub)
    assert "不客气" in await citizen.say("谢谢")
    assert await queue(hub) == [before]


async def test_a_reproach_beside_an_open_case_reaches_its_handler(hub: World) -> None:
    citizen = Talker(hub, ChannelKind.CHAT)
    assert "转人工" in await citizen.say("不对")
    await citizen.say("楼下烧烤店每天深夜占道经营没有人管")
    [before] = await queue(hub)
    assert await citizen.say("不对") == ""
    assert await queue(hub) != [before]


async def test_a_replayed_word_inside_a_dialogue_changes_nothing_twice(hub: World) -> None:
    citizen = Talker(hub, ChannelKind.SMS)
    await citizen.say("身份证", id="first")
    await citizen.say("1", id="second")
    before = await citizen.messages()
    copies = [
        citizen.say(text, id=id) for text, id in (("身份证", "first"), ("1", "second")) for _ in range(4)
    ]
    assert set(await asyncio.gather(*copies)) == {""}
    assert await citizen.messages() == before
    assert await queue(hub) == []


async def test_a_number_that_overtakes_its_question_changes_nothing(hub: World) -> None:
    citizen = Talker(hub, ChannelKind.SMS)
    await citizen.say("2", id="second")
    assert offered(await citizen.say("身份证", id="first"))
    assert await queue(hub) == []


async def test_a_text_message_keeps_within_its_parts_and_a_page_tells_all(hub: World) -> None:
    long = slotted("long")
    teach(hub, long)
    for entry in hub.hub.knowledge.snapshot.entries[:40]:
        texter, chatter = Talker(hub, ChannelKind.SMS, "7"), Talker(hub, ChannelKind.CHAT, "7")
        short, whole = await texter.say(entry.question), await chatter.say(entry.question)
        assert count(f"【测试公安】{short}").parts <= hub.hub.settings.knowledge.sms_parts
        assert "http" not in short
        assert len(whole) >= len(short) or not entry.short_answer
    mail = await Talker(hub, ChannelKind.MAIL).say("身份证丢了怎么补办")
    assert "来源：" in mail
    assert "https://hub.test/help/entry/id-card-lost" in mail


async def test_the_city_a_citizen_writes_to_is_remembered(hub: World) -> None:
    citizen = Talker(hub, ChannelKind.SMS)
    await citizen.say("你好", recipient="12110991")
    key = hub.hub.repositories.contacts.key(citizen.address)
    conversations = hub.hub.repositories.conversations
    found = await conversations.get(conversations.id_for("sms-12110", key))
    assert found is not None
    assert found.value.city == "东城"


@BOTH
async def test_a_megabyte_and_control_characters_are_only_a_message(hub: World, kind: ChannelKind) -> None:
    citizen = Talker(hub, kind)
    await citizen.say("身份证" * 350_000)
    assert len((await citizen.messages())[0].text) <= 20_000
    other = Talker(hub, kind, "2")
    assert "身份证" in await other.say("\x00\x1b\u202e身份证丢了\x07怎么补办\u200b")
    assert all("\x1b" not in message.text for message in await other.messages())


async def test_danger_at_the_end_of_an_endless_letter_is_seen(hub: World) -> None:
    await Talker(hub, ChannelKind.MAIL).say("楼下烧烤店占道经营。" * 100_000 + "救命")
    assert [case.track for case in await queue(hub)] == [Track.EMERGENCY]


async def test_what_is_open_stands_on_the_page_as_buttons(hub: World) -> None:
    teach(hub, slotted())
    await hub.http.get(f"{hub.url}/chat")

    async def say(text: str) -> str:
        posted = {"text": text, "client_id": secrets.token_hex(16)}
        async with hub.http.post(f"{hub.url}/chat/messages", data=posted, headers=SAME_ORIGIN) as answer:
            return await answer.text()

    chips = re.compile(r'class="chip" type="submit" name="text" value="([^"]+)"')
    assert chips.findall(await say("身份证"))[-1] == "都不是"
    values = chips.findall(await say("体检合格证明多久提交一次"))
    assert values == ["C1", "A1", "不清楚"]
    answered = await say(values[0])
    assert "每六年交一次。" in answered
    assert "C1" not in chips.findall(answered)
