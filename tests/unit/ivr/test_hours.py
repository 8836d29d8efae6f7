"""Hours of people on a line, in local time, by the calendar as it really is."""

from datetime import datetime

import pytest

from ivr.hours import ALWAYS, SHANGHAI, BadHours, is_open, parse

WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "08:00-12:00 14:00-17:30")
OFFICE = parse(
    WEEK,
    holidays={"2026-10-01": "", "2026-10-08": "09:00-10:00"},
    workdays={"2026-10-10": "thu"},
)


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).timestamp() * 1000)


@pytest.mark.parametrize(
    ("instant", "opened"),
    [
        ("2026-11-23T08:00", True),
        ("2026-11-23T07:59:59", False),
        ("2026-11-23T11:59:59", True),
        ("2026-11-23T12:00", False),
        ("2026-11-23T17:29", True),
        ("2026-11-22T10:00", False),  # a Sunday
        ("2026-10-01T10:00", False),  # a Thursday, but National Day
        ("2026-10-08T09:30", True),  # a holiday with hours of its own
        ("2026-10-08T10:30", False),
        ("2026-10-10T10:00", True),  # a Saturday that is worked
    ],
)
def test_the_table_the_holidays_and_the_make_up_days(instant: str, *, opened: bool) -> None:
    assert is_open(OFFICE, at(instant)) is opened


def test_hours_are_local_not_utc() -> None:
    assert is_open(OFFICE, int(datetime.fromisoformat("2026-11-23T00:30+00:00").timestamp() * 1000))


def test_a_day_may_last_until_midnight() -> None:
    assert is_open(ALWAYS, at("2026-11-22T23:59:59"))
    assert is_open(parse({"sun": "00:00-24:00"}), at("2026-11-22T23:59:59"))


def test_every_mistake_in_the_table_is_named() -> None:
    with pytest.raises(BadHours) as caught:
        parse(
            {"monday": "08:00-12:00", "tue": "17:00-08:00", "wed": "24:30-24:40"},
            holidays={"2026-13-01": "", "2026-10-01": ""},
            workdays={"2026-10-01": "mon", "2026-10-10": "someday"},
        )
    assert len(caught.value.problems) == 6
