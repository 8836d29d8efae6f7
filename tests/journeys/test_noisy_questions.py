"""Questions as people write and say them, over the shipped entries: slips, fillers, traditional characters,
homophones. Each is followed to its end, through the choices where there are some, as a citizen would."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from channels.contract import ChannelKind
from channels.loopback.script import Press, Utter
from hub.actions.dialogue.aloud import aloud
from knowledge_base.entry import Entry
from tests.journeys.talking import Talker, queue
from tests.world import World, eventually, world

NOISY = {
    "身份證丟了怎麼補辦": "id-card-lost",
    "嗯那个请问一下身份证不见了怎么补": "id-card-lost",
    "身份正丢了怎么补办": "id-card-lost",
    "身分证丢了咋办": "id-card-lost",
    "額請問駕照快過期怎麼換啊": "licence-expired",
    "驾驶正到期怎么换": "licence-expired",
    "额我想问下驾照扣满十二分怎么办啊": "licence-12-points",
    "護照怎麼辦理": "passport-first",
    "戶口簿丟了怎麼辦": "household-book-lost",
    "新生儿怎么上户口呀": "birth-registration",
    "刚生的宝宝怎么上护口": "birth-registration",
    "楼上半夜太吵找谁": "noise",
    "车子年检怎么搞": "inspection",
    "无犯罪记录正明怎么凯": "no-crime-record",
    "12389是什么店话": "12389-scope",
}


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path, speech=True) as running:
        yield running


def expected(hub: World, id_: str) -> Entry:
    return next(entry for entry in hub.hub.knowledge.snapshot.entries if entry.id == id_)


@pytest.mark.parametrize("kind", [ChannelKind.CHAT, ChannelKind.SMS])
async def test_a_noisy_question_finds_its_answer_in_writing(hub: World, kind: ChannelKind) -> None:
    for number, (question, id_) in enumerate(NOISY.items(), 1):
        citizen, entry = Talker(hub, kind, str(number)), expected(hub, id_)
        reply = await citizen.say(question)
        offered = re.findall(r"^(\d)\. (.+)$", reply, re.M)
        if reply.startswith("您是不是想问"):
            [choice] = [number for number, name in offered if name.rstrip("…") in entry.question]
            reply = await citizen.say(f"第{choice}个")
        if reply.startswith("您是"):  # the answer depends on a value nobody knows
            reply = await citizen.say("不清楚")
        answer = entry.brief() if kind is ChannelKind.SMS else entry.answer
        assert reply[:12] in answer, question
    assert await queue(hub) == []


async def test_a_noisy_question_finds_its_answer_on_the_telephone(hub: World) -> None:
    for question, id_ in NOISY.items():
        entry = expected(hub, id_)
        first = await hub.carrier.place_call("12123", [Press("3"), Utter(question)])
        heard = first
        offered = re.findall(r"([^。：]+)，请按(\d)。", first.transcript.partition("您是不是想问：")[2])
        for name, key in offered:
            if name == aloud(entry.question).rstrip("？"):
                heard = await hub.carrier.place_call("12123", [Press("3"), Utter(question), Press(key)])
        assert aloud(entry.spoken_answer or entry.brief()) in heard.heard, question
    assert await queue(hub) == []


@pytest.mark.parametrize(
    ("misheard", "id_"),
    [
        ("森份证不见了去那儿重新办一张", "id-card-lost"),
        ("驾驶正道期怎么幻", "licence-expired"),
        ("互口苯丢了咋办", "household-book-lost"),
        ("有没有围章在哪理查", "offence-query"),  # found only when looked up as speech
    ],
)
async def test_what_was_misheard_is_understood_on_the_telephone(hub: World, misheard: str, id_: str) -> None:
    heard = await hub.carrier.place_call("12123", [Press("3"), Utter(misheard), Press("1")])
    entry = expected(hub, id_)
    assert (
        aloud(entry.question).rstrip("？") in heard.transcript
        or aloud(entry.spoken_answer or entry.brief()) in heard.heard
    )


async def test_the_dialogue_by_text_over_the_carrier_with_every_webhook_three_times(hub: World) -> None:
    citizen = "+8613800139777"

    async def texts(count: int) -> list[str]:
        async def look() -> list[str]:
            found = [m.text for m in hub.carrier.journal.messages if m.recipient == citizen]
            return found if len(found) >= count else []

        return await eventually(look)

    said = ["身份证", "②", "谢谢！", "楼下烧烤店每天深夜占道经营没有人管", "在嗎"]
    for number, text in enumerate(said, 1):
        delivered = await hub.carrier.send_text(citizen, "12110", text, copies=3)
        assert {answer.status for answer in delivered.answers} == {200}
        assert len(await texts(number)) == number
    late = await asyncio.gather(
        *(hub.carrier.send_text(citizen, "12110", "转人工", sid="SM" + "7" * 32) for _ in range(4))
    )
    assert {answer.status for one in late for answer in one.answers} == {200}
    assert "已在人工办理中" in (await texts(len(said) + 1))[-1]
    assert len(await queue(hub)) == 1
    await hub.carrier.settled()
    assert len(await texts(1)) == len(said) + 1


async def test_a_mail_that_answers_above_the_quotation_picks(hub: World) -> None:
    citizen = Talker(hub, ChannelKind.MAIL)
    offered = await citizen.say("身份证", id="<a@example.com>")
    quoted = "\n".join(f"> {line}" for line in offered.splitlines())
    reply = await citizen.say(
        f"1\n\n在 2026年11月22日，中心 写道：\n{quoted}", id="<b@x>", thread=("<a@example.com>",)
    )
    assert "来源" in reply or "以当地窗口" in reply
    assert await queue(hub) == []
