"""When time does something to a case next: to its proceeding, to its place in the queue, or back into the
work of who put it aside."""

from __future__ import annotations

from dataclasses import replace

from hub.model.cases.case import Case
from hub.model.cases.clock import Rules
from hub.model.cases.passing_time import next_at
from hub.model.cases.queue.order import in_queue, nearest_limit, next_stage_at
from hub.model.cases.queue.snoozing import wakes_at


def scheduled(case: Case, at: int, rules: Rules) -> Case:
    """The same case with its nearest limit, its place as of `at`, and when to look at it again.

    Everything that changes the proceeding of a case, or the rules it is counted with, comes through here.
    """
    limit = nearest_limit(case.proceeding, rules) if in_queue(case) else None
    stage_at = next_stage_at(limit.at, at) if limit else 0
    instants = next_at(case.proceeding, rules), stage_at, wakes_at(case, at)
    return replace(
        case,
        due_at=min(filter(None, instants), default=0),
        limit_at=limit.at if limit else 0,
        limit_clock=limit.clock if limit else "",
        limit_statutory=limit is not None and limit.statutory,
        ranked_at=at,
    )
