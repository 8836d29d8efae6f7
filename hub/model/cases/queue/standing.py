"""What a case is listed, counted and filtered by beside its order: ids, states and flags, nothing personal.

The repository stores it with every write of a case, so that nobody can forget it; the feed of open pages
compares the same fields (`hub/repositories/queue/feed.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntFlag, StrEnum

from hub.model.cases.case import DANGER, POSSIBLE_DANGER, THREAT, Case
from hub.model.cases.clock_names import ClockName
from hub.model.cases.queue.order import band_of, in_queue, judged_at, rank_of, stage_at
from hub.model.cases.queue.snoozing import is_aside
from hub.model.cases.state import CaseState

REPEATED = "repeated"
"""Flag: the same matter was brought before (重复)."""
JOINT = "joint"
"""Flag: brought by several people (联名)."""
STABILITY = "stability"
"""Flag: may disturb public order (涉稳)."""
FRAIL = "frail"
"""Flag: old, ill or disabled (老弱)."""
DIALECT = "dialect"
"""Flag: speaks a dialect (方言)."""

BY_HAND = (REPEATED, JOINT, STABILITY, FRAIL, DIALECT)
"""Flags that people put on a case and take off it."""


class Todo(StrEnum):
    """The one step that a case waits for; NONE where its state alone says it."""

    NONE = ""
    RECEIVE = "receive"  # 待签收
    ANSWERED = "answered"  # 待补充已回复: the citizen brought what was asked for
    SIGN = "sign"  # 待审签
    DELIVER = "deliver"  # 待送达
    CALL_BACK = "call_back"  # 待回访


class Mark(IntFlag):
    """What can be said of a case beside that; any number at once. Stored as their sum: never renumber."""

    URGENT = 1
    POSSIBLE_DANGER = 2
    DANGER = 4  # surely, or a threat
    NOTIFY = 8  # 受理告知 is due
    SUPERVISED = 16  # 督办
    REMINDED = 32  # 催办
    REPEATED = 64
    JOINT = 128
    STABILITY = 256
    FRAIL = 512
    DIALECT = 1024
    LATE_REQUEST = 2048  # 逾期申请
    PARTIAL = 4096  # 未说完
    UNDELIVERED = 8192  # 未送达: the citizen has to be reached otherwise


NO_MARKS = Mark(0)
_OF_FLAG: Mapping[str, Mark] = {
    POSSIBLE_DANGER: Mark.POSSIBLE_DANGER,
    DANGER: Mark.DANGER,
    THREAT: Mark.DANGER,
    REPEATED: Mark.REPEATED,
    JOINT: Mark.JOINT,
    STABILITY: Mark.STABILITY,
    FRAIL: Mark.FRAIL,
    DIALECT: Mark.DIALECT,
}
_NOTICES = (ClockName.NOTIFY_15, ClockName.REPORT_ACCEPT)


def standing(case: Case) -> dict[str, int | str]:
    """The fields of a case that the queue is read by. Engines differ in whether true equals 1: whole numbers.

    open: 0 done, 1 in the queue, 2 a draft. higher: whether it concerns a higher reviewer. unit: in charge.
    aside: who put it aside, "" for nobody.
    """
    p = case.proceeding
    return {
        "open": 2 if case.state is CaseState.DRAFT else int(in_queue(case)),
        "waits": int(case.waiting),
        "rank": rank_of(case),
        "band": int(band_of(case)),
        "stage": int(stage_at(case.limit_at, judged_at(case))) if in_queue(case) else 0,
        "todo": str(todo_of(case)),
        "marks": int(marks_of(case)),
        "higher": int(p.concerns_higher_organ),
        "unit": p.unit_id or case.unit_id,
        "tags": case.tags,
        "aside": case.snooze.by if is_aside(case) else "",
    }


def todo_of(case: Case) -> Todo:
    """What it waits for."""
    p = case.proceeding
    if not in_queue(case):
        return Todo.NONE
    if p.state is CaseState.ROUTED and p.receives_at:
        return Todo.RECEIVE
    if p.state is CaseState.REVIEW_DRAFT:
        return Todo.DELIVER if p.signed_by else Todo.SIGN
    if p.event == "citizen_reply" and case.waiting:
        return Todo.ANSWERED
    return Todo.CALL_BACK if p.running(ClockName.CALLBACK) else Todo.NONE


def marks_of(case: Case) -> Mark:
    """All that holds of it."""
    p, marks = case.proceeding, NO_MARKS
    for flag in case.flags:
        marks |= _OF_FLAG.get(flag, NO_MARKS)
    reminded = p.reminded_at > p.replied_at and in_queue(case)
    for holds, mark in (
        (case.urgent, Mark.URGENT),
        (any(p.running(name) for name in _NOTICES), Mark.NOTIFY),
        (p.running(ClockName.SUPERVISE), Mark.SUPERVISED),
        (reminded, Mark.REMINDED),
        (case.awaits_late_answer, Mark.LATE_REQUEST),
        (case.partial, Mark.PARTIAL),
        (bool(case.undelivered.at), Mark.UNDELIVERED),
    ):
        if holds:
            marks |= mark
    return marks
