"""Which days are 工作日: weekdays, less the days off of the State Council's yearly notice, with make-up days.

Rule protected: a limit in 工作日 is counted with the calendar of the year it falls in, never by the weekday
alone. The notice of a year comes in November of the year before; until then 全国年节及纪念日放假办法 (2024)
fixes the statutory days, and what is counted with them is provisional. How days are counted: 民法典 201
and 203, 公安机关办理行政案件程序规定 35 (the start day is not counted).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from hub.runtime.clock import to_local, to_ms

_LONGEST_REST = timedelta(days=60)
_DAY = timedelta(days=1)
_NOTICE_MONTH = 11
"""When the notice of the next year usually comes."""


class DayKind(StrEnum):
    """What a day is when it is not what its weekday says."""

    HOLIDAY = "holiday"  # off by the notice or the law
    REST = "rest"  # off for another reason, as an office's own day
    MAKEUP = "makeup"  # worked to make up for a holiday (调休)
    WORK = "work"  # worked for another reason

    @property
    def is_worked(self) -> bool:
        return self in {DayKind.MAKEUP, DayKind.WORK}


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day on which the week does not count.

    name: 春节. source_notice: 国办发明电〔2025〕7号, "" for a day without one.
    """

    day: date
    kind: DayKind
    name: str
    source_notice: str

    @property
    def is_noticed(self) -> bool:
        """Whether it comes from the holiday notice of its year."""
        return bool(self.source_notice) and self.kind in {DayKind.HOLIDAY, DayKind.MAKEUP}


class WorkCalendar:
    """The working days of one country or office. Does not change."""

    def __init__(
        self,
        days: Iterable[CalendarDay],
        *,
        weekdays: frozenset[int] = frozenset(range(5)),
        noticed: frozenset[int],
    ) -> None:
        """weekdays: 0 = Monday. noticed: years whose holiday notice is known.

        Of two rows for one day the last counts.
        """
        self.days = {row.day: row for row in days}
        self._weekdays = weekdays
        self._noticed = noticed
        self._years = {day.year for day in self.days}

    def is_workday(self, day: date) -> bool:
        row = self.days.get(day)
        return row.kind.is_worked if row else day.weekday() in self._weekdays

    def next_workday(self, day: date) -> date:
        """The day itself or the first workday after it; with 60 days off in a row the day itself."""
        later = day
        while not self.is_workday(later):
            later += _DAY
            if later - day > _LONGEST_REST:
                return day
        return later

    def add_workdays(self, day: date, n: int) -> date:
        """The n-th workday after a day: 30 Apr 2026 + 5 = 11 May 2026. 0 gives the day itself."""
        for _ in range(n):
            day = self.next_workday(day + _DAY)
        return day

    def is_provisional(self, year: int) -> bool:
        """Whether the notice of a year is missing, so that its workdays may still change."""
        return year not in self._noticed

    def covers(self, year: int) -> bool:
        """Whether anything is known of a year; of others only the weekdays are."""
        return year in self._years

    def missing_notice(self, today: date) -> int:
        """The year whose notice should be known today, the next one's from 1 November on; 0 for none."""
        if self.is_provisional(today.year):
            return today.year
        return today.year + 1 if today.month >= _NOTICE_MONTH and self.is_provisional(today.year + 1) else 0

    def due_at(self, since: int, days: int) -> int:
        """When `days` workdays have passed since an instant (ms UTC), at the same time of day.

        What begins on a day off begins with the next workday.
        """
        begun = to_local(since)
        day = self.next_workday(begun.date())
        at = begun.time() if day == begun.date() else time.min
        return to_ms(datetime.combine(self.add_workdays(day, days), at, begun.tzinfo))

    def of_office(
        self, *, weekdays: frozenset[int], rest: Iterable[date], work: Iterable[date]
    ) -> WorkCalendar:
        """The same calendar for an office with a week and days of its own."""
        own = [CalendarDay(day, DayKind.REST, "", "") for day in rest]
        own += [CalendarDay(day, DayKind.WORK, "", "") for day in work]
        return WorkCalendar([*self.days.values(), *own], weekdays=weekdays, noticed=self._noticed)
