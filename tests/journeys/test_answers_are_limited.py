"""An address that brings nothing new is answered a few times and then no more; danger always is."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from channels.address import phone
from channels.contract import ChannelKind
from hub.actions.intake.limit_answers import NOTE
from hub.model.cases.history import HistoryKind
from tests.journeys.talking import Talker, queue
from tests.world import World

MINUTE = 60_000
EVERYWHERE = pytest.mark.parametrize("kind", [ChannelKind.CHAT, ChannelKind.SMS, ChannelKind.MAIL])


async def answers(citizen: Talker, texts: Sequence[str], *, every_ms: int = 1000, start: int = 0) -> int:
    """How many of them were answered."""
    said = [await citizen.say(text, after_ms=start + at * every_ms) for at, text in enumerate(texts)]
    return sum(bool(text) for text in said)


@EVERYWHERE
async def test_the_same_text_is_answered_three_times_in_ten_minutes_and_ten_times_a_day(
    hub: World, kind: ChannelKind
) -> None:
    citizen = Talker(hub, kind)
    text = "身份证丢了怎么补办"
    assert await answers(citizen, [text] * 8) == 3
    assert await answers(citizen, [text] * 5, start=11 * MINUTE) == 3
    assert await answers(citizen, [text] * 40, every_ms=10 * MINUTE, start=30 * MINUTE) == 4
    assert await queue(hub) == []


@EVERYWHERE
async def test_whatever_is_new_is_answered_at_once(hub: World, kind: ChannelKind) -> None:
    citizen = Talker(hub, kind)
    assert await answers(citizen, ["身份证丢了怎么补办"] * 8) == 3
    assert await citizen.say("12389是什么电话", after_ms=9000)


async def test_a_machine_that_writes_the_time_brings_nothing_new(hub: World) -> None:
    citizen = Talker(hub, ChannelKind.SMS)
    texts = [f"[自动回复]身份证丢了怎么补办呢请问一下你们 2026-11-30 12:{minute:02}" for minute in range(12)]
    assert await answers(citizen, texts) == 3


async def test_two_texts_in_turn_bring_nothing_new(hub: World) -> None:
    citizen = Talker(hub, ChannelKind.SMS)
    assert await answers(citizen, ["你好", "在吗"] * 6) == 4


async def test_the_handler_is_told_once_that_nothing_is_answered_any_more(hub: World) -> None:
    citizen = Talker(hub, ChannelKind.CHAT)
    assert await answers(citizen, ["转人工"] * 9) == 3
    [case] = await queue(hub)
    history = await hub.hub.repositories.cases.history(case.id)
    assert [entry.text for entry in history if entry.kind is HistoryKind.NOTED] == [NOTE]
    assert len(await citizen.messages()) == 9 + 3


async def test_danger_is_answered_every_time(hub: World) -> None:
    citizen = Talker(hub, ChannelKind.CHAT)
    assert await answers(citizen, ["转人工"] * 5) == 3
    assert "置顶" in await citizen.say("救命有人拿刀砍人", after_ms=6000)


@pytest.mark.parametrize("number", ["106901234567", "95588", "10086", "12110", "12110591", "12389"])
async def test_machines_and_our_own_numbers_get_nothing(hub: World, number: str) -> None:
    machine = Talker(hub, ChannelKind.SMS)
    machine.address = phone(number)
    assert await answers(machine, ["身份证丢了怎么补办", "你好", "楼下烧烤店每天深夜占道经营没有人管"]) == 0
    assert len(await queue(hub)) == 1  # what it says is kept


async def test_nobody_can_read_from_the_store_who_was_answered_or_what_he_wrote(hub: World) -> None:
    await answers(Talker(hub, ChannelKind.SMS), ["身份证丢了怎么补办"])
    [stored] = await hub.hub.documents.find("recent_answers", {}, limit=9)
    assert "身份证" not in repr(stored)
    assert "13800139001" not in repr(stored)
