"""A conversation that does not forget: what is asked after an answer is about it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from channels.contract import ChannelKind
from channels.loopback.script import Press, Utter
from channels.parts import count
from knowledge_base.entry import Aspect
from tests.journeys.talking import Talker, queue, slotted, teach
from tests.world import World, world

BOTH = pytest.mark.parametrize("kind", [ChannelKind.CHAT, ChannelKind.SMS])


@pytest.fixture
async def calling(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path, speech=True) as running:
        yield running


PERMIT = replace(
    slotted("permit"),
    question="无人机飞行许可怎么申请？",
    variants=("无人机飞行怎么报批",),
    answer="向公安机关申请飞行许可，提交申请表和操控员证书。",
    slot="",
    by_slot=(),
    service="无人机飞行许可",
    aspect=Aspect.HOW,
)
PERMIT_FEE = replace(
    PERMIT,
    id="permit-fee",
    question="无人机飞行许可收费吗？",
    variants=("申请飞行许可的费用",),
    answer="申请飞行许可不收取费用。",
    aspect=Aspect.FEE,
)


@BOTH
@pytest.mark.parametrize(
    ("text", "having"),
    [("要带什么材料", "操控员证书"), ("多少钱", "不收取"), ("那收费吗", "不收取"), ("去哪里办", "公安机关")],
)
async def test_what_is_asked_next_is_about_the_entry_shown_last(
    hub: World, kind: ChannelKind, text: str, having: str
) -> None:
    teach(hub, PERMIT, PERMIT_FEE)
    citizen = Talker(hub, kind)
    assert "操控员证书" in await citizen.say(PERMIT.question)
    assert "不客气" in await citizen.say("谢谢")
    assert having in await citizen.say(text)
    assert await queue(hub) == []


async def test_what_was_shown_long_ago_or_to_somebody_else_is_not_meant(hub: World) -> None:
    teach(hub, PERMIT)
    first, second = Talker(hub, ChannelKind.CHAT, "1"), Talker(hub, ChannelKind.CHAT, "2")
    await first.say(PERMIT.question)
    assert "操控员证书" not in await second.say("要带什么材料")
    late = hub.hub.settings.knowledge.choices_seconds * 1000 + 1000
    assert "操控员证书" not in await first.say("要带什么材料", after_ms=late)


@BOTH
async def test_another_value_of_a_slot_needs_no_second_question(hub: World, kind: ChannelKind) -> None:
    teach(hub, slotted())
    citizen = Talker(hub, kind)
    assert "六年" in await citizen.say("C1学员体检合格证明多久提交一次")
    assert "每年交一次" in await citizen.say("那A1呢")
    assert "六年" in await citizen.say("C1")


async def test_for_another_person_the_same_question_is_asked(hub: World) -> None:
    citizen = Talker(hub, ChannelKind.CHAT)
    assert "身份证" in await citizen.say("身份证丢了怎么补办")
    said = await citizen.say("那我孩子呢")
    assert "身份证" in said
    assert await queue(hub) == []


async def test_danger_after_an_answer_is_danger(hub: World) -> None:
    citizen = Talker(hub, ChannelKind.CHAT)
    await citizen.say("身份证丢了怎么补办")
    assert "置顶" in await citizen.say("多久 救命有人砍人")


@BOTH
async def test_several_questions_in_one_text_are_answered_one_by_one(hub: World, kind: ChannelKind) -> None:
    teach(hub, PERMIT, PERMIT_FEE)
    said = await Talker(hub, kind).say("身份证丢了怎么补办？无人机飞行许可怎么申请？收费吗？")
    assert "1. " in said
    assert "身份证" in said
    assert "2. " in said
    assert "3. " in said
    assert "不收取" in said
    assert await queue(hub) == []
    if kind is ChannelKind.SMS:
        assert count(f"【测试公安】{said}").parts <= hub.hub.settings.knowledge.sms_parts + 2


async def test_a_question_without_an_answer_is_named(hub: World) -> None:
    teach(hub, PERMIT)
    said = await Talker(hub, ChannelKind.CHAT).say(
        "身份证丢了怎么补办？无人机飞行许可怎么申请？噜噜噜咕咕怎么哩哩？"
    )
    assert "没有找到确切答案的：噜噜噜咕咕怎么哩哩" in said


async def test_a_caller_asks_on_about_what_was_read_to_him(calling: World) -> None:
    teach(calling, PERMIT, PERMIT_FEE)
    script = (Press("3"), Utter("无人机飞行许可怎么申请"), Press("1"), Utter("多少钱"))
    result = await calling.carrier.place_call("12123", list(script))
    assert any("不收取费用" in heard for heard in result.heard)
