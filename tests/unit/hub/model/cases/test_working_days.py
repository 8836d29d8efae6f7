"""Clocks that run on working days only."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from hub.model.cases.working_days import WorkingDays
from hub.runtime.clock import CHINA, to_local, to_ms

DAYS = WorkingDays(
    holidays=frozenset({date(2026, 10, 1), date(2026, 10, 2)}), workdays=frozenset({date(2026, 10, 10)})
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
def test_days_of_rest_do_not_count(since: str, days: int, due: str) -> None:
    at = to_ms(datetime.fromisoformat(since).replace(tzinfo=CHINA))
    assert f"{to_local(DAYS.due_at(at, days)):%Y-%m-%d %H:%M}" == due


def test_an_office_that_never_works_is_late_by_the_calendar() -> None:
    at = to_ms(datetime(2026, 9, 26, 10, tzinfo=CHINA))
    assert to_local(WorkingDays(frozenset()).due_at(at, 1)).date() == date(2026, 9, 27)
