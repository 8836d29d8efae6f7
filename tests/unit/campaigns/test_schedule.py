"""Schedules: cron means what cron means, and a missed time is made up for once or not at all."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.campaign import CatchUp
from campaigns.errors import BadSchedule
from campaigns.schedule import (
    AlarmClock,
    Cron,
    DaysOff,
    Once,
    Schedule,
    due_slot,
    from_text,
    next_fire,
    next_five,
    problem,
    to_text,
)
from campaigns.timetable import describe
from campaigns.window import CHINA

HOUR = 3_600_000
DAY = 24 * HOUR


def local(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> int:
    return round(datetime(year, month, day, hour, minute, tzinfo=CHINA).timestamp() * 1000)


SUNDAY = local(2026, 9, 20)


def weekdays(expression: str) -> set[str]:
    found: set[str] = set()
    at = next_fire(Cron(expression), SUNDAY - 1)
    while at is not None and at < SUNDAY + 7 * DAY:
        found.add(f"{datetime.fromtimestamp(at / 1000, UTC).astimezone(CHINA):%a}")
        at = next_fire(Cron(expression), at)
    return found


@pytest.mark.parametrize(
    ("field", "days"),
    [
        ("1-5", {"Mon", "Tue", "Wed", "Thu", "Fri"}),
        ("mon-fri", {"Mon", "Tue", "Wed", "Thu", "Fri"}),
        ("0", {"Sun"}),
        ("7", {"Sun"}),
        ("sun", {"Sun"}),
        ("1", {"Mon"}),
        ("6,0", {"Sat", "Sun"}),
        ("6-7", {"Sat", "Sun"}),
        ("sat-sun", {"Sat", "Sun"}),
        ("sun-sun", {"Sun"}),
        ("0-0", {"Sun"}),
        ("0-0/2", {"Sun"}),
        ("7-7", {"Sun"}),
        ("5-7", {"Fri", "Sat", "Sun"}),
        ("0-2", {"Sun", "Mon", "Tue"}),
        ("1-5/2", {"Mon", "Wed", "Fri"}),
        ("*/2", {"Sun", "Tue", "Thu", "Sat"}),
        ("*", {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"}),
        ("0-7", {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"}),
    ],
)
def test_weekdays_are_read_the_way_cron_reads_them(field: str, days: set[str]) -> None:
    assert weekdays(f"0 9 * * {field}") == days


def test_times_are_local_to_china() -> None:
    at = next_fire(Cron("0 9 * * *"), local(2026, 9, 20, 8, 59))
    assert at == local(2026, 9, 20, 9, 0)
    assert datetime.fromtimestamp(at / 1000, UTC).hour == 1


def test_the_next_time_is_later_than_the_one_given() -> None:
    nine = local(2026, 9, 20, 9)
    assert next_fire(Cron("0 9 * * *"), nine) == nine + DAY
    assert next_fire(Cron("0 9 * * *"), nine - 1) == nine
    assert next_fire(Once(nine), nine - 1) == nine
    assert next_fire(Once(nine), nine) is None


@given(
    st.integers(0, 59),
    st.integers(0, 23),
    st.sets(st.integers(0, 6), min_size=1),
    st.integers(SUNDAY, SUNDAY + 400 * DAY),
)
def test_every_time_given_is_one_the_expression_names(
    minute: int, hour: int, days: set[int], after: int
) -> None:
    expression = f"{minute} {hour} * * {','.join(map(str, sorted(days)))}"
    at = next_fire(Cron(expression), after)
    assert at is not None
    assert after < at <= after + 7 * DAY
    moment = datetime.fromtimestamp(at / 1000, UTC).astimezone(CHINA)
    assert (moment.minute, moment.hour, moment.second) == (minute, hour, 0)
    assert (moment.weekday() + 1) % 7 in days


@pytest.mark.parametrize(
    ("expression", "word"),
    [
        ("0 9 * *", "五个部分"),
        ("0 9 * * * *", "五个部分"),
        ("60 9 * * *", "分钟"),
        ("0 24 * * *", "小时"),
        ("0 9 0 * *", "日期"),
        ("0 9 * 13 *", "月份"),
        ("0 9 * * 8", "星期"),
        ("0 9 * * fun", "星期"),
        ("0 9 * * 5-1", "前大后小"),
        ("0 9 1 * 1", "只能限定其中一个"),
        ("0 9 31 2 *", "永远不会发送"),
        ("0 9 30 feb *", "永远不会发送"),
        ("*/0 9 * * *", "间隔"),
        ("0 9 last * *", "日期"),
        ("0 9 , * *", "日期"),
        ("@daily", "五个部分"),
        ("* 9 * * *", "至少间隔一小时"),
        ("0,30 9 * * *", "至少间隔一小时"),
    ],
)
def test_a_bad_expression_is_refused_in_chinese(expression: str, word: str) -> None:
    assert word in problem(Cron(expression), SUNDAY)


def test_a_29th_of_february_is_a_plan_for_leap_years() -> None:
    assert next_fire(Cron("0 9 29 2 *"), SUNDAY) == local(2028, 2, 29, 9)


def test_a_time_that_has_passed_is_refused() -> None:
    assert "已经过去" in problem(Once(SUNDAY), SUNDAY)
    assert problem(Once(SUNDAY + 1), SUNDAY) == ""


def test_five_times_are_shown_and_fewer_when_there_are_fewer() -> None:
    assert next_five(Once(SUNDAY + 5), SUNDAY) == (SUNDAY + 5,)
    five = next_five(Cron("0 9 * * 1"), SUNDAY)
    assert len(five) == 5
    assert {later - earlier for earlier, later in pairwise(five)} == {7 * DAY}


@pytest.mark.parametrize(
    ("spec", "zh", "en"),
    [
        (Once(local(2026, 9, 21, 9, 5)), "2026年9月21日 09:05", "2026-09-21 09:05"),
        (Cron("0 9 * * *"), "每天 09:00", "daily 09:00"),
        (Cron("0 9 * * 1-5"), "每周一至周五 09:00", "every Mon–Fri 09:00"),
        (Cron("30 9 * * 1,3"), "每周一、周三 09:30", "every Mon, Wed 09:30"),
        (Cron("0 9,15 * * 0"), "每周日 09:00、15:00", "every Sun 09:00, 15:00"),
        (Cron("0 9 1,15 * *"), "每月1日、15日 09:00", "on day 1, 15 of every month 09:00"),
        (Cron("0 9 4 12 *"), "每年12月4日 09:00", "on day 4 in month 12 09:00"),
        (
            Cron("0 10 9 * *", DaysOff.MOVE),
            "每月9日 10:00，遇节假日顺延",
            "on day 9 of every month 10:00, moved past days off",
        ),
        (
            Cron("0 10 L * *", DaysOff.SKIP),
            "每月最后一天 10:00，遇休息日不发",
            "on the last day of every month 10:00, not on days off",
        ),
    ],
)
def test_a_plan_is_said_in_words(spec: Once | Cron, zh: str, en: str) -> None:
    assert describe(spec) == zh
    assert describe(spec, "en") == en


@pytest.mark.parametrize("spec", [Once(123), Cron("0 9 * * 1-5"), Cron("0 9 L * *", DaysOff.MOVE)])
def test_the_stored_text_is_read_back(spec: Once | Cron) -> None:
    assert from_text(to_text(spec)) == spec


def test_a_stored_text_of_another_kind_is_refused() -> None:
    with pytest.raises(BadSchedule):
        from_text("daily 9")


def plan(spec: Once | Cron, next_at: int, **changes: object) -> Schedule:
    return Schedule("c1", to_text(spec), next_at, 0, **changes)  # type: ignore[arg-type]


def test_nothing_is_due_before_its_time_or_without_one() -> None:
    assert due_slot(plan(Once(SUNDAY), SUNDAY), SUNDAY - 1) is None
    assert due_slot(plan(Once(SUNDAY), 0), SUNDAY) is None


def test_a_one_off_runs_within_its_grace_and_expires_after_it() -> None:
    one = plan(Once(SUNDAY), SUNDAY, grace_seconds=3600)
    in_time = due_slot(one, SUNDAY + HOUR)
    too_late = due_slot(one, SUNDAY + HOUR + 1)
    assert in_time is not None
    assert (in_time.slot, in_time.late, in_time.next_at) == (SUNDAY, False, 0)
    assert too_late is not None
    assert (too_late.slot, too_late.late, too_late.next_at) == (SUNDAY, True, 0)


def test_skip_forgives_a_slow_tick_but_no_missed_time() -> None:
    one = plan(Once(SUNDAY), SUNDAY, catch_up=CatchUp.SKIP)
    prompt, missed = due_slot(one, SUNDAY + 60_000), due_slot(one, SUNDAY + 60_001)
    assert prompt is not None
    assert not prompt.late
    assert missed is not None
    assert missed.late


def test_of_five_missed_times_only_the_latest_counts() -> None:
    nine = SUNDAY + 9 * HOUR
    daily = plan(Cron("0 9 * * *"), nine, grace_seconds=3600)
    due = due_slot(daily, nine + 4 * DAY + 30 * 60_000)
    assert due is not None
    assert (due.slot, due.late, due.next_at) == (nine + 4 * DAY, False, nine + 5 * DAY)
    late = due_slot(daily, nine + 4 * DAY + 2 * HOUR)
    assert late is not None
    assert late.late
    assert late.next_at == nine + 5 * DAY


async def test_an_alarm_rings_at_its_time() -> None:
    alarm = AlarmClock()
    alarm.start()
    try:
        soon = datetime.now(UTC) + timedelta(milliseconds=50)
        alarm.set({"c1": round(soon.timestamp() * 1000)})
        assert await alarm.wait(seconds=10)
    finally:
        alarm.stop()


async def test_an_alarm_that_should_have_rung_already_rings_at_once() -> None:
    alarm = AlarmClock()
    alarm.start()
    try:
        alarm.set({"c1": 1_000_000_000_000})
        assert await alarm.wait(seconds=10)
    finally:
        alarm.stop()


async def test_a_withdrawn_alarm_does_not_ring() -> None:
    alarm = AlarmClock()
    alarm.start()
    try:
        soon = datetime.now(UTC) + timedelta(milliseconds=100)
        alarm.set({"c1": round(soon.timestamp() * 1000)})
        alarm.set({})
        assert not await alarm.wait(seconds=0.3)
    finally:
        alarm.stop()


# -- days off and the end of the month ----------------------------------------------------------------


class Days:
    """Working days but Saturday, Sunday and those named."""

    def __init__(self, *off: date) -> None:
        self._off = off

    def is_workday(self, day: date) -> bool:
        return day.weekday() < 5 and day not in self._off

    def next_workday(self, day: date) -> date:
        while not self.is_workday(day):
            day += timedelta(days=1)
        return day


NATIONAL_WEEK = Days(*(date(2026, 10, day) for day in range(1, 8)))


def fired(spec: Cron, after: int, workdays: Days = NATIONAL_WEEK) -> list[int]:
    return list(next_five(spec, after, workdays=workdays))[:3]


def test_a_time_on_a_day_off_moves_to_the_next_working_day_once() -> None:
    monthly = Cron("0 10 1 * *", DaysOff.MOVE)
    assert fired(monthly, local(2026, 9, 22)) == [
        local(2026, 10, 8, 10),
        local(2026, 11, 2, 10),  # 1 November is a Sunday
        local(2026, 12, 1, 10),
    ]
    daily = Cron("0 10 * * *", DaysOff.MOVE)  # seven days off in a row are one time, not seven
    assert fired(daily, local(2026, 9, 30, 10)) == [
        local(2026, 10, 8, 10),
        local(2026, 10, 9, 10),
        local(2026, 10, 12, 10),
    ]


def test_what_moved_to_this_day_is_still_to_come_on_its_morning() -> None:
    monthly = Cron("0 10 1 * *", DaysOff.MOVE)
    assert fired(monthly, local(2026, 10, 8, 9))[0] == local(2026, 10, 8, 10)
    assert fired(monthly, local(2026, 10, 8, 10))[0] == local(2026, 11, 2, 10)


def test_a_time_on_a_day_off_is_left_out_or_sent_all_the_same() -> None:
    assert fired(Cron("0 10 1 * *", DaysOff.SKIP), local(2026, 9, 22))[0] == local(2026, 12, 1, 10)
    assert fired(Cron("0 10 1 * *"), local(2026, 9, 22))[0] == local(2026, 10, 1, 10)


def test_a_plan_for_days_off_only_never_sends() -> None:
    saturdays = Cron("0 10 * * 6", DaysOff.SKIP)
    assert problem(saturdays, local(2026, 9, 22), workdays=NATIONAL_WEEK) == "这个计划永远不会发送"


def test_the_last_day_of_the_month_is_in_every_month_and_the_31st_is_not() -> None:
    after = local(2027, 1, 30)
    assert fired(Cron("0 10 L * *"), after) == [
        local(2027, 1, 31, 10),
        local(2027, 2, 28, 10),
        local(2027, 3, 31, 10),
    ]
    assert fired(Cron("0 10 31 * *"), after)[1] == local(2027, 3, 31, 10)


def test_a_holiday_that_is_announced_later_moves_a_time_that_was_planned() -> None:
    """Planned for 8 October while it was a working day; on its morning it is none any more."""
    spec = Cron("0 10 8 10 *", DaysOff.MOVE)
    planned = plan(spec, local(2026, 10, 8, 10))
    longer = Days(*(date(2026, 10, day) for day in range(1, 9)))
    due = due_slot(planned, local(2026, 10, 8, 10), workdays=longer)
    assert due is not None
    assert (due.moved, due.next_at) == (True, local(2026, 10, 9, 10))
    stays = due_slot(planned, local(2026, 10, 8, 10), workdays=NATIONAL_WEEK)
    assert stays is not None
    assert (stays.moved, stays.slot) == (False, planned.next_at)


def test_a_plan_with_days_off_without_a_calendar_is_an_error_of_ours() -> None:
    with pytest.raises(ValueError, match="working days"):
        next_fire(Cron("0 10 1 * *", DaysOff.MOVE), local(2026, 9, 22))


TIMES = (Path(__file__).parent / "cron_times.tsv").read_text("ascii").splitlines()
"""Expressions, and the first three times after 20 September 2026 as cronsim 2.8 gives them. It reads a range
of one with a step (`21-21/1`) as an open one, so there are none of these."""


def test_two_hundred_expressions_mean_what_another_reader_of_cron_says() -> None:
    wrong = {}
    for line in TIMES:
        expression, times = line.split("\t")
        at, ours = SUNDAY, []
        for _ in range(3):
            at = next_fire(Cron(expression), at) or 0
            ours.append(f"{datetime.fromtimestamp(at / 1000, UTC).astimezone(CHINA):%Y-%m-%dT%H:%M}")
        if ours != times.split():
            wrong[expression] = ours
    assert wrong == {}
    assert len(TIMES) == 200
