"""The fields of each step of the table, and how what was typed becomes the data of the event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.model.cases.guards import (
    FUCHA_OUTCOMES,
    OPINIONS,
    OUTCOMES,
    REFUSAL_GROUNDS,
    REPLIES,
    TRANSFER_MODES,
)
from hub.model.cases.proceeding import DeliveryMethod, DocumentKind
from hub.model.cases.screening import LEAVES
from hub.model.track import Track
from hub.web.badges import TRACK
from hub.web.i18n import msgid


@dataclass(frozen=True, slots=True)
class MoveField:
    """One field. kind: text, area, number, date, choice, unit, per_item. choices: value and label."""

    name: str
    label: str
    kind: str = "text"
    choices: Sequence[tuple[str, str]] = ()


def _same(values: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple((value, value) for value in values)


_NOTICES = tuple(kind for kind in DocumentKind if kind not in {*REPLIES, *OPINIONS})

SOLVED = (("solved", msgid("已解决")), ("partly", msgid("部分解决")), ("unsolved", msgid("未解决")))
SATISFIED = (
    ("satisfied", msgid("满意")),
    ("fair", msgid("基本满意")),
    ("unsatisfied", msgid("不满意")),
    ("unsaid", msgid("未表态")),
)

_REASON = MoveField("reason", msgid("理由"), "area")

_OPINION = MoveField("reply", msgid("意见正文（群众凭编号和查询码查看）"), "area")

FIELDS: Mapping[str, tuple[MoveField, ...]] = {
    "ask": (MoveField("question", msgid("需要补充什么（群众会看到）"), "area"),),
    "route": (
        MoveField("mode", msgid("方式"), "choice", _same(TRANSFER_MODES)),
        MoveField("unit", msgid("收件单位"), "unit"),
        MoveField("due", msgid("交办期限（可不填）"), "date"),
    ),
    "move_due": (MoveField("due", msgid("新的期限"), "date"),),
    "object": (_REASON,),
    "refuse_return": (_REASON,),
    "accept": (
        MoveField(
            "branch", msgid("申诉求决（第 6 项）、法定程序（第 1 到 5 项）属于第三十一条第几项"), "number"
        ),
        MoveField("items", msgid("诉求，每行一项"), "area"),
    ),
    "refuse": (
        MoveField("code", msgid("不予受理的情形"), "choice", tuple(REFUSAL_GROUNDS.items())),
        _REASON,
    ),
    "redirect_legal": (MoveField("branch", msgid("第三十一条第几项，1 到 5"), "number"),),
    "log_contact": (MoveField("comment", msgid("联系经过（内部记录）"), "area"),),
    "add_evidence": (MoveField("comment", msgid("证据和来源（内部记录）"), "area"),),
    "co_reply": (MoveField("comment", msgid("协办意见（内部记录）"), "area"),),
    "answer_duban": (MoveField("comment", msgid("办理情况（内部记录）"), "area"),),
    "ask_extension": (MoveField("days", msgid("延长几日"), "number"), _REASON),
    "extend": (
        MoveField("days", msgid("延长几日（不填即按申请）"), "number"),
        MoveField("reason", msgid("理由（不填即按申请，群众会看到）"), "area"),
    ),
    "submit_reply": (
        MoveField("outcomes", msgid("处理结果"), "per_item", _same(OUTCOMES)),
        MoveField("reply", msgid("答复正文：事实、理由、依据"), "area"),
    ),
    "reject_draft": (MoveField("comment", msgid("修改意见"), "area"),),
    "deliver": (
        MoveField("document", msgid("文书"), "choice", (("", "答复、复查意见或复核意见"), *_same(_NOTICES))),
        MoveField("method", msgid("送达方式"), "choice", _same(tuple(DeliveryMethod))),
        MoveField("delivered_on", msgid("送达回证上的日期（当天可不填）"), "date"),
    ),
    "fucha_opinion": (MoveField("outcome", msgid("复查结论"), "choice", _same(FUCHA_OUTCOMES)), _OPINION),
    "remand": (_OPINION,),
    "fuhe_opinion": (_OPINION,),
    "feedback": (_OPINION,),
    "admit_late": (_REASON,),
    "refuse_late": (_REASON,),
    "merge_into": (MoveField("master", msgid("并入的工单编号")),),
    "duban": (MoveField("order", msgid("督办要求"), "area"), MoveField("due", msgid("期限"), "date")),
    "reopen": (_REASON,),
    "correct_closing": (_REASON,),
    "callback": (
        MoveField("solved", msgid("问题是否解决"), "choice", SOLVED),
        MoveField("satisfied", msgid("是否满意"), "choice", SATISFIED),
        MoveField("comment", msgid("回访记录（内部记录）"), "area"),
    ),
    "callback_tried": (MoveField("comment", msgid("未接通的情况（内部记录）"), "area"),),
    "reclassify": (
        MoveField(
            "track",
            msgid("诉求类型"),
            "choice",
            tuple((t, TRACK[t].text) for t in Track if t is not Track.REPORT),
        ),
        _REASON,
        MoveField(
            LEAVES,
            msgid("检举控告改类后"),
            "choice",
            (("", msgid("留在保密隔离内，由督察办理")), ("1", msgid("删去群众身份，转入普通队列"))),
        ),
    ),
    "waive_notice": (_REASON,),
}
"""By event; an event without an entry is one press."""

_NUMBERS = frozenset({"days", "branch"})


def data_of(event: str, typed: Mapping[str, str]) -> dict[str, Any]:
    """The data of an event.

    A number that is none is left as it was typed: the table says what is wrong with it.
    """
    data: dict[str, Any] = {}
    for field in FIELDS.get(event, ()):
        if field.kind == "per_item":
            given = sorted((name for name in typed if name.startswith(f"{field.name}-")), key=_number)
            data[field.name] = [typed[name] for name in given]
            continue
        text = typed.get(field.name, "").strip()
        if field.name in _NUMBERS:
            data[field.name] = int(text) if text.isdecimal() and len(text) < 6 else text
        elif field.name == "items":
            data[field.name] = [line.strip() for line in text.splitlines() if line.strip()]
        elif text or field.kind != "date":
            data[field.name] = text
    return data


def _number(name: str) -> int:
    tail = name.rpartition("-")[2]
    return int(tail) if tail.isdecimal() else 0
