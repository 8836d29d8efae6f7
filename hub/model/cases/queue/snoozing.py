"""稍后处理: a handler puts a case of their own aside until a time, or until the citizen writes.

Rule protected: it hides nothing. The case stays in every list that others look at, its clocks run, and it is
its handler's work again when anything calls for it: its time, the citizen's words (`recorded` in
`hub/model/cases/history.py`), another handler, danger, the last day of a limit, a reply that did not
arrive.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from enum import StrEnum

from hub.model.cases.case import Case
from hub.model.cases.queue.order import Band, band_of, in_queue, judged_at
from hub.runtime.clock import to_local, to_ms

UNTIL_SPOKEN = 10**15
"""As the end of it: whenever the citizen writes, and at no time."""
_MORNING = time(8, 30)


class Wake(StrEnum):
    """When it is to be work again, as the form says it."""

    TOMORROW = "tomorrow"
    MONDAY = "monday"
    SPOKEN = "spoken"
    AT = "at"  # a given time
    NOW = "now"


def wake_instant(wake: Wake, given: str, now: int) -> int:
    """The instant that is meant (ms UTC), 0 for now. given: a local time, `2026-03-05T14:30`.

    Raises `ValueError` for a time that is none.
    """
    local = to_local(now)
    match wake:
        case Wake.NOW:
            return 0
        case Wake.SPOKEN:
            return UNTIL_SPOKEN
        case Wake.AT:
            return to_ms(datetime.fromisoformat(given).replace(tzinfo=local.tzinfo))
    days = 1 if wake is Wake.TOMORROW else 7 - local.weekday()
    return to_ms(datetime.combine(local.date() + timedelta(days=days), _MORNING, local.tzinfo))


def may_rest(case: Case, agent_id: str) -> bool:
    """Whether this agent may put it aside: their own, and nothing presses."""
    return in_queue(case) and case.handler_id == agent_id != "" and band_of(case) > Band.LAST_DAY


def is_aside(case: Case) -> bool:
    """Whether it is out of its handler's work, as of the instant it was last changed or time passed."""
    snooze = case.snooze
    return snooze.until > judged_at(case) and may_rest(case, snooze.by)


def woken(case: Case) -> Case:
    """The case as it is stored: what is not aside any more says so, and comes aside by nothing else."""
    return case if not case.snooze.until or is_aside(case) else replace(case, snooze=case.snooze.over())


def wakes(case: Case) -> bool:
    """Whether storing it now gives it back to who put it aside and has to be told."""
    snooze = case.snooze
    return bool(snooze.until) and not is_aside(case) and in_queue(case) and snooze.by == case.handler_id


def wakes_at(case: Case, at: int) -> int:
    """When its time aside ends (ms UTC), 0 = never or before `at`."""
    until = case.snooze.until
    return until if at < until < UNTIL_SPOKEN else 0
