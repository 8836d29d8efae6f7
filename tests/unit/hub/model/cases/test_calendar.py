"""The calendar of workdays."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import chinese_calendar
import pytest

from hub.model.cases.calendar import CalendarDay, DayKind, WorkCalendar
from hub.runtime.clock import CHINA, to_local, to_ms
from hub.settings.work_calendar import national_calendar, shipped_calendar, shipped_notices

SHIPPED = shipped_calendar()


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_the_notices_are_what_others_read_in_them(year: int) -> None:
    first = date(year, 1, 1)
    days = [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]
    assert [day for day in days if SHIPPED.is_workday(day) != chinese_calendar.is_workday(day)] == []
    assert SHIPPED.covers(year)
    assert not SHIPPED.is_provisional(year)


@pytest.mark.parametrize(
    ("since", "days", "due"),
    [
        ("2026-09-21", 0, "2026-09-21"),
        ("2026-04-30", 5, "2026-05-11"),  # 6, 7, 8, Saturday 9 May, 11 May
        ("2026-09-18", 1, "2026-09-20"),  # a Sunday that makes up for the holiday
        ("2026-09-30", 1, "2026-10-08"),
        ("2026-10-03", 2, "2026-10-09"),
        ("2026-12-31", 1, "2027-01-04"),
    ],
)
def test_the_start_day_is_not_counted_and_a_make_up_day_is(since: str, days: int, due: str) -> None:
    assert SHIPPED.add_workdays(date.fromisoformat(since), days) == date.fromisoformat(due)


def test_a_last_day_rolls_to_the_next_workday_be_it_a_saturday() -> None:
    assert SHIPPED.next_workday(date(2026, 10, 7)) == date(2026, 10, 8)
    assert SHIPPED.next_workday(date(2026, 5, 9)) == date(2026, 5, 9)
    assert SHIPPED.next_workday(date(2026, 2, 28)) == date(2026, 2, 28)


def test_a_year_without_notice_has_the_days_of_the_law_and_says_that_it_may_change() -> None:
    assert SHIPPED.is_provisional(2027)
    assert SHIPPED.covers(2027)
    off = [row.day for row in SHIPPED.days.values() if row.day.year == 2027]
    # 13 days, and six that make up for those on a Saturday or Sunday
    assert len(off) == 19
    assert sum(day.weekday() > 4 for day in off) == 6
    assert not any(SHIPPED.is_workday(day) for day in off)
    assert not SHIPPED.is_workday(date(2027, 2, 10))
    assert SHIPPED.is_workday(date(2027, 2, 11))


def test_of_a_year_beyond_the_table_only_the_weekdays_are_known() -> None:
    assert not SHIPPED.covers(2040)
    assert SHIPPED.is_provisional(2040)
    assert SHIPPED.is_workday(date(2040, 10, 1))


def test_a_notice_takes_the_place_of_the_law() -> None:
    notice = CalendarDay(date(2027, 2, 11), DayKind.HOLIDAY, "春节", "国办发明电〔2026〕1号")
    calendar = national_calendar([*shipped_notices(), notice])
    assert not calendar.is_provisional(2027)
    assert not calendar.is_workday(date(2027, 2, 11))
    assert calendar.is_workday(date(2027, 2, 10))
    assert calendar.is_provisional(2028)
    assert not calendar.is_workday(date(2028, 1, 26))


OFFICE = WorkCalendar([], noticed=frozenset()).of_office(
    weekdays=frozenset(range(5)),
    rest=[date(2026, 10, 1), date(2026, 10, 2)],
    work=[date(2026, 10, 10)],
)


@pytest.mark.parametrize(
    ("since", "days", "due"),
    [
        ("2026-09-21 15:00", 1, "2026-09-22 15:00"),  # Monday
        ("2026-09-25 15:00", 1, "2026-09-28 15:00"),  # Friday
        ("2026-09-26 10:00", 1, "2026-09-29 00:00"),  # Saturday: begins on Monday
        ("2026-09-30 09:00", 1, "2026-10-05 09:00"),  # before holidays on a Thursday and a Friday
        ("2026-10-09 09:00", 1, "2026-10-10 09:00"),  # a Saturday made up for
        ("2026-09-24 09:00", 3, "2026-09-29 09:00"),
    ],
)
def test_an_office_counts_with_its_own_days(since: str, days: int, due: str) -> None:
    at = to_ms(datetime.fromisoformat(since).replace(tzinfo=CHINA))
    assert f"{to_local(OFFICE.due_at(at, days)):%Y-%m-%d %H:%M}" == due


def test_an_offices_own_days_win_over_the_national_ones() -> None:
    office = SHIPPED.of_office(weekdays=frozenset(range(5)), rest=[date(2026, 5, 9)], work=[date(2026, 5, 1)])
    assert office.is_workday(date(2026, 5, 1))
    assert not office.is_workday(date(2026, 5, 9))
    assert not office.is_workday(date(2026, 5, 4))


def test_an_office_that_never_works_is_late_by_the_calendar() -> None:
    at = to_ms(datetime(2026, 9, 26, 10, tzinfo=CHINA))
    assert to_local(WorkCalendar([], weekdays=frozenset(), noticed=frozenset()).due_at(at, 1)).date() == date(
        2026, 9, 27
    )


@pytest.mark.parametrize(
    ("today", "year"),
    [(date(2026, 10, 31), 0), (date(2026, 11, 1), 2027), (date(2027, 1, 1), 2027), (date(2027, 12, 1), 2027)],
)
def test_the_next_notice_is_missed_from_november_on(today: date, year: int) -> None:
    assert SHIPPED.missing_notice(today) == year


def test_an_offices_day_off_is_no_notice() -> None:
    day = CalendarDay(date(2028, 3, 1), DayKind.REST, "台风", "省政府通知")
    calendar = national_calendar([day])
    assert calendar.is_provisional(2028)
    assert not calendar.is_workday(date(2028, 3, 1))
