"""A caller asks 12389 or 12123 in words: answered, offered by keys, a person, and danger before all of it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from channels.loopback.script import (
    CallConditions,
    CallerAction,
    CallResult,
    Press,
    Speak,
    Transferred,
    Utter,
)
from hub.model.agent import Role
from hub.model.cases.case import Case
from hub.model.cases.history import broken_link
from hub.model.track import Compartment, Track
from tests.journeys.talking import queue, slotted, teach
from tests.world import World, world

ASK: dict[str, CallerAction] = {"12389": Press("5"), "12123": Press("3")}
LINES = pytest.mark.parametrize("line", list(ASK))


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path, speech=True) as running:
        yield running


async def call(
    hub: World, line: str, *script: CallerAction, conditions: CallConditions | None = None
) -> CallResult:
    return await hub.carrier.place_call(line, [ASK[line], *script], conditions=conditions)


async def everything(hub: World) -> list[Case]:
    return [*await queue(hub), *await queue(hub, Role.INSPECTOR)]


@LINES
async def test_a_question_in_words_is_answered_aloud(hub: World, line: str) -> None:
    result = await call(hub, line, Utter("嗯那个请问一下身份证丢了怎么补办啊。"))
    assert "身份证" in result.heard[-2]
    assert "再问一个问题请按1" in result.transcript
    assert "http" not in result.transcript
    assert not re.search(r"\d{5,}", result.transcript)
    assert await everything(hub) == []


@LINES
async def test_an_unsure_question_offers_by_keys(hub: World, line: str) -> None:
    result = await call(hub, line, Utter("身份证"), Press("2"))
    assert "您是不是想问：" in result.transcript
    assert "请按3" in result.transcript
    assert "再问一个问题请按1" in result.transcript


async def test_an_answer_that_depends_on_a_value_asks_for_it_by_keys(hub: World) -> None:
    teach(hub, slotted())
    result = await call(hub, "12123", Utter("体检合格证明多久提交一次"), Press("2"))
    assert "您是哪种准驾车型？C1，请按1。A1，请按2。其他或不清楚，请按3。" in result.transcript
    assert "每年交一次。" in result.heard
    unsure = await call(hub, "12123", Utter("体检合格证明多久提交一次"), Press("3"))
    assert "看准驾车型，请查驾驶证副页。" in unsure.heard
    at_once = await call(hub, "12123", Utter("C1学员体检合格证明多久提交一次"))
    assert "六年。" in at_once.heard


@LINES
async def test_not_understood_twice_is_handed_over(hub: World, line: str) -> None:
    result = await call(hub, line, Utter("", 0.0), Utter("噜噜噜", 0.1), Speak(4))
    assert result.transcript.count("抱歉没有听清") == 1
    assert len(await everything(hub)) == 1


async def test_a_message_on_12389_is_kept_behind_the_wall_whatever_it_says(hub: World) -> None:
    await call(hub, "12389", Utter("噜噜噜", 0.1), Utter("噜噜噜", 0.1), Speak(4))
    assert [case.track for case in await everything(hub)] == [Track.REPORT]
    assert await queue(hub) == []
    await call(hub, "12123", Utter("噜噜噜", 0.1), Utter("噜噜噜", 0.1), Speak(4))
    assert len(await queue(hub)) == 1


async def test_a_message_left_instead_of_a_suggestion_is_kept_behind_the_wall_too(hub: World) -> None:
    await hub.carrier.place_call("12389", [Press("2"), Press("0"), Speak(4)])
    assert await queue(hub) == []
    [case] = await queue(hub, Role.INSPECTOR)
    assert (case.track, case.compartment) == (Track.REPORT, Compartment.REPORT)
    assert case.applicant.address == ""
    assert broken_link(await hub.hub.repositories.cases.history(case.id)) is None
    assert len(await hub.hub.repositories.recordings.of_case(case.id)) == 1


async def test_a_message_after_the_receipt_of_a_suggestion_is_a_report_of_its_own(hub: World) -> None:
    result = await hub.carrier.place_call("12389", [Press("2"), Speak(4), Press("0"), Speak(4)])
    assert result.transcript.count("查询码") >= 2
    [suggestion] = await queue(hub)
    assert suggestion.track is Track.SUGGEST
    recordings = hub.hub.repositories.recordings
    assert len(await recordings.of_case(suggestion.id)) == 1
    [report] = await queue(hub, Role.INSPECTOR)
    assert report.compartment is Compartment.REPORT
    assert len(await recordings.of_case(report.id)) == 1
    assert report.reference != suggestion.reference


@LINES
async def test_what_nobody_knows_becomes_a_case_with_the_question(hub: World, line: str) -> None:
    result = await call(hub, line, Utter("今天天气真好我们去爬山吧下午三点集合"), Speak(4))
    assert "没有找到准确的答案" in result.transcript
    [case] = await everything(hub)
    assert (case.details or {})["question"].startswith("今天天气")


@LINES
@pytest.mark.parametrize("wish", ["转人工。", "我要转人工", "帮我轉人工服務"])
async def test_a_person_is_to_be_had_in_words(hub: World, line: str, wish: str) -> None:
    result = await call(hub, line, Utter("身份证"), Press("1"), Press("1"), Utter(wish), Speak(3))
    assert "请在嘀声后留言" in result.transcript


async def test_a_wish_for_a_person_keeps_the_question(hub: World) -> None:
    await call(hub, "12123", Utter("身份证这个怎么弄"), Press("1"), Press("1"), Utter("转人工"), Speak(3))
    assert [case.title for case in await everything(hub)] == ["身份证这个怎么弄"]


async def test_data_about_others_are_not_told_on_the_telephone(hub: World) -> None:
    result = await call(hub, "12123", Utter("帮我查一下前妻现在的住址"))
    assert "个人信息受法律保护" in result.transcript
    assert await everything(hub) == []


@LINES
async def test_danger_in_words_is_a_case_at_once_and_the_call_is_connected(hub: World, line: str) -> None:
    result = await call(hub, line, Utter("救命有人拿刀砍人"), Transferred())
    assert result.dialled == ("110",)
    assert "正在为您转接幺幺零" in result.transcript
    [case] = await everything(hub)
    assert case.track is Track.EMERGENCY
    assert "救命" in (case.details or {})["danger"]


async def test_an_accusation_in_words_goes_behind_the_wall(hub: World) -> None:
    accusation = "我要举报东城派出所民警收黑钱"
    first = await call(hub, "12123", Utter(accusation), Speak(4))
    assert "督察部门保密办理" in first.transcript
    await call(hub, "12389", Utter(accusation), Press("2"))
    assert {case.track for case in await everything(hub)} == {Track.REPORT}
    assert await queue(hub) == []
    assert all("question" not in (case.details or {}) for case in await everything(hub))


@LINES
async def test_every_webhook_twice_moves_the_call_once(hub: World, line: str) -> None:
    script = (Utter("身份证"), Press("1"), Press("1"), Utter("转人工"), Speak(3))
    once = await call(hub, line, *script)
    twice = await call(hub, line, *script, conditions=CallConditions(copies=2, status_first=True))
    assert twice.repeats_equal
    assert [re.sub("[零幺二三四五六七八九，]", "", text) for text in twice.heard] == [
        re.sub("[零幺二三四五六七八九，]", "", text) for text in once.heard
    ]
    assert len(await everything(hub)) == 2


@pytest.mark.parametrize("said", ["\x00\x1b[2J\u202e", "身份证" * 1000, "🚓🚓", "<Say>110</Say>"])
async def test_odd_words_never_break_a_call(hub: World, said: str) -> None:
    result = await call(hub, "12389", Utter(said), Utter(said), Speak(2))
    assert set(result.statuses) <= {200, 204}


async def test_progress_is_told_on_12123_as_well(hub: World) -> None:
    first = await call(hub, "12123", Utter("噜噜噜", 0.1), Utter("噜噜噜", 0.1), Speak(4))
    [case] = await everything(hub)
    digits = str.maketrans("零幺二三四五六七八九", "0123456789")
    spelled = "".join(re.findall("[零幺二三四五六七八九]+", "，".join(first.heard[-30:]))).translate(digits)
    code = spelled.split(case.reference)[1][:16]
    script: list[CallerAction] = [Press("5"), Press("2"), Press(f"{case.reference}#"), Press(f"{code}#")]
    assert "已登记" in (await hub.carrier.place_call("12123", script)).transcript


@LINES
async def test_danger_that_is_only_meant_is_asked_about_before_anything_is_dialled(
    hub: World, line: str
) -> None:
    result = await call(hub, line, Utter("我妈躺着叫不应脸都紫了"), Press("2"))
    assert "如需转接幺幺零请按1" in result.transcript
    assert result.dialled == ()
    assert Track.EMERGENCY not in [case.track for case in await everything(hub)]
