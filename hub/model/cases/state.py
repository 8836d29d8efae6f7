"""Where a case stands, and what the citizen is told of it.

The states are those of all procedures (信访, service matters, 检举控告); which event leads from one
to another is in `hub/model/cases/table.py` and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class CaseState(StrEnum):
    """Where a case stands."""

    DRAFT = "DRAFT"  # a call or form that is not finished
    REGISTERED = "REGISTERED"  # 登记; reference and query code issued
    TRIAGE = "TRIAGE"  # 甄别
    NEED_INFO = "NEED_INFO"  # the citizen was asked; legal clocks keep running
    ROUTED = "ROUTED"  # 转送 or 交办 sent
    OBJECTION = "OBJECTION"  # the unit says: not ours
    ACCEPTED = "ACCEPTED"  # 受理
    HANDLING = "HANDLING"  # 办理
    REVIEW_DRAFT = "REVIEW_DRAFT"  # reply drafted, not delivered
    REPLIED = "REPLIED"  # 答复 delivered
    RATED = "RATED"  # rated, or the time for it is over
    REWORK = "REWORK"  # redo of CONSULT and SERVICE
    FUCHA = "FUCHA"  # 复查
    FUCHA_DONE = "FUCHA_DONE"  # 复查 opinion delivered
    FUHE = "FUHE"  # 复核
    FINAL = "FINAL"  # 三级终结
    CLOSED = "CLOSED"  # 办结
    NOT_ACCEPTED = "NOT_ACCEPTED"  # 不予受理, 不再受理
    HANDED_OFF = "HANDED_OFF"  # to 110, 纪委监委, a court, another organ
    WITHDRAWN = "WITHDRAWN"  # by the citizen
    MERGED = "MERGED"  # 并案, follows the other case
    SEALED = "SEALED"  # a report about this organ's own leaders; the superior handles it


S = CaseState

DONE_STATES = frozenset({S.FINAL, S.CLOSED, S.NOT_ACCEPTED, S.HANDED_OFF, S.WITHDRAWN, S.MERGED, S.SEALED})
"""Nobody here has anything to do any more."""

OPEN_STATES = frozenset(CaseState) - DONE_STATES - {S.DRAFT}

CITIZEN_LABEL: Mapping[CaseState, str] = {
    S.DRAFT: "未提交",
    S.REGISTERED: "已登记",
    S.TRIAGE: "审核中",
    S.NEED_INFO: "需补充材料",
    S.ROUTED: "已转送",
    S.OBJECTION: "审核中",
    S.ACCEPTED: "已受理",
    S.HANDLING: "办理中",
    S.REVIEW_DRAFT: "办理中",
    S.REPLIED: "已答复",
    S.RATED: "已评价",
    S.REWORK: "重新办理",
    S.FUCHA: "复查中",
    S.FUCHA_DONE: "复查已答复",
    S.FUHE: "复核中",
    S.FINAL: "已终结",
    S.CLOSED: "已办结",
    S.NOT_ACCEPTED: "不予受理",
    S.HANDED_OFF: "已移送",
    S.WITHDRAWN: "已撤回",
    S.MERGED: "已并入",
    S.SEALED: "已登记",
}
"""What the citizen is told; the English label comes from the catalogue."""
