"""The calendar the hub is shipped with: the notices of past years and this one, the law for years to come.

`calendars/national.csv` has the rows of notices, `calendars/statutory.csv` what the law says of the years
after them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path

from hub.model.cases.calendar import CalendarDay, DayKind, WorkCalendar

_DIRECTORY = Path(__file__).parent / "calendars"


@cache
def shipped_calendar() -> WorkCalendar:
    """The national calendar without what was imported since."""
    return national_calendar(shipped_notices())


def national_calendar(notices: Iterable[CalendarDay]) -> WorkCalendar:
    """The calendar of these notices; years without one have the statutory days."""
    known = list(notices)
    noticed = frozenset(row.day.year for row in known if row.is_noticed)
    statutory = [row for row in _rows("statutory.csv") if row.day.year not in noticed]
    return WorkCalendar([*statutory, *known], noticed=noticed)


def shipped_notices() -> tuple[CalendarDay, ...]:
    """The rows of the notices that were out when this version was made, by day."""
    return _rows("national.csv")


def statutory_days(year: int) -> tuple[CalendarDay, ...]:
    """The days off by law in a year of the table, without those that make up for a Saturday or Sunday."""
    return tuple(row for row in _rows("statutory.csv") if row.day.year == year and "补假" not in row.name)


@cache
def _rows(name: str) -> tuple[CalendarDay, ...]:
    lines = (_DIRECTORY / name).read_text("utf-8").splitlines()
    return tuple(
        CalendarDay(date.fromisoformat(row["date"]), DayKind(row["kind"]), row["name"], row["source_notice"])
        for row in csv.DictReader(line for line in lines if not line.startswith("#"))
    )
