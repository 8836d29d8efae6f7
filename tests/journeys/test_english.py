"""Who asks in English is answered in English; who asks in Chinese never is."""

from __future__ import annotations

import re

import pytest

from channels.contract import ChannelKind
from hub.hub import Hub
from knowledge_base.entry import Entry
from tests.journeys.talking import Talker, queue
from tests.journeys.test_chat import open_chat
from tests.journeys.test_emergency_line import say
from tests.world import World

OURS = {"Sec-Fetch-Site": "same-origin"}
BOTH = pytest.mark.parametrize("kind", [ChannelKind.CHAT, ChannelKind.SMS])


def entry(hub: Hub, id_: str) -> Entry:
    return next(one for one in hub.knowledge.snapshot.entries if one.id == id_)


def offered(text: str) -> list[str]:
    return re.findall(r"^\d\. (.+)$", text, re.M)


@BOTH
async def test_an_english_question_is_answered_in_english(hub: World, kind: ChannelKind) -> None:
    lost = entry(hub.hub, "foreigner-lost-passport")
    answer = await Talker(hub, kind).say("I lost my passport")
    assert answer.startswith(lost.short_answer_en if kind is ChannelKind.SMS else lost.answer_en)
    assert await queue(hub) == []


@BOTH
async def test_a_chinese_question_to_the_same_entry_is_answered_in_chinese(
    hub: World, kind: ChannelKind
) -> None:
    lost = entry(hub.hub, "foreigner-lost-passport")
    answer = await Talker(hub, kind).say("外国人在中国丢了passport怎么办")
    assert not lost.answer_en.startswith(answer[:20])
    assert (await Talker(hub, kind, "2").say(lost.question))[:20] == (
        lost.short_answer if kind is ChannelKind.SMS else lost.answer.strip()
    )[:20]


@BOTH
async def test_a_number_that_answers_an_english_list_is_answered_in_english(
    hub: World, kind: ChannelKind
) -> None:
    citizen = Talker(hub, kind)
    listed = await citizen.say("visa renew")
    assert listed.startswith("Did you mean")
    names = offered(listed)
    first = next(
        one for one in hub.hub.knowledge.snapshot.entries if one.question_en.startswith(names[0][:20])
    )
    answer = await citizen.say("1")
    assert answer.startswith((first.short_answer_en if kind is ChannelKind.SMS else first.answer_en)[:40])


async def test_the_choices_of_the_chat_stand_in_the_language_of_the_question(hub: World) -> None:
    await open_chat(hub)
    page = await say(hub, "visa renew", **{"Accept-Language": "zh-CN"})
    chips = re.findall(r'name="text" value="([^"]+)"', page)
    assert chips[0] in {one.question_en for one in hub.hub.knowledge.snapshot.entries}


async def test_the_first_page_and_the_help_pages_answer_in_english(hub: World) -> None:
    lost = entry(hub.hub, "foreigner-lost-passport")
    first_line = lost.answer_en.splitlines()[0]
    asked = {"question": "I lost my passport"}
    async with hub.http.post(f"{hub.url}/ask", data=asked, headers=OURS) as answer:
        assert first_line in await answer.text()
    page = f"{hub.url}/help/entry/{lost.id}"
    async with hub.http.get(page, headers={"Accept-Language": "en"}) as answer:
        assert first_line in await answer.text()
    async with hub.http.get(page, headers={"Accept-Language": "zh-CN"}) as answer:
        assert first_line not in await answer.text()
