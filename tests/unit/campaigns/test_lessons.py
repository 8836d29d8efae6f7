"""The shipped law-education texts: complete, short enough, ours, and no two the same."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from datetime import date

import pytest

from campaigns import template
from campaigns.lesson import TOPICS, Lesson, lessons_of, shipped_lessons
from channels.contract import ChannelKind
from channels.outbox.delivery import MessageClass
from channels.parts import Encoding, count

LONGEST_SIGNATURE = "一" * 12
LESSONS = tuple(shipped_lessons().values())
PLACES = ("福建", "浙江", "福州", "厦门", "杭州", "泉州")
FRIGHT = ("！", "!", "流血", "惨", "必死", "家破人亡", "后悔终身", "触目惊心")
FORBIDDEN = (*PLACES, *FRIGHT, "http", "www.", ".com", ".cn", "点击", "【", "】", "{", "}", template.OPT_OUT)
NUMBERS = {
    *("110", "119", "120", "122", "12110", "12119", "12123", "12308", "12315", "12321", "12337"),
    *("12338", "12339", "12345", "12348", "12356", "12367", "12381", "12389", "12395", "96110"),
}


def pairs(text: str) -> Counter[str]:
    return Counter(a + b for a, b in itertools.pairwise(text))


def likeness(one: Counter[str], other: Counter[str]) -> float:
    return 2 * (one & other).total() / (one.total() + other.total())


def test_there_are_enough_and_every_topic_has_some() -> None:
    assert len(LESSONS) >= 48
    assert all(lessons_of(topic) for topic in TOPICS)
    assert len({lesson.title for lesson in LESSONS}) == len(LESSONS)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_a_lesson_is_fit_to_be_sent_and_read(lesson: Lesson) -> None:
    sent = template.with_marks(
        lesson.sms, kind=ChannelKind.SMS, message_class=MessageClass.L, signature=LONGEST_SIGNATURE
    )
    size = count(sent)
    assert size.parts <= 2
    assert size.encoding is Encoding.UCS2
    assert template.problems(lesson.sms) == ()
    assert len(lesson.sms) >= 40
    assert 150 <= len(lesson.web.replace("\n", "")) <= 400
    assert 8 <= len(lesson.title) <= 40
    assert not any(word in lesson.title + lesson.sms + lesson.web for word in FORBIDDEN)
    assert lesson.law == "" or lesson.law.startswith("《")
    assert re.fullmatch(r"[a-z0-9-]+", lesson.id)
    assert all(line.strip() for line in lesson.web.split("\n"))
    assert lesson.date == "" or date.fromisoformat(f"2028-{lesson.date}").isoformat().endswith(lesson.date)
    assert all(1 <= month <= 12 for month in lesson.months)


def test_only_numbers_we_know_are_named() -> None:
    named = {
        number
        for lesson in LESSONS
        for number in re.findall(
            r"(?<![\d.-])(?:1\d{2}|1[0-9]{4}|96\d{3})(?![\d.米个条公])", lesson.sms + lesson.web
        )
    }
    assert named <= NUMBERS


def test_no_two_say_nearly_the_same() -> None:
    for field in ("sms", "web"):
        counted = [(lesson.id, pairs(getattr(lesson, field))) for lesson in LESSONS]
        alike = [
            (one[0], other[0], round(likeness(one[1], other[1]), 2))
            for one, other in itertools.combinations(counted, 2)
            if likeness(one[1], other[1]) > 0.4
        ]
        assert alike == []


def test_a_lesson_knows_its_season() -> None:
    assert shipped_lessons()["drugs-day"].fits(6)
    assert not shipped_lessons()["drugs-day"].fits(7)
    assert shipped_lessons()["minors-swimming"].fits(7)
