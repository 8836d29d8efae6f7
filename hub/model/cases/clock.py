"""A clock of a case: what happened to it, and what follows from that under a profile and a calendar.

Only events are kept (started, paused, extended, stopped); the last day is computed from them, so
that another calendar gives other days and never another story. The day something starts is not
counted (民法典 201); the last day ends at 24:00 (民法典 203). Statutory clocks do not pause, the
hearing of a 复核 apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from hub.model.cases.calendar import WorkCalendar
from hub.model.cases.clock_names import ClockName
from hub.model.cases.profile import ClockKind, ClockRule, ClockUnit, Profile
from hub.model.track import Track
from hub.runtime.clock import CHINA, day_of, to_ms

_DAY = timedelta(days=1)
_UNIT_MS = {ClockUnit.MINUTES: 60_000, ClockUnit.HOURS: 3_600_000}


class ClockState(StrEnum):
    """How a clock stands. breached wins over everything else and stays."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    BREACHED = "breached"


@dataclass(frozen=True, slots=True)
class Pause:
    """From one instant to another (ms UTC); `until` 0 while it lasts."""

    since: int
    until: int = 0


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock of one case.

    started_at, stopped_at: ms UTC, 0 = not stopped. track: whose length it has. unit_id: the unit whose duty
    it is, "" for the organ that registered the case. extended: days granted. last_day: ISO day of a clock
    whose end was set in an order. breached_at: when it was missed, 0 = never. paper: of a letter or visit.
    warned: the warnings that are done with.
    """

    name: ClockName
    track: Track
    started_at: int
    unit_id: str = ""
    stopped_at: int = 0
    pauses: tuple[Pause, ...] = ()
    extended: int = 0
    last_day: str = ""
    breached_at: int = 0
    paper: bool = False
    warned: tuple[str, ...] = ()

    @property
    def is_paused(self) -> bool:
        return bool(self.pauses) and not self.pauses[-1].until

    @property
    def is_running(self) -> bool:
        """Whether time passes on it."""
        return not self.stopped_at and not self.is_paused

    @property
    def state(self) -> ClockState:
        if self.breached_at:
            return ClockState.BREACHED
        if self.stopped_at:
            return ClockState.STOPPED
        return ClockState.PAUSED if self.is_paused else ClockState.RUNNING

    def paused(self, at: int) -> Clock:
        """The clock standing still from now on; nothing changes when it does not run."""
        return replace(self, pauses=(*self.pauses, Pause(at))) if self.is_running else self

    def resumed(self, at: int) -> Clock:
        """The clock running again."""
        if self.stopped_at or not self.is_paused:
            return self
        *before, last = self.pauses
        return replace(self, pauses=(*before, replace(last, until=at)))

    def stopped(self, at: int) -> Clock:
        """The clock at its end. A pause ends with it."""
        return self if self.stopped_at else replace(self.resumed(at), stopped_at=at)


@dataclass(frozen=True, slots=True)
class DueWarning:
    """A warning that is due. key: as in the profile; `daily` ones carry their day. citizen: who is warned."""

    at: int
    key: str
    citizen: bool = False


class Rules:
    """A profile read with a calendar: what clocks are counted with."""

    def __init__(self, profile: Profile, calendar: WorkCalendar) -> None:
        self.profile = profile
        self.calendar = calendar

    def of(self, clock: Clock) -> ClockRule:
        """The clock's own numbers."""
        return self.profile.rule(clock.name, clock.track, paper=clock.paper)

    def last_day(self, clock: Clock) -> date:
        """The last day still in time.

        A pause from day a to day b moves it by b - a days, one that lasts not yet.
        """
        rule = self.of(clock)
        if clock.last_day:
            return date.fromisoformat(clock.last_day)
        start = day_of(clock.started_at)
        if rule.unit in _UNIT_MS:
            return day_of(clock.started_at + rule.length * _UNIT_MS[rule.unit])
        stood = sum((day_of(p.until) - day_of(p.since)).days for p in clock.pauses if p.until)
        added = timedelta(days=clock.extended + stood)
        if rule.unit is ClockUnit.WORKDAYS:
            return self.calendar.add_workdays(start, rule.length) + added
        last = start + timedelta(days=rule.length) + added
        return self.calendar.next_workday(last) if self._rolls(rule) else last

    def ends_at(self, clock: Clock) -> int:
        """The first instant that is too late (ms UTC): 24:00 of the last day, or to the minute."""
        rule = self.of(clock)
        if rule.unit in _UNIT_MS and not clock.last_day:
            return clock.started_at + rule.length * _UNIT_MS[rule.unit]
        return midnight(self.last_day(clock) + _DAY)

    def warnings(self, clock: Clock) -> Iterator[DueWarning]:
        """All of them but `daily`, which has no end; not in order."""
        rule = self.of(clock)
        if rule.unit in _UNIT_MS:
            return
        start, last = day_of(clock.started_at), self.last_day(clock)
        for key, citizen in [*((k, False) for k in rule.warn), *((k, True) for k in rule.warn_citizen)]:
            day = self._warning_day(key, rule, start, last)
            if day is not None and start < day and (day <= last or key.startswith("T+")):
                yield DueWarning(midnight(day), key, citizen)

    def warns_daily(self, clock: Clock) -> bool:
        """Whether somebody is told every day after the last."""
        return "daily" in self.of(clock).warn

    def _warning_day(self, key: str, rule: ClockRule, start: date, last: date) -> date | None:
        if key == "daily":
            return None
        if key.startswith("day "):
            number = int(key[4:])
            workdays = rule.unit is ClockUnit.WORKDAYS
            return self.calendar.add_workdays(start, number) if workdays else start + number * _DAY
        if key.endswith("%"):
            return start + (last - start).days * int(key[:-1]) // 100 * _DAY
        return last + int(key[1:]) * _DAY  # T-3, T0, T+1

    def _rolls(self, rule: ClockRule) -> bool:
        if rule.kind is ClockKind.WINDOW:
            return rule.rolls and self.profile.roll_citizen_window
        return self.profile.roll_agency_due


def midnight(day: date) -> int:
    """The first instant of a local day (ms UTC)."""
    return to_ms(datetime.combine(day, time.min, CHINA))
