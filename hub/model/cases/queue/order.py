"""The order of the queue: by legal risk, and inside a band by the instant that decides it.

The band of a case changes as time passes and nobody touches it, so the next change is one of the instants at
which time does something to a case (`Case.due_at`). How days are counted is the business of the clocks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from hub.model.cases.case import LIST_MAIL, POSSIBLE_DANGER, Case
from hub.model.cases.clock import Clock, Rules
from hub.model.cases.clock_names import ClockName
from hub.model.cases.proceeding import Proceeding
from hub.model.cases.profile import ClockKind
from hub.model.cases.state import CaseState
from hub.model.track import Track

DAY_MS = 86_400_000


class Stage(IntEnum):
    """How near the nearest limit of a case is."""

    FAR = 0  # or it has none
    BREACHED = 1  # 超期
    LAST_DAY = 2  # a day or less is left
    THREE_DAYS = 3  # three days or less are left


class Band(IntEnum):
    """What stands above what."""

    EMERGENCY = 0
    POSSIBLE = 1  # 疑似险情
    BREACHED = 2
    LAST_DAY = 3
    THREE_DAYS = 4
    URGENT = 5
    REPLIED = 6  # the citizen spoke last
    NEW = 7
    REST = 8
    DONE = 9  # newest first


BAND_SIZE = 10**14
"""Ranks of one band; an instant in milliseconds is smaller for another thousand years."""
_OF_STAGE = {
    Stage.BREACHED: Band.BREACHED,
    Stage.LAST_DAY: Band.LAST_DAY,
    Stage.THREE_DAYS: Band.THREE_DAYS,
}
_STARTS = ((0, Stage.BREACHED), (DAY_MS, Stage.LAST_DAY), (3 * DAY_MS, Stage.THREE_DAYS))


@dataclass(frozen=True, slots=True)
class NearestLimit:
    """The limit that comes first, or was missed first. at: the first instant that is too late (ms UTC)."""

    at: int
    clock: ClockName
    statutory: bool


def nearest_limit(p: Proceeding, rules: Rules) -> NearestLimit | None:
    """Of the duties that run; what a citizen may still ask for is no limit of ours."""
    return min(_limits(p, rules), key=lambda limit: (limit.at, not limit.statutory), default=None)


def stage_at(limit_at: int, at: int) -> Stage:
    """How near a limit (ms UTC, 0 = none) is at an instant."""
    if not limit_at:
        return Stage.FAR
    return next((stage for before, stage in _STARTS if at >= limit_at - before), Stage.FAR)


def next_stage_at(limit_at: int, at: int) -> int:
    """When it is nearer than at an instant (ms UTC), 0 = never."""
    if not limit_at:
        return 0
    return min((limit_at - before for before, _ in _STARTS if limit_at - before > at), default=0)


def in_queue(case: Case) -> bool:
    """Whether somebody has to do something. A closed case is somebody's work again with a late request, or
    when what was written last did not arrive."""
    ended = case.state is CaseState.CLOSED
    return case.is_open or case.awaits_late_answer or (ended and bool(case.undelivered.at))


def judged_at(case: Case) -> int:
    """The instant for which its place holds: time passes by `Case.due_at`, and every change is later."""
    return max(case.ranked_at, case.updated_at)


def band_of(case: Case) -> Band:
    """Where a case belongs, as of the instant it was last changed or time passed for it."""
    if not in_queue(case):
        return Band.DONE
    if case.track is Track.EMERGENCY:
        return Band.EMERGENCY
    if POSSIBLE_DANGER in case.flags:
        return Band.POSSIBLE
    if LIST_MAIL in case.flags:
        return Band.REST
    near = _OF_STAGE.get(stage_at(case.limit_at, judged_at(case)))
    if near is not None:
        return near
    if case.urgent:
        return Band.URGENT
    is_new = case.state is CaseState.REGISTERED
    if case.waiting and not is_new:
        return Band.REPLIED
    return Band.NEW if is_new else Band.REST


def rank_of(case: Case) -> int:
    """The order of the whole queue as one ascending number: the band, then the instant that decides in it.

    Of emergencies those that nobody has in hand stand above all, so above the others too.
    """
    band = band_of(case)
    if band is Band.EMERGENCY and case.handler_id:
        return band * BAND_SIZE + BAND_SIZE // 2 + case.received_at
    if band is Band.DONE:
        return (band + 1) * BAND_SIZE - 1 - case.updated_at
    return band * BAND_SIZE + (case.limit_at if band in _OF_STAGE.values() else case.received_at)


def _limits(p: Proceeding, rules: Rules) -> Iterator[NearestLimit]:
    for clock in p.clocks:
        if clock.stopped_at or clock.is_paused or clock.name is ClockName.EXT:  # its days are HANDLE_60's
            continue
        rule = rules.of(clock)
        if rule.kind is ClockKind.DUTY:
            yield NearestLimit(_ends_at(clock, rules), clock.name, rule.statutory)


def _ends_at(clock: Clock, rules: Rules) -> int:
    """What was missed stays missed, whatever the calendar says later."""
    return min(rules.ends_at(clock), clock.breached_at or rules.ends_at(clock))
