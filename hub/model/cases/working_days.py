"""Clocks that run on working days only: weekdays with hours, less holidays, with make-up working days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from hub.runtime.clock import to_local, to_ms

_LONGEST_REST = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """weekdays: 0 = Monday. holidays, workdays: days on which the week does not count."""

    weekdays: frozenset[int] = frozenset(range(5))
    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()

    def has(self, day: date) -> bool:
        """Whether somebody works on it."""
        return day in self.workdays or (day.weekday() in self.weekdays and day not in self.holidays)

    def due_at(self, since: int, days: int) -> int:
        """When `days` working days have passed since an instant (ms UTC), at the same time of day.

        What begins on a day of rest begins with the next working day. An office that never works is late
        by the calendar.
        """
        begun = to_local(since)
        day = self._working(begun.date())
        at = begun.time() if day == begun.date() else time.min
        for _ in range(days):
            day = self._working(day + timedelta(days=1))
        return to_ms(datetime.combine(day, at, begun.tzinfo))

    def _working(self, day: date) -> date:
        """The day itself or the first working day after it."""
        later = day
        while not self.has(later):
            later += timedelta(days=1)
            if later - day > _LONGEST_REST:
                return day
        return later
