"""Whom the words of a text accuse, and what is made of them where the meaning is known, unknown or late."""

from __future__ import annotations

import tomllib

import pytest

from hub.actions.dialogue.accused import Accused
from hub.actions.dialogue.understand import Understood
from hub.settings.read import build, shipped_text
from hub.wiring.dialogue import look_up_of, slots_of, triage_of
from knowledge_base.meaning.safety import Judgement, Level
from knowledge_base.text.utterance import Utterance

SETTINGS = build(tomllib.loads(shipped_text()))
WORDS = SETTINGS.triage
ACCUSED = Accused(WORDS.report_verbs, WORDS.report_objects)
TRIAGE = triage_of(SETTINGS, look_up_of(SETTINGS, slots_of(SETTINGS)))


@pytest.mark.parametrize(
    "text",
    [
        "举报民警收钱",
        "我要舉報東城派出所民警",
        "投诉一下你们的交警乱贴条",
        "检举我们所的副所长",
        "控告某警官",
        "12389吗，投诉窗口那个辅警",
        "我要投诉派出所不立案",
        "我要投诉派出所不受理我的报案",
        "他不是东西，我要投诉这个民警打人",
        "没想到投诉民警，我只好举报交警收钱",
        "不知道怎么说，气死了。我要投诉你们所的辅警骂人",
    ],
)
def test_a_complaint_that_says_whom_it_is_about_is_sure(text: str) -> None:
    assert ACCUSED.level(Utterance(text).folded) is Level.SURE


@pytest.mark.parametrize(
    "text",
    [
        "我想举报赌博，派出所电话多少",
        "举报派出所旁边那家饭店油烟太大",
        "有人冒充民警骗钱，我要举报",
        "我不是要举报民警",
        "之前投诉过窗口的民警，撤了吧",
        "投诉派出所还是打12345",
        "已经向交警举报了那辆车",
        "打算了解举报警察的办法",
        "投诉民警的渠道",
        "给个投诉交警的网址",
        "举报民警实名好还是匿名好",
        "我没有要举报警察的意思",
        "怎么投诉民警，走信访还是走督察，想弄清步骤",
        "请教各位，控告警察一般递到哪个部门",
        "投诉辅警找谁受理",
        "要是想投诉交警，要准备什么材料",
        "写作业：如何检举民警违纪",
        "举报民警能不能匿名",
        "想了解一下投诉派出所的一般步骤",
        "投诉交警多久有答复",
        "投诉警察打什么电话",
        "俺打听一下，告诉俺咋投诉派出所",
        "點樣投訴警察",
    ],
)
def test_police_who_are_asked_or_near_are_not_accused_by_the_words(text: str) -> None:
    assert ACCUSED.level(Utterance(text).folded) is Level.POSSIBLE


@pytest.mark.parametrize("text", ["派出所几点下班", "我要举报赌博", ""])
def test_one_of_the_words_alone_is_nothing(text: str) -> None:
    assert ACCUSED.level(Utterance(text).folded) is Level.NONE


def meant(text: str, understood: Understood) -> Level:
    return TRIAGE.accusation(Utterance(text).folded, understood)


GAMBLING = "我要举报赌博，派出所的人快来"
"""Words of both lists, and nobody of the police is accused."""


def test_what_is_meant_decides_where_an_engine_tells_it() -> None:
    assert meant(GAMBLING, Understood(weighed=True)) is Level.NONE
    sure = Understood(Judgement(accusation=Level.SURE), weighed=True)
    assert meant(GAMBLING, sure) is Level.SURE


def test_without_an_engine_words_of_both_lists_are_screened_and_a_short_question_is_none() -> None:
    assert meant(GAMBLING, Understood()) is Level.POSSIBLE
    assert meant("怎么向派出所举报赌博", Understood()) is Level.NONE


def test_while_the_meaning_is_due_whoever_names_police_is_screened() -> None:
    assert meant("派出所几点下班", Understood(due=True)) is Level.POSSIBLE
    assert meant("派出所几点下班", Understood()) is Level.NONE
    assert meant("身份证怎么补", Understood(due=True)) is Level.NONE
