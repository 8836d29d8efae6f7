"""When people are on duty on a line: a weekly table, holidays and make-up workdays, all data.

A holiday has no hours unless it is given some; a make-up workday (调休) follows the table of the
weekday it replaces, because the calendar weekday alone says nothing in China. Hours are local time
in Asia/Shanghai; a span may end at 24:00 but not pass midnight.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from ivr.errors import IvrError

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])")


class BadHours(IvrError):
    """A table of hours that makes no sense. `problems` lists everything wrong with it."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Span:
    """From `opens` up to but not including `closes`, in minutes after midnight."""

    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class Hours:
    """weekly: seven tuples of spans, Monday first. holidays: days with the spans they keep.
    workdays: make-up days with the weekday (0 = Monday) whose table they follow."""

    weekly: tuple[tuple[Span, ...], ...]
    holidays: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)
    workdays: Mapping[date, int] = field(default_factory=dict)


ALWAYS = Hours(((Span(0, 24 * 60),),) * 7)


def parse(
    weekly: Mapping[str, str],
    *,
    holidays: Mapping[str, str] | None = None,
    workdays: Mapping[str, str] | None = None,
) -> Hours:
    """`{"mon": "08:00-12:00 14:00-17:30"}`, holidays `{"2026-10-01": ""}` (or the hours kept),
    make-up workdays `{"2026-10-10": "thu"}`. A missing weekday is closed. Raises `BadHours`."""
    problems: list[str] = []
    for name in weekly:
        if name not in WEEKDAYS:
            problems.append(f"{name} is none of {', '.join(WEEKDAYS)}")
    table = tuple(_spans(weekly.get(name, ""), problems) for name in WEEKDAYS)
    free: dict[date, tuple[Span, ...]] = {}
    for text, spans in (holidays or {}).items():
        day = _day(text, problems)
        if day is not None:
            free[day] = _spans(spans, problems)
    makeup: dict[date, int] = {}
    for text, weekday in (workdays or {}).items():
        day = _day(text, problems)
        if weekday not in WEEKDAYS:
            problems.append(f"{text}: {weekday} is none of {', '.join(WEEKDAYS)}")
        elif day is not None and day in free:
            problems.append(f"{text} is both a holiday and a workday")
        elif day is not None:
            makeup[day] = WEEKDAYS.index(weekday)
    if problems:
        raise BadHours(tuple(problems))
    return Hours(table, free, makeup)


def is_open(hours: Hours, at_ms: int) -> bool:
    """Whether people are on duty at this instant (milliseconds UTC)."""
    local = datetime.fromtimestamp(at_ms / 1000, SHANGHAI)
    day = local.date()
    if day in hours.holidays:
        spans = hours.holidays[day]
    else:
        spans = hours.weekly[hours.workdays.get(day, day.weekday())]
    minute = local.hour * 60 + local.minute
    return any(span.opens <= minute < span.closes for span in spans)


def _spans(text: str, problems: list[str]) -> tuple[Span, ...]:
    spans: list[Span] = []
    for item in text.replace(",", " ").split():
        found = _SPAN.fullmatch(item)
        opens, closes = (
            (int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])) if found else (0, 0)
        )
        if not opens < closes <= 24 * 60:
            problems.append(f"{item} is no span like 08:00-12:00 within one day")
        else:
            spans.append(Span(opens, closes))
    return tuple(spans)


def _day(text: str, problems: list[str]) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        problems.append(f"{text} is no date like 2026-10-01")
        return None
