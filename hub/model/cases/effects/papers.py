"""Documents and their delivery: what stops or starts when one has reached the citizen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hub.model.cases.attempt import Attempt
from hub.model.cases.clock import midnight
from hub.model.cases.clock_names import SERVICE_CLOCKS, ClockName
from hub.model.cases.guards import REPLIES, waiting_papers
from hub.model.cases.proceeding import DeliveryMethod, DocumentKind, Paper, Proceeding
from hub.model.track import Track

C = ClockName

_UNTIL_REPLY = (
    C.HANDLE_60,
    C.EXT,
    C.HANDLE_REMAND,
    C.CONSULT,
    *SERVICE_CLOCKS.values(),
    C.SUGGEST,
    C.REDO,
    C.REPORT_INVEST,
    C.REPORT_FEEDBACK,
    C.FIRST_CONTACT,
)
_TELLS_RECEIPT = frozenset(
    {
        DocumentKind.ACCEPTANCE,
        DocumentKind.TRANSFER,
        DocumentKind.REFUSAL,
        DocumentKind.NOT_AGAIN,
        DocumentKind.LEGAL_WAY,
    }
)
"""Documents whose delivery fulfils the duty of NOTIFY_15."""


def deliver(p: Proceeding, attempt: Attempt) -> Proceeding:
    """The clock that waited for `document`, else the reply, stops; a reply starts FUCHA_WINDOW."""
    paper = waiting_papers(p, attempt.text("document"))[-1]
    method = attempt.text("method") or DeliveryMethod.DIRECT
    if method == DeliveryMethod.PUBLIC:
        days = attempt.rules.profile.public_notice.value
        takes_effect = midnight(attempt.day + timedelta(days=days + 1)) - 1
        return p.put_paper(paper, replace(paper, method=method, effective_at=takes_effect))
    day = attempt.text("delivered_on")  # on the slip or the return receipt, which comes back later
    at = attempt.at
    if day and day != attempt.day.isoformat():
        at = midnight(date.fromisoformat(day) + timedelta(days=1)) - 1
    if attempt.text("status") in NOT_DELIVERED:
        return p.put_paper(paper, replace(paper, method=method))
    return _delivered(p, paper, at, method)


NOT_DELIVERED = frozenset({"accepted", "sent", "unknown_final"})
"""States of a delivery that do not say that anybody received it."""


def public_notice_over(p: Proceeding, attempt: Attempt) -> Proceeding:
    """The days of a 公告 are over: it counts as delivered."""
    for paper in p.papers:
        if not paper.delivered_at and 0 < paper.effective_at <= attempt.at:
            p = _delivered(p, paper, paper.effective_at, DeliveryMethod.PUBLIC)
    return p


def issue(p: Proceeding, attempt: Attempt, kind: DocumentKind, *, unit_id: str | None = None) -> Proceeding:
    """A document is out; it is delivered at once unless `delivered` says otherwise."""
    paper = Paper(kind, attempt.at, p.unit_id if unit_id is None else unit_id)
    p = replace(p, papers=(*p.papers, paper))
    if attempt.data.get("delivered", True) is False:
        return p
    return _delivered(p, paper, attempt.at, attempt.text("method") or DeliveryMethod.ELECTRONIC)


def _delivered(p: Proceeding, paper: Paper, at: int, method: str) -> Proceeding:
    p = p.put_paper(paper, replace(paper, method=method, delivered_at=at))
    if paper.kind in _TELLS_RECEIPT:
        clocks = tuple(
            c.stopped(at) if c.name is C.NOTIFY_15 and c.unit_id == paper.unit_id else c for c in p.clocks
        )
        p = replace(p, clocks=clocks)
        return p if paper.kind is DocumentKind.TRANSFER else p.stop(at, C.REPORT_ACCEPT)
    if paper.kind in REPLIES:
        return replied(p, at)
    if paper.kind is DocumentKind.FUCHA_OPINION:
        return p.stop(at, C.FUCHA_30)
    if paper.kind is DocumentKind.FUHE_OPINION:
        return p.stop_all(at)
    return p


def replied(p: Proceeding, at: int) -> Proceeding:
    p = replace(p.stop(at, *_UNTIL_REPLY), replied_at=at)
    match p.track:
        case Track.APPEAL:
            return p.start(C.FUCHA_WINDOW, at)
        case Track.REPORT:
            return p.start(C.REPORT_OBJECTION, at)
        case Track.SERVICE:
            return p.stop(at, C.CALLBACK).start(C.CALLBACK, at)
        case _:
            return p
