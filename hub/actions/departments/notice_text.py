"""Texts of two notices a department owes an applicant: 预审结果 and 一次性告知.

Rule protected: an applicant is told once and completely what is lacking (行政许可法
第三十二条): a notice about missing materials names each of them, one about a refusal its reason, or it is not
taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hub.actions.departments.refusals import NotTaken, Problem

NO_MATERIALS = "请列出需要补充的材料"
NO_REASON = "请写明原因"
NOT_HERE = "这类通知不填此项"


class NoticeKind(StrEnum):
    """Which notice it is; part of the API's contract."""

    PASSED = "pre_review_passed"
    LACKING = "pre_review_lacking"
    REFUSED = "pre_review_refused"
    ALL_AT_ONCE = "one_time_notice"


@dataclass(frozen=True, slots=True)
class NoticeWanted:
    """matter: what was applied for. reference: the department's number of it. materials: what to bring, or
    what is lacking. reason: of a refusal. place: where to go. until: the last day."""

    kind: NoticeKind
    matter: str
    reference: str = ""
    materials: tuple[str, ...] = ()
    reason: str = ""
    place: str = ""
    until: date | None = None


def notice_text(wanted: NoticeWanted) -> str:
    """The text, without signature. Raises `NotTaken`."""
    problems = []
    lacking = wanted.kind in (NoticeKind.LACKING, NoticeKind.ALL_AT_ONCE)
    if lacking and not wanted.materials:
        problems.append(Problem("materials", "materials_missing", NO_MATERIALS))
    if wanted.kind is NoticeKind.REFUSED and not wanted.reason:
        problems.append(Problem("reason", "reason_missing", NO_REASON))
    if wanted.kind is not NoticeKind.REFUSED and wanted.reason:
        problems.append(Problem("reason", "not_of_this_kind", NOT_HERE))
    if wanted.kind is NoticeKind.REFUSED and wanted.materials:
        problems.append(Problem("materials", "not_of_this_kind", NOT_HERE))
    if problems:
        raise NotTaken(problems)
    matter = f"“{wanted.matter}”" + (f"（编号{wanted.reference}）" if wanted.reference else "")
    when, where = _until(wanted), f"到{wanted.place}" if wanted.place else ""
    match wanted.kind:
        case NoticeKind.PASSED:
            bring = f"携带{'、'.join(wanted.materials)}" if wanted.materials else ""
            return f"您申请的{matter}预审已通过。请{when}{bring}{where}办理。"
        case NoticeKind.LACKING:
            return f"您申请的{matter}预审未通过，需补充：{_listed(wanted)}。请{when}{where}补齐。"
        case NoticeKind.REFUSED:
            ask = f"如有疑问，请到{wanted.place}咨询。" if wanted.place else ""
            return f"您申请的{matter}预审不予通过，原因：{wanted.reason.rstrip('。')}。{ask}"
        case NoticeKind.ALL_AT_ONCE:
            lacks = _listed(wanted)
            return f"您办理{matter}，现一次性告知还需以下材料：{lacks}。请{when}{where}补齐。"


def _listed(wanted: NoticeWanted) -> str:
    if len(wanted.materials) == 1:
        return wanted.materials[0]
    return "；".join(f"{number}.{one}" for number, one in enumerate(wanted.materials, 1))


def _until(wanted: NoticeWanted) -> str:
    day = wanted.until
    return f"于{day.year}年{day.month}月{day.day}日前" if day else ""
