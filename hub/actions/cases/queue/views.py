"""The views of the one queue, defined once: what each shows, and whether a count is kept of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from hub.model.cases.queue.order import Band, Stage
from hub.model.cases.queue.standing import NO_MARKS, Mark, Todo
from hub.model.track import Compartment, Track


class QueueView(StrEnum):
    """Lists that everybody finds in the queue."""

    ALL = "all"
    MINE = "mine"
    LATER = "later"  # 稍后: put aside by the agent until a time or until the citizen writes
    UNASSIGNED = "unassigned"
    WAITING = "waiting"
    EMERGENCY = "emergency"
    POSSIBLE = "possible"  # 疑似险情
    SCREENING = "screening"  # 待甄别, for those who read REPORT cases
    OVERDUE = "overdue"  # 已超期
    DUE_SOON = "due_soon"  # 将到期
    TODAY = "today"  # 今日到期: its last day, as limits end at 24:00
    RECEIVE = "receive"  # 待签收
    NOTIFY = "notify"  # 待受理告知
    ANSWERED = "answered"  # 待补充已回复
    SIGN = "sign"  # 待审签
    DELIVER = "deliver"  # 待送达
    CALL_BACK = "call_back"  # 待回访
    SUPERVISED = "supervised"  # 督办
    REMINDED = "reminded"  # 催办
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class ViewRule:
    """What a view shows of what the agent may see.

    fields: as in `Selection`, at most one of which beside `open`: of that the store keeps a count. mine: only
    cases the agent works on and did not put aside. aside: only those the agent put aside. within: the
    compartment it is about, None for all.
    """

    fields: Mapping[str, tuple[str | int, ...]] = field(default_factory=dict)
    marks: Mark = NO_MARKS
    mine: bool = False
    aside: bool = False
    within: Compartment | None = None
    is_open: int = 1


_V = QueueView
RULES: Mapping[QueueView, ViewRule] = {
    _V.ALL: ViewRule(),
    _V.MINE: ViewRule(mine=True),
    _V.LATER: ViewRule(aside=True),
    _V.UNASSIGNED: ViewRule({"handler_id": ("",)}),
    _V.WAITING: ViewRule({"waits": (1,)}),
    _V.EMERGENCY: ViewRule({"track": (Track.EMERGENCY,)}),
    _V.POSSIBLE: ViewRule({"band": (Band.POSSIBLE,)}),
    _V.SCREENING: ViewRule(within=Compartment.SCREENING),
    _V.OVERDUE: ViewRule({"stage": (Stage.BREACHED,)}),
    _V.DUE_SOON: ViewRule({"stage": (Stage.LAST_DAY, Stage.THREE_DAYS)}),
    _V.TODAY: ViewRule({"stage": (Stage.LAST_DAY,)}),
    _V.RECEIVE: ViewRule({"todo": (Todo.RECEIVE,)}),
    _V.NOTIFY: ViewRule(marks=Mark.NOTIFY),
    _V.ANSWERED: ViewRule({"todo": (Todo.ANSWERED,)}),
    _V.SIGN: ViewRule({"todo": (Todo.SIGN,)}),
    _V.DELIVER: ViewRule({"todo": (Todo.DELIVER,)}),
    _V.CALL_BACK: ViewRule({"todo": (Todo.CALL_BACK,)}),
    _V.SUPERVISED: ViewRule(marks=Mark.SUPERVISED),
    _V.REMINDED: ViewRule(marks=Mark.REMINDED),
    _V.CLOSED: ViewRule(is_open=0),
}
