"""When the items of a series go out, and what may become of one."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from campaigns.errors import MoveRefused
from campaigns.lesson import TOPICS, lessons_of, shipped_lessons
from campaigns.segment import Segment
from campaigns.series import (
    OPEN,
    DayOff,
    Item,
    ItemState,
    Order,
    Rhythm,
    Series,
    dates,
    item_of,
    ordered,
)
from campaigns.window import CHINA
from hub.web.pages.citizen.topics import TOPIC_WORDS

FRAUD = lessons_of("fraud")
TEN = time(10)
NATIONAL_DAY = {date(2026, 10, day) for day in range(1, 8)}


def is_workday(day: date) -> bool:
    return day.weekday() < 5 and day not in NATIONAL_DAY


def days(rhythm: Rhythm, first: date, number: int, day_off: DayOff = DayOff.SEND) -> list[date]:
    found = dates(rhythm, first, TEN, FRAUD[:number], day_off=day_off, is_workday=is_workday)
    local = [datetime.fromtimestamp(at / 1000, CHINA) for at in found]
    assert all(moment.time() == TEN for moment in local)
    return [moment.date() for moment in local]


def test_weekly_is_the_same_weekday() -> None:
    assert days(Rhythm.WEEKLY, date(2026, 9, 22), 3) == [
        date(2026, 9, 22),
        date(2026, 9, 29),
        date(2026, 10, 6),
    ]
    assert days(Rhythm.FORTNIGHTLY, date(2026, 9, 22), 2) == [date(2026, 9, 22), date(2026, 10, 6)]


def test_a_day_off_is_moved_or_left_out_or_used() -> None:
    first = date(2026, 9, 29)
    assert days(Rhythm.WEEKLY, first, 3)[1] == date(2026, 10, 6)
    assert days(Rhythm.WEEKLY, first, 3, DayOff.MOVE) == [first, date(2026, 10, 8), date(2026, 10, 13)]
    assert days(Rhythm.WEEKLY, first, 3, DayOff.SKIP) == [first, date(2026, 10, 13), date(2026, 10, 20)]


def test_a_short_month_has_it_on_its_last_day() -> None:
    found = days(Rhythm.MONTHLY, date(2026, 12, 31), 4)
    assert found == [date(2026, 12, 31), date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31)]


def test_two_that_are_moved_to_one_day_go_out_on_two() -> None:
    lesson = shipped_lessons()["drugs-day"]
    found = dates(
        Rhythm.DATED,
        date(2026, 6, 27),
        TEN,
        [lesson, lesson],
        day_off=DayOff.MOVE,
        is_workday=is_workday,
    )
    local = [datetime.fromtimestamp(at / 1000, CHINA).date() for at in found]
    assert local == [date(2027, 6, 28), date(2027, 6, 29)]  # 26 June 2027 is a Saturday


def test_a_calendar_without_working_days_ends_all_the_same() -> None:
    found = dates(
        Rhythm.WEEKLY, date(2026, 9, 22), TEN, FRAUD[:2], day_off=DayOff.SKIP, is_workday=lambda _: False
    )
    assert len(set(found)) == 2


def test_topics_take_turns() -> None:
    lessons = [*FRAUD[:3], *lessons_of("dogs"), *lessons_of("fire")[:2]]
    assert ordered(lessons, Order.LISTED) == lessons
    topics = [lesson.topic for lesson in ordered(lessons, Order.IN_TURN)]
    assert topics == ["fraud", "dogs", "fire", "fraud", "fire", "fraud"]


def an_item(number: int = 1, at: int = 10_000, state: ItemState = ItemState.PLANNED) -> Item:
    item = item_of(FRAUD[number], number, at)
    return item if state is ItemState.PLANNED else item.moved(state)


def a_series(*items: Item, lead_seconds: int = 2) -> Series:
    return Series(
        id="s",
        name="n",
        author_id="a",
        created_at=0,
        channel="sms",
        segment=Segment(("g",)),
        public=True,
        rhythm=Rhythm.WEEKLY,
        day_off=DayOff.SEND,
        items=items,
        lead_seconds=lead_seconds,
    )


def test_the_next_time_is_when_the_first_item_goes_to_review() -> None:
    series = a_series(an_item(1, 10_000), an_item(2, 20_000)).timed(1_000)
    assert series.next_at == 8_000
    assert a_series(an_item(1, 10_000, ItemState.SKIPPED)).timed(1_000).next_at == 0


def test_what_was_sent_stays_and_what_was_missed_may_be_given_another_time() -> None:
    with pytest.raises(MoveRefused):
        an_item(state=ItemState.SENT).planned_again(at=1)
    again = an_item(state=ItemState.MISSED).planned_again(at=5)
    assert (again.state, again.at, again.round) == (ItemState.PLANNED, 5, 1)
    assert ItemState.MISSED not in OPEN


def test_every_topic_has_its_words() -> None:
    assert tuple(TOPIC_WORDS) == TOPICS
