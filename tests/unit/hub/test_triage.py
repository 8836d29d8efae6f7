"""Triage: danger first, then the wish not to be written to, then the own case, then the answers."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import hub.web
from hub.actions.triage import (
    Answered,
    AskProgress,
    Danger,
    Offer,
    OptIn,
    OptOut,
    ToPerson,
    Triage,
    Words,
    fold,
)
from hub.model.reference import make_reference
from hub.model.track import Track
from hub.settings import shipped_text
from knowledge_base.answer import DEFAULT
from knowledge_base.importer import shipped
from knowledge_base.matcher import Snapshot

SNAPSHOT = Snapshot.build(shipped())
WORDS = tomllib.loads(shipped_text())["triage"]
TRIAGE = Triage(
    Words(
        emergency=tuple(WORDS["emergency_words"]),
        exceptions=tuple(WORDS["emergency_exceptions"]),
        report_verbs=tuple(WORDS["report_verbs"]),
        report_objects=tuple(WORDS["report_objects"]),
        person=tuple(WORDS["person_words"]),
    ),
    DEFAULT,
)


def triage(text: str, offered: tuple[str, ...] = ()) -> object:
    return TRIAGE(text, snapshot=SNAPSHOT, offered=offered)


@pytest.mark.parametrize(
    "text",
    ["救命 在XX路 不能说话", "救 命", "有人持刀在楼下", "ＳＯＳ", "退订 救命", "我不想活了", "SOS help me"],
)
def test_danger_is_seen_before_anything_else(text: str) -> None:
    assert isinstance(triage(text), Danger)


@pytest.mark.parametrize("text", ["怎么报警", "报警电话是多少", "如何预防家暴"])
def test_a_question_about_emergencies_is_not_one(text: str) -> None:
    assert not isinstance(triage(text), Danger)


@pytest.mark.parametrize("text", ["退订", "ｔｄ ", "T", "R", "TD", "拒收", "STOP"])
def test_an_opt_out_is_understood(text: str) -> None:
    assert isinstance(triage(text), OptOut)


def test_an_opt_out_with_a_message_keeps_the_message() -> None:
    assert triage("退订 我要反映楼下噪音") == OptOut("", "我要反映楼下噪音")


def test_a_letter_before_a_message_is_only_a_message() -> None:
    assert not isinstance(triage("R 我要反映楼下噪音"), OptOut)


def test_subscribing_again_is_understood() -> None:
    assert isinstance(triage("订阅"), OptIn)


def test_number_and_code_ask_for_progress() -> None:
    reference = make_reference("261122", 7)
    assert triage(f"{reference} 12345678") == AskProgress(reference, "12345678")


def test_a_sure_answer_is_given_and_an_unsure_question_gets_choices() -> None:
    assert isinstance(triage("身份证丢了怎么补办"), Answered)
    offered = triage("身份证")
    assert isinstance(offered, Offer)
    assert 1 <= len(offered.entries) <= 3


def test_a_number_picks_from_what_was_offered() -> None:
    entries = SNAPSHOT.entries[:3]
    picked = triage("2", offered=tuple(entry.id for entry in entries))
    assert picked == Answered(entries[1])


@pytest.mark.parametrize("text", ["0", "4", "12"])
def test_a_number_that_was_not_offered_picks_nothing(text: str) -> None:
    assert not isinstance(triage(text, offered=tuple(e.id for e in SNAPSHOT.entries[:3])), Answered)


@pytest.mark.parametrize("text", ["转人工", " 转 人工 ", "人工", "Human"])
def test_a_person_is_always_to_be_had(text: str) -> None:
    assert triage(text) == ToPerson(Track.CONSULT, asked=True)


@pytest.mark.parametrize(
    "text", ["我要举报鼓楼派出所民警收黑钱", "投诉交警王某执法时打人骂人，要求严肃处理，时间是昨天下午"]
)
def test_an_accusation_of_police_goes_behind_the_wall(text: str) -> None:
    assert triage(text) in (ToPerson(Track.REPORT), Danger(("打人",)))


def test_a_question_how_to_complain_is_answered_not_filed() -> None:
    assert not isinstance(triage("怎么投诉民警？"), ToPerson)


@pytest.mark.parametrize("text", ["", "  ", "？？？", "今天天气真好我们去爬山吧下午三点集合"])
def test_what_nobody_knows_goes_to_a_person(text: str) -> None:
    assert isinstance(triage(text), ToPerson | Offer)


@pytest.mark.parametrize(
    "text", ["我要举报警察张某在城南收钱", "举报警官受贿", "投诉警察态度恶劣，昨天在路口骂人，希望处理"]
)
def test_accusing_an_officer_is_no_call_for_help(text: str) -> None:
    assert triage(text) == ToPerson(Track.REPORT)


@pytest.mark.parametrize(
    "text",
    [
        "夜间施工噪声多次报警未处理",
        "请问怎么查我的报警记录",
        "举报警车乱停",
        "help me renew my passport please",
        "已经报警了，还要带什么材料",
        "夜里KTV很吵可以报警吗",
    ],
)
def test_a_report_made_in_the_past_is_no_call_for_help(text: str) -> None:
    assert not isinstance(triage(text), Danger)


@pytest.mark.parametrize(
    "text", ["报警", "我要报警", "请帮我报警，有人撬门", "可以帮我报警吗", "举报无门了救命"]
)
def test_a_call_for_help_is_one(text: str) -> None:
    assert isinstance(triage(text), Danger)


def test_what_the_pages_suggest_is_no_call_for_help() -> None:
    """An example that rings the alarm teaches people to be silent."""
    pages = Path(hub.web.__file__).parent / "templates" / "citizen"
    examples = {
        example
        for page in pages.glob("*.html")
        for example in re.findall(r'(?:placeholder|hint)="?{?{? ?_?\(?"([^"]+)"', page.read_text("utf-8"))
    }
    assert examples
    assert [text for text in sorted(examples) if TRIAGE.danger_words(fold(text))] == []
