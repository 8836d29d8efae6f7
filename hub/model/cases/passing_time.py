"""What time does to a case: units receive, notices take effect, windows end, limits are missed, warnings are
due.

Rule protected: a limit that was missed is a fact. It is found by what is kept, not by who looked when, so a
clock that stopped after its last day has been missed too, and nothing takes a breach back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import IntEnum

from hub.model.cases.attempt import Attempt
from hub.model.cases.clock import Clock, DueWarning, Rules, midnight
from hub.model.cases.clock_names import ClockName
from hub.model.cases.moves import move
from hub.model.cases.proceeding import Breach, Proceeding
from hub.model.cases.profile import ClockKind
from hub.model.cases.roles import CaseRole
from hub.model.cases.state import CaseState
from hub.model.track import Track
from hub.runtime.clock import day_of

_DAY = timedelta(days=1)
_HOUR_MS = 3_600_000
_ANSWERED = frozenset({CaseState.REPLIED, CaseState.RATED})
_RETURNED = frozenset({Track.CONSULT, Track.SERVICE})

MIGRATED = "migrated"
"""Stands among the warnings of a clock that was overdue before there were clocks: nobody is warned of it."""


class _Order(IntEnum):
    """Of what is due at the same instant, what comes first."""

    RECEIVE = 0
    BREACH = 1
    DELIVERED = 2
    ENDS = 3
    RATING = 4
    CLOSE = 5
    WARN = 6


@dataclass(frozen=True, slots=True)
class WarningGiven:
    """Somebody is warned. key: as in the profile. citizen: the citizen is told, not staff; to: who is.

    number: of its clock among the case's.
    """

    clock: ClockName
    key: str
    at: int
    citizen: bool = False
    unit_id: str = ""
    to: tuple[CaseRole, ...] = ()
    number: int = 0


@dataclass(frozen=True, slots=True)
class Passed:
    """What time did up to an instant. notices: to citizens; events: of the table, with their instants."""

    proceeding: Proceeding
    warnings: tuple[WarningGiven, ...] = ()
    notices: tuple[str, ...] = ()
    events: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class _Due:
    at: int
    order: _Order
    happen: Callable[[Passed], Passed]


def advance(p: Proceeding, until: int, rules: Rules) -> Passed:
    """Everything due by `until`, in order of time. Doing it again changes nothing."""
    passed = Passed(p)
    while True:
        due = min(_dues(passed.proceeding, rules), key=lambda due: (due.at, due.order), default=None)
        if due is None or due.at > until:
            return passed
        passed = due.happen(passed)


def next_at(p: Proceeding, rules: Rules) -> int:
    """When time does something to it next (ms UTC), 0 = never."""
    return min((due.at for due in _dues(p, rules)), default=0)


def latest_only(warnings: tuple[WarningGiven, ...]) -> tuple[WarningGiven, ...]:
    """After a pause of the hub: of each clock what was due last, to each side; the others were skipped."""
    last: dict[tuple[ClockName, str, bool], int] = {}
    for warning in warnings:
        key = (warning.clock, warning.unit_id, warning.citizen)
        last[key] = max(last.get(key, 0), warning.at)
    return tuple(w for w in warnings if w.at == last[w.clock, w.unit_id, w.citizen])


def _dues(p: Proceeding, rules: Rules) -> Iterator[_Due]:
    if p.receives_at > 0 and p.state is CaseState.ROUTED:
        yield _event(p, "receive", p.receives_at, _Order.RECEIVE, rules)
    for paper in p.papers:
        if paper.effective_at and not paper.delivered_at:
            yield _event(p, "public_notice_over", paper.effective_at, _Order.DELIVERED, rules)
    for clock in p.clocks:
        yield from _of_clock(p, clock, rules)
    if p.state in _ANSWERED:
        yield from _after_reply(p, rules)
    hours = rules.profile.auto_return.value
    if hours and p.state is CaseState.HANDLING and p.track in _RETURNED and p.handling_at:
        yield _event(p, "auto_return", p.handling_at + hours * _HOUR_MS, _Order.ENDS, rules)


def _of_clock(p: Proceeding, clock: Clock, rules: Rules) -> Iterator[_Due]:
    if clock.name is ClockName.EXT:  # its days are those of HANDLE_60
        return
    ends_at = rules.ends_at(clock)
    duty = rules.of(clock).kind is ClockKind.DUTY
    missed = not clock.stopped_at or clock.stopped_at >= ends_at
    if duty and missed and not clock.breached_at and not clock.is_paused:
        yield _Due(ends_at, _Order.BREACH, lambda passed: _breach(passed, clock, ends_at))
    if clock.stopped_at or clock.is_paused:
        return
    if p.state is CaseState.MERGED:  # a window that ends would move it; warnings are the master's
        return
    if not duty:
        yield _window_end(p, clock, ends_at, rules)
    for warning in rules.warnings(clock):
        if warning.key not in clock.warned:
            yield _Due(warning.at, _Order.WARN, _warn(clock, warning, rules))
    if clock.breached_at and MIGRATED not in clock.warned and rules.warns_daily(clock):
        told = next((key for key in clock.warned if key.startswith("daily ")), "")
        day = rules.last_day(clock) + _DAY
        if told:
            day = max(day, day.fromisoformat(told[6:]) + _DAY)
        yield _Due(midnight(day), _Order.WARN, _warn(clock, DueWarning(midnight(day), f"daily {day}"), rules))


def _window_end(p: Proceeding, clock: Clock, ends_at: int, rules: Rules) -> _Due:
    if clock.name is ClockName.NEED_INFO_10 and p.state is CaseState.NEED_INFO:
        return _event(p, "timeout", ends_at, _Order.ENDS, rules)
    if clock.name is ClockName.FUHE_WINDOW and p.state is CaseState.FUCHA_DONE:
        return _event(p, "window_over", ends_at, _Order.CLOSE, rules)
    return _Due(ends_at, _Order.ENDS, lambda passed: _stopped(passed, clock, ends_at))


def _after_reply(p: Proceeding, rules: Rules) -> Iterator[_Due]:
    """A reply that is rated, or could have been, and that nobody may question any more is closed."""
    rated_by = midnight(day_of(p.replied_at) + timedelta(days=rules.profile.rating.value + 1))
    if p.track is Track.REPORT:  # nobody rates a report; the time for an objection is what ends it
        ended = [c.stopped_at for c in p.clocks if c.name is ClockName.REPORT_OBJECTION and c.stopped_at]
        rated_by = max(ended, default=rated_by)
    elif p.state is CaseState.REPLIED:
        yield _event(p, "rating_over", rated_by, _Order.RATING, rules)
        return
    windows = [
        rules.ends_at(clock)
        for clock in p.clocks
        if not clock.stopped_at and clock.name in (ClockName.FUCHA_WINDOW, ClockName.REPORT_OBJECTION)
    ]
    if not windows:
        closed_at = max([rated_by, *(c.stopped_at for c in p.clocks if c.name is ClockName.FUCHA_WINDOW)])
        yield _event(p, "window_over", closed_at, _Order.CLOSE, rules)


def _event(p: Proceeding, name: str, at: int, order: _Order, rules: Rules) -> _Due:
    def happen(passed: Passed) -> Passed:
        moved = move(passed.proceeding, Attempt(name, at, CaseRole.SYS, rules))
        return replace(
            passed,
            proceeding=moved.proceeding,
            notices=passed.notices + moved.notices,
            events=(*passed.events, (name, at)),
        )

    return _Due(at, order, happen)


def _stopped(passed: Passed, clock: Clock, at: int) -> Passed:
    p = passed.proceeding
    return replace(passed, proceeding=p.put_clock(clock, clock.stopped(at)))


def _breach(passed: Passed, clock: Clock, at: int) -> Passed:
    p = passed.proceeding.put_clock(clock, replace(clock, breached_at=at))
    breach = Breach(clock.name, at, clock.unit_id)
    return replace(passed, proceeding=replace(p, breaches=(*p.breaches, breach)))


def _warn(clock: Clock, warning: DueWarning, rules: Rules) -> Callable[[Passed], Passed]:
    def happen(passed: Passed) -> Passed:
        kept = tuple(key for key in clock.warned if not key.startswith("daily "))
        done = replace(clock, warned=(*kept, warning.key))
        to = () if warning.citizen else rules.profile.warned(warning.key)
        number = next(n for n, one in enumerate(passed.proceeding.clocks) if one is clock)
        given = WarningGiven(clock.name, warning.key, warning.at, warning.citizen, clock.unit_id, to, number)
        return replace(
            passed,
            proceeding=passed.proceeding.put_clock(clock, done),
            warnings=(*passed.warnings, given),
        )

    return happen
