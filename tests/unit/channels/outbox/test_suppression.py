"""Opt-out words and what they stop."""

from __future__ import annotations

import time

import pytest

from channels.outbox.delivery import MessageClass, Origin, WarningLevel
from channels.outbox.suppression import (
    EDUCATION,
    INVALID,
    NOTICE,
    SAFETY,
    WARNING,
    is_bulk,
    parse_opt_out,
    rules_against,
    subjects_of,
)
from tests.unit.channels.outbox.outbox_world import a_delivery


@pytest.mark.parametrize(
    "text",
    [
        "ｔｄ ",
        "退订",
        "T",
        "r",
        "N",
        "td.",
        "【退订】",
        "拒收",
        "STOP",
        "Unsubscribe",
        "我要退订",
        "退订，谢谢",
        "退订了",
        "TD退订",
        "回复T退订",
        "回TD",
        "请退訂",
        "取消訂閱",
        "谢谢退订",
        "退订预警 谢谢",
        "opt-out",
        "Opt me out!",
        "Please stop. Thank you",
        "unsubscribe me",
    ],
)
def test_these_mean_no_more(text: str) -> None:
    wish = parse_opt_out(text)
    assert (wish.matched, wish.rest) == (True, "")


@pytest.mark.parametrize(
    "text",
    [
        "R 我要报警",
        "T恤被偷了",
        "no",
        "退订酒店不退款",
        "stop thief",
        "我被骗了",
        "",
        "订阅号怎么关注",
        "12389",
        "怎么退订",
        "请回电",
        "stop me",
        "end it all",
    ],
)
def test_these_are_only_messages(text: str) -> None:
    wish = parse_opt_out(text)
    assert (wish.matched, wish.resubscribed, wish.rest) == (False, False, text)


@pytest.mark.parametrize(
    "text", ["退订 我要报警", "TD退订 我要报警", "退訂，我要报警", "退订！我要报警", "退订普法 我要报警"]
)
def test_a_wish_with_a_message_is_both(text: str) -> None:
    wish = parse_opt_out(text)
    assert (wish.matched, wish.rest) == (True, "我要报警")


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("退订", (EDUCATION, WARNING)),
        ("退订普法", (EDUCATION,)),
        ("退订提示", (SAFETY,)),
        ("退订 通知短信", (NOTICE,)),
        ("退订全部", (EDUCATION, WARNING, NOTICE)),
        ("STOP all", (EDUCATION, WARNING, NOTICE)),
    ],
)
def test_a_wish_has_a_subject(text: str, subjects: tuple[str, ...]) -> None:
    wish = parse_opt_out(text)
    assert wish.matched
    assert subjects_of(wish.subject) == subjects


@pytest.mark.parametrize("text", ["订阅", "START", "恢复订阅"])
def test_a_citizen_may_come_back(text: str) -> None:
    assert parse_opt_out(text).resubscribed


def test_a_reply_and_a_red_warning_are_stopped_by_a_dead_address_only() -> None:
    for row in (
        a_delivery("a"),
        a_delivery("b", MessageClass.E0, origin=Origin.BROADCAST),
        a_delivery("c", MessageClass.E1, origin=Origin.BROADCAST, level=WarningLevel.ORANGE),
        a_delivery("d", MessageClass.E1, origin=Origin.SUBMISSION),  # a one-time code
    ):
        assert rules_against(row) == ((row.recipient_key, INVALID),)


@pytest.mark.parametrize(
    ("message_class", "subject"),
    [(MessageClass.E1, WARNING), (MessageClass.N, NOTICE), (MessageClass.L, EDUCATION)],
)
def test_a_broadcast_is_stopped_by_a_wish_about_its_subject(
    message_class: MessageClass, subject: str
) -> None:
    row = a_delivery("a", message_class, origin=Origin.BROADCAST)
    assert (row.recipient_key, subject) in rules_against(row)


@pytest.mark.parametrize("origin", list(Origin))
@pytest.mark.parametrize("message_class", list(MessageClass))
def test_bulk_is_what_one_may_refuse_of_what_goes_to_many(
    origin: Origin, message_class: MessageClass
) -> None:
    wanted = origin is Origin.BROADCAST and message_class in (MessageClass.L, MessageClass.N)
    assert is_bulk(a_delivery("d1", message_class, origin=origin)) is wanted


def test_no_subject_of_its_own_frees_a_message_from_that_of_its_class() -> None:
    lesson = a_delivery("a", MessageClass.L, origin=Origin.BROADCAST, subject=NOTICE)
    blue = a_delivery("b", MessageClass.L, origin=Origin.SUBMISSION, level=WarningLevel.BLUE)
    assert [subject for _, subject in rules_against(lesson)] == [INVALID, NOTICE, EDUCATION]
    assert [subject for _, subject in rules_against(blue)] == [INVALID, EDUCATION, WARNING]


@pytest.mark.parametrize("message_class", [MessageClass.E1, MessageClass.N])
def test_a_safety_notice_has_a_subject_of_its_own_and_stops_with_the_warnings(
    message_class: MessageClass,
) -> None:
    row = a_delivery("a", message_class, origin=Origin.BROADCAST, subject=SAFETY)
    stopped_by = {subject for _, subject in rules_against(row)}
    assert {SAFETY, *subjects_of("")} & stopped_by == {SAFETY, WARNING}
    warning = a_delivery("b", origin=Origin.BROADCAST, level=WarningLevel.YELLOW)
    assert SAFETY not in {subject for _, subject in rules_against(warning)}


@pytest.mark.parametrize("piece", ["=", "了", " 谢谢", "请", "a=", "\t\n"])
def test_a_long_text_of_a_stranger_is_read_in_linear_time(piece: str) -> None:
    text = "x" + piece * (40_000 // len(piece)) + "x"
    began = time.process_time()
    parse_opt_out(text)
    assert time.process_time() - began < 0.5  # the square of it takes minutes
