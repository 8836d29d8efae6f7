"""What moves change besides the state: clocks, documents, who has the case. One function each, values in and out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from hub.model.cases.attempt import Attempt
from hub.model.cases.clock import Clock, midnight
from hub.model.cases.clock_names import ClockName
from hub.model.cases.guards import REPLIES, asked_already, waiting_papers
from hub.model.cases.proceeding import (
    DIRECT_TRACKS,
    DeliveryMethod,
    DocumentKind,
    LateRequest,
    Paper,
    Proceeding,
)
from hub.model.cases.state import CaseState
from hub.model.track import Track

C = ClockName

SERVICE_CLOCKS: Mapping[str, ClockName] = {
    "求助": C.SERVICE_HELP,
    "投诉": C.SERVICE_COMPLAINT,
    "复杂": C.SERVICE_COMPLEX,
}
"""By the kind of a service matter."""

_POLICY = (
    C.CONSULT,
    *SERVICE_CLOCKS.values(),
    C.SUGGEST,
    C.REPORT_ACCEPT,
    C.REPORT_FIRST,
    C.REPORT_INVEST,
    C.REPORT_FEEDBACK,
    C.REPORT_OBJECTION,
    C.REDO,
    C.CALLBACK,
)
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
_PAUSABLE = (C.CONSULT, *SERVICE_CLOCKS.values(), C.SUGGEST)
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


# -- registration and triage -------------------------------------------------------------------


def register(p: Proceeding, attempt: Attempt) -> Proceeding:
    """Registered: the clocks of its track begin. A draft carries no identity that is unclear."""
    at = attempt.at
    p = replace(p, registered_at=at).start(C.ACK, at)
    return _begin(p, attempt, statutory_from=at)


def waive_notice(p: Proceeding, attempt: Attempt) -> Proceeding:
    """Name or address is unclear: nobody can be told (《信访工作条例》 23)."""
    return replace(p, identity_unclear=True).stop(attempt.at, C.NOTIFY_15)


def acknowledge(p: Proceeding, attempt: Attempt) -> Proceeding:
    """The automatic receipt went out."""
    return p.stop(attempt.at, C.ACK) if attempt.data.get("delivered", True) else p


def _begin(p: Proceeding, attempt: Attempt, *, statutory_from: int) -> Proceeding:
    """The clocks a track has from registration; statutory ones from an earlier instant."""
    match p.track:
        case Track.CONSULT:
            return p.start(C.CONSULT, attempt.at)
        case Track.SERVICE:
            kind = attempt.text("kind")
            return p.start(SERVICE_CLOCKS.get(kind, C.SERVICE_COMPLAINT), attempt.at)
        case Track.REPORT:
            return p.start(C.REPORT_ACCEPT, attempt.at).start(C.REPORT_FIRST, attempt.at)
        case Track.EMERGENCY:
            return p
        case _ if p.unit_id:  # it was sent on before it became a petition
            received = p.last(C.OBJECT_5WD)
            return p.start(C.NOTIFY_15, received.started_at if received else statutory_from)
        case _:
            return p.start(C.FORWARD_15, statutory_from).start(C.NOTIFY_15, statutory_from)


def reclassify(p: Proceeding, attempt: Attempt) -> Proceeding:
    """Another track: statutory clocks keep their start, policy clocks are replaced."""
    at, was = attempt.at, p
    p = replace(p.stop(at, *_POLICY), track=Track(attempt.text("track")))
    if not p.is_petition:
        p = p.stop(at, C.FORWARD_15, C.NOTIFY_15, C.HANDLE_60, C.EXT)
        if p.track is Track.REPORT and was.accepted_at and was.track not in DIRECT_TRACKS:
            return p.start(C.REPORT_INVEST, at)
        return _begin(p, attempt, statutory_from=at)
    if was.track in DIRECT_TRACKS:  # what was done as a service is no 受理 and no written reply
        p = replace(p, accepted_at=0, replied_at=0)
    if not p.accepted_at and p.previous is CaseState.HANDLING:
        p = replace(p, previous=CaseState.TRIAGE)
    if not p.accepted_at:
        return p if was.is_petition else _begin(p, attempt, statutory_from=p.registered_at)
    if p.track is Track.APPEAL and not p.running(C.HANDLE_60):
        return p.start(C.HANDLE_60, p.accepted_at)
    p = p.stop(at, C.HANDLE_60, C.EXT)
    return p.start(C.SUGGEST, at) if p.track is Track.SUGGEST else p


def ask(p: Proceeding, attempt: Attempt) -> Proceeding:
    """The citizen was asked. No statutory clock pauses."""
    rules, at = attempt.rules, attempt.at
    pausing = [name for name in _PAUSABLE if rules.profile.rule(name, p.track).pauses == "need_info"]
    p = replace(p, previous=p.state, contacted=True).stop(at, C.FIRST_CONTACT)
    return p.change(pausing, lambda clock: clock.paused(at)).start(C.NEED_INFO_10, at)


def stop_asking(p: Proceeding, attempt: Attempt) -> Proceeding:
    """Answered, or nobody answered: everything goes on."""
    at = attempt.at
    p = p.stop(at, C.NEED_INFO_10).change(_PAUSABLE, lambda clock: clock.resumed(at))
    return replace(p, previous=None)


# -- transfer ----------------------------------------------------------------------------------


def route(p: Proceeding, attempt: Attempt) -> Proceeding:
    """Sent to a unit. received_at (ms UTC): when it has it; without, it signs for it with `receive`."""
    at, told_by = attempt.at, p.unit_id
    p = p.stop(at, C.FORWARD_15, C.REPORT_FIRST)
    p = replace(
        p,
        unit_id=attempt.text("unit"),
        assigner=attempt.person,
        receives_at=attempt.data.get("received_at", -1),
    )
    if attempt.text("due"):
        p = p.start(C.SUPERVISE, at, last_day=attempt.text("due"))
    if 0 < p.receives_at <= at:
        p = receive(p, replace(attempt, at=p.receives_at))
    if not p.is_petition:
        return p
    return _issue(p, attempt, DocumentKind.TRANSFER, unit_id=told_by)


def receive(p: Proceeding, attempt: Attempt) -> Proceeding:
    """The unit has it: its own limits begin."""
    p = replace(p, receives_at=0).start(C.OBJECT_5WD, attempt.at)
    return p.start(C.NOTIFY_15, attempt.at) if p.is_petition else p


def object_(p: Proceeding, attempt: Attempt) -> Proceeding:
    return replace(p, returned=p.returned + 1).stop(attempt.at, C.OBJECT_5WD)


def agree_return(p: Proceeding, attempt: Attempt) -> Proceeding:
    """Back with the sender: the shared budget goes on with the days that are left."""
    at, unit = attempt.at, p.unit_id
    clocks = tuple(c.stopped(at) if c.name is C.NOTIFY_15 and c.unit_id == unit else c for c in p.clocks)
    p = replace(p, clocks=clocks, unit_id="", assigner="").stop(at, C.SUPERVISE)
    budget = p.last(C.FORWARD_15)
    if budget is None or not budget.stopped_at:
        return p
    left_off = budget.stopped_at
    going_on = replace(budget, stopped_at=0).paused(left_off).resumed(at)
    return replace(p, clocks=(*(c for c in p.clocks if c is not budget), going_on))


def move_due(p: Proceeding, attempt: Attempt) -> Proceeding:
    clock = p.running(C.SUPERVISE)
    return p.put_clock(clock, replace(clock, last_day=attempt.text("due"))) if clock else p


# -- acceptance --------------------------------------------------------------------------------


def accept(p: Proceeding, attempt: Attempt) -> Proceeding:
    """受理: from now on it is handled."""
    at = attempt.at
    if p.receives_at:
        p = receive(p, attempt)
    items = attempt.data.get("items", 1)
    p = replace(
        p,
        accepted_at=at,
        branch=attempt.data.get("branch", 0) if p.track in {Track.APPEAL, Track.LEGAL} else 0,
        items=len(items) if isinstance(items, list | tuple) else items,
    )
    p = p.stop(at, C.FORWARD_15, C.OBJECT_5WD, C.REPORT_FIRST)
    if p.track in DIRECT_TRACKS:  # they have their receipt, and their clock since they came
        return p
    p = _issue(p, attempt, DocumentKind.ACCEPTANCE)
    match p.track:
        case Track.APPEAL:
            return p.start(C.HANDLE_60, at)
        case Track.SUGGEST:
            return p.start(C.SUGGEST, at)
        case Track.REPORT:
            return p.start(C.REPORT_INVEST, at)
        case _:
            return p


def refuse(p: Proceeding, attempt: Attempt) -> Proceeding:
    p = p.stop(attempt.at, *(set(ClockName) - {C.NOTIFY_15, C.REPORT_ACCEPT}))
    again = attempt.text("code") in {"THREE_LEVEL_END", "不再受理"}
    return _issue(p, attempt, DocumentKind.NOT_AGAIN if again else DocumentKind.REFUSAL)


def redirect_legal(p: Proceeding, attempt: Attempt) -> Proceeding:
    p = replace(p, branch=attempt.data["branch"])
    p = p.stop(attempt.at, *(set(ClockName) - {C.NOTIFY_15}))
    return _issue(p, attempt, DocumentKind.LEGAL_WAY)


# -- handling ----------------------------------------------------------------------------------


def assign(p: Proceeding, attempt: Attempt) -> Proceeding:
    handler = attempt.text("handler") or attempt.person
    p = replace(p, handler=handler, handling_at=attempt.at)
    if p.state is CaseState.HANDLING or p.running(C.FIRST_CONTACT):
        return p
    return p.start(C.FIRST_CONTACT, attempt.at)


def claim(p: Proceeding, attempt: Attempt) -> Proceeding:
    """Somebody is responsible for it; no step of the procedure."""
    return replace(p, handler=attempt.text("handler") or attempt.person, handling_at=attempt.at)


def contact(p: Proceeding, attempt: Attempt) -> Proceeding:
    return replace(p, contacted=True).stop(attempt.at, C.FIRST_CONTACT)


def give_back(p: Proceeding, _: Attempt) -> Proceeding:
    return replace(p, handler="", handling_at=0)


def ask_extension(p: Proceeding, attempt: Attempt) -> Proceeding:
    return replace(p, asked_days=attempt.data["days"], asked_by=attempt.person)


def extend(p: Proceeding, attempt: Attempt) -> Proceeding:
    """Approved: HANDLE_60 itself ends later; EXT counts the days."""
    days: int = attempt.data["days"]
    p = p.change([C.HANDLE_60], lambda clock: _longer(clock, days, attempt))
    p = replace(p, extended=p.extended + days, asked_days=0, asked_by="")
    clock = p.running(C.HANDLE_60)
    last = attempt.rules.last_day(clock).isoformat() if clock else ""
    counter = p.running(C.EXT)
    if counter is None:
        p = p.start(C.EXT, attempt.at, last_day=last)
        counter = p.running(C.EXT)
    if counter is not None:
        p = p.put_clock(counter, replace(counter, last_day=last, extended=p.extended))
    return _issue(p, attempt, DocumentKind.EXTENSION)


def _longer(clock: Clock, days: int, attempt: Attempt) -> Clock:
    """Warnings that lie ahead again are given again."""
    longer = replace(clock, extended=clock.extended + days)
    ahead = {warning.key for warning in attempt.rules.warnings(longer) if warning.at > attempt.at}
    done = {warning.key for warning in attempt.rules.warnings(longer)} - ahead
    return replace(longer, warned=tuple(sorted(done)))


def submit_reply(p: Proceeding, attempt: Attempt) -> Proceeding:
    return replace(
        p, outcomes=tuple(attempt.data["outcomes"]), author=attempt.person or p.handler, signed_by=""
    )


def reject_draft(p: Proceeding, _: Attempt) -> Proceeding:
    return replace(p, outcomes=(), author="", signed_by="")


def sign(p: Proceeding, attempt: Attempt) -> Proceeding:
    """Signed and sealed; not delivered yet. Of a REPORT the investigation is closed."""
    p = replace(p, signed_by=attempt.person or "signed")
    if p.track is Track.REPORT:
        p = close_investigation(p, attempt)
    kind = DocumentKind.OPINION if p.track is Track.APPEAL else DocumentKind.REPLY
    return replace(p, papers=(*p.papers, Paper(kind, attempt.at, p.unit_id)))


def close_investigation(p: Proceeding, attempt: Attempt) -> Proceeding:
    if p.running(C.REPORT_FEEDBACK):
        return p
    return p.stop(attempt.at, C.REPORT_INVEST).start(C.REPORT_FEEDBACK, attempt.at)


def answer(p: Proceeding, attempt: Attempt) -> Proceeding:
    """Answered in one step."""
    p = stop_asking(p, attempt)
    return _replied(replace(p, handler=p.handler or attempt.person), attempt.at)


def feedback(p: Proceeding, attempt: Attempt) -> Proceeding:
    return _replied(close_investigation(p, attempt), attempt.at)


def deliver(p: Proceeding, attempt: Attempt) -> Proceeding:
    """A document reached the citizen; which one: `document`, else the reply."""
    paper = waiting_papers(p, attempt.text("document"))[-1]
    method = attempt.text("method") or DeliveryMethod.DIRECT
    if method == DeliveryMethod.PUBLIC:
        days = attempt.rules.profile.public_notice.value
        takes_effect = midnight(attempt.day + timedelta(days=days + 1)) - 1
        return p.put_paper(paper, replace(paper, method=method, effective_at=takes_effect))
    if attempt.text("status") in NOT_DELIVERED:
        return p.put_paper(paper, replace(paper, method=method))
    return _delivered(p, paper, attempt.at, method)


NOT_DELIVERED = frozenset({"accepted", "sent", "unknown_final"})
"""States of a delivery that do not say that anybody received it."""


def public_notice_over(p: Proceeding, attempt: Attempt) -> Proceeding:
    """The time of a 公告 is over: it counts as delivered."""
    for paper in p.papers:
        if not paper.delivered_at and 0 < paper.effective_at <= attempt.at:
            p = _delivered(p, paper, paper.effective_at, DeliveryMethod.PUBLIC)
    return p


def _issue(p: Proceeding, attempt: Attempt, kind: DocumentKind, *, unit_id: str | None = None) -> Proceeding:
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
        return _replied(p, at)
    if paper.kind is DocumentKind.FUCHA_OPINION:
        return p.stop(at, C.FUCHA_30)
    if paper.kind is DocumentKind.FUHE_OPINION:
        return p.stop_all(at)
    return p


def _replied(p: Proceeding, at: int) -> Proceeding:
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


# -- after the reply ---------------------------------------------------------------------------


def rate(p: Proceeding, attempt: Attempt) -> Proceeding:
    return replace(p, ratings=p.ratings + 1).stop(attempt.at, C.CALLBACK)


def redo(p: Proceeding, attempt: Attempt) -> Proceeding:
    p = replace(p, redone=p.redone + 1, handler="", author="", signed_by="", outcomes=(), contacted=False)
    return p.stop(attempt.at, C.CALLBACK).start(C.REDO, attempt.at)


def call_back(p: Proceeding, attempt: Attempt) -> Proceeding:
    return p.stop(attempt.at, C.CALLBACK)


def request_fucha(p: Proceeding, attempt: Attempt) -> Proceeding:
    return _without_late(p, "复查").stop(attempt.at, C.FUCHA_WINDOW).start(C.FUCHA_30, attempt.at)


def request_fuhe(p: Proceeding, attempt: Attempt) -> Proceeding:
    return _without_late(p, "复核").stop(attempt.at, C.FUHE_WINDOW).start(C.FUHE_30, attempt.at)


def keep_late(p: Proceeding, attempt: Attempt, level: str, name: ClockName) -> Proceeding:
    """A request after the last day, kept with its time; the state stays."""
    clock = p.last(name)
    if clock is None or asked_already(p, name, _REVIEWS[name]):
        return p
    last = attempt.rules.last_day(clock).isoformat()
    return replace(p, late=(*p.late, LateRequest(level, attempt.at, last)))


_REVIEWS = {C.FUCHA_WINDOW: C.FUCHA_30, C.FUHE_WINDOW: C.FUHE_30}


def admit_late(p: Proceeding, attempt: Attempt) -> Proceeding:
    """A person takes a late request, with a reason; its clock begins now."""
    fuhe = p.late[-1].level == "复核"
    return request_fuhe(p, attempt) if fuhe else request_fucha(p, attempt)


def refuse_late(p: Proceeding, attempt: Attempt) -> Proceeding:
    level = p.late[-1].level
    kind = DocumentKind.FUHE_REFUSAL if level == "复核" else DocumentKind.FUCHA_REFUSAL
    return _issue(_without_late(p, level), attempt, kind)


def _without_late(p: Proceeding, level: str) -> Proceeding:
    return replace(p, late=tuple(request for request in p.late if request.level != level))


def fucha_opinion(p: Proceeding, attempt: Attempt) -> Proceeding:
    return _issue(p, attempt, DocumentKind.FUCHA_OPINION)


def remand(p: Proceeding, attempt: Attempt) -> Proceeding:
    """撤销重办: the handling begins again with a limit of its own."""
    p = replace(p, author="", signed_by="", outcomes=(), handling_at=attempt.at)
    return _issue(p, attempt, DocumentKind.FUCHA_OPINION).start(C.HANDLE_REMAND, attempt.at)


def open_fuhe_window(p: Proceeding, attempt: Attempt) -> Proceeding:
    """The opinion of the 复查 is delivered."""
    return p.start(C.FUHE_WINDOW, attempt.at)


def hearing_start(p: Proceeding, attempt: Attempt) -> Proceeding:
    return p.change([C.FUHE_30], lambda clock: clock.paused(attempt.at))


def hearing_end(p: Proceeding, attempt: Attempt) -> Proceeding:
    return p.change([C.FUHE_30], lambda clock: clock.resumed(attempt.at))


def fuhe_opinion(p: Proceeding, attempt: Attempt) -> Proceeding:
    return _issue(p, attempt, DocumentKind.FUHE_OPINION)


# -- at any time -------------------------------------------------------------------------------


def remind(p: Proceeding, attempt: Attempt) -> Proceeding:
    return replace(p, reminded_at=attempt.at) if attempt.role == "CIT" else p


def supervise(p: Proceeding, attempt: Attempt) -> Proceeding:
    return p.start(C.SUPERVISE, attempt.at, last_day=attempt.text("due"))


def answer_supervision(p: Proceeding, attempt: Attempt) -> Proceeding:
    return p.stop(attempt.at, C.SUPERVISE)


def advise(p: Proceeding, attempt: Attempt) -> Proceeding:
    return p.start(C.ADVICE_30, attempt.at)


def answer_advice(p: Proceeding, attempt: Attempt) -> Proceeding:
    return p.stop(attempt.at, C.ADVICE_30)


def end(p: Proceeding, attempt: Attempt) -> Proceeding:
    """Nothing runs any more."""
    return p.stop_all(attempt.at)


def merge(p: Proceeding, _: Attempt) -> Proceeding:
    """The clocks stay as they are: the law's limits do not end because two letters are one matter."""
    return replace(p, merged_from=p.state)


def unmerge(p: Proceeding, _: Attempt) -> Proceeding:
    return replace(p, merged_from=None)


def reopen(p: Proceeding, attempt: Attempt) -> Proceeding:
    """Again from triage, with new clocks."""
    p = replace(
        p.stop_all(attempt.at), accepted_at=0, replied_at=0, unit_id="", handler="", author="", signed_by="",
        outcomes=(), extended=0, asked_days=0, asked_by="", receives_at=0, contacted=False, ratings=0,
        previous=None,
    )  # fmt: skip
    return _begin(p, attempt, statutory_from=attempt.at)
