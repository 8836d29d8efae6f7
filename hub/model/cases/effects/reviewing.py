"""After the reply: rating, redo, 复查 and 复核; and what may be done at any time."""

from __future__ import annotations

from dataclasses import replace

from hub.model.cases.attempt import Attempt
from hub.model.cases.clock_names import ClockName
from hub.model.cases.effects.entering import begin
from hub.model.cases.effects.papers import issue
from hub.model.cases.guards import asked_already
from hub.model.cases.proceeding import DocumentKind, LateRequest, Proceeding

C = ClockName


# -- after the reply ---------------------------------------------------------------------------


def rate(p: Proceeding, attempt: Attempt) -> Proceeding:
    """CALLBACK stops."""
    return replace(p, ratings=p.ratings + 1).stop(attempt.at, C.CALLBACK)


def redo(p: Proceeding, attempt: Attempt) -> Proceeding:
    """CALLBACK stops, REDO starts."""
    p = replace(p, redone=p.redone + 1, handler="", author="", signed_by="", outcomes=())
    return p.stop(attempt.at, C.CALLBACK).start(C.REDO, attempt.at)


def call_back(p: Proceeding, attempt: Attempt) -> Proceeding:
    """CALLBACK stops."""
    return p.stop(attempt.at, C.CALLBACK)


def request_fucha(p: Proceeding, attempt: Attempt) -> Proceeding:
    """FUCHA_WINDOW stops, FUCHA_30 starts."""
    return _without_late(p, "复查").stop(attempt.at, C.FUCHA_WINDOW).start(C.FUCHA_30, attempt.at)


def request_fuhe(p: Proceeding, attempt: Attempt) -> Proceeding:
    """FUHE_WINDOW stops, FUHE_30 starts."""
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
    """A person takes a late request, with a reason: FUCHA_30 or FUHE_30 starts now."""
    fuhe = p.late[-1].level == "复核"
    return request_fuhe(p, attempt) if fuhe else request_fucha(p, attempt)


def refuse_late(p: Proceeding, attempt: Attempt) -> Proceeding:
    """The request is answered with a document."""
    level = p.late[-1].level
    kind = DocumentKind.FUHE_REFUSAL if level == "复核" else DocumentKind.FUCHA_REFUSAL
    return issue(_without_late(p, level), attempt, kind)


def _without_late(p: Proceeding, level: str) -> Proceeding:
    return replace(p, late=tuple(request for request in p.late if request.level != level))


def fucha_opinion(p: Proceeding, attempt: Attempt) -> Proceeding:
    """FUCHA_30 stops on delivery; then FUHE_WINDOW starts."""
    return issue(p, attempt, DocumentKind.FUCHA_OPINION)


def remand(p: Proceeding, attempt: Attempt) -> Proceeding:
    """FUCHA_30 stops on delivery; HANDLE_REMAND starts."""
    p = replace(p, author="", signed_by="", outcomes=(), handling_at=attempt.at)
    return issue(p, attempt, DocumentKind.FUCHA_OPINION).start(C.HANDLE_REMAND, attempt.at)


def open_fuhe_window(p: Proceeding, attempt: Attempt) -> Proceeding:
    """The opinion of the 复查 is delivered."""
    opinion = p.paper(DocumentKind.FUCHA_OPINION)
    return p.start(C.FUHE_WINDOW, opinion.delivered_at if opinion else attempt.at)


def hearing_start(p: Proceeding, attempt: Attempt) -> Proceeding:
    """FUHE_30 pauses."""
    return p.change([C.FUHE_30], lambda clock: clock.paused(attempt.at))


def hearing_end(p: Proceeding, attempt: Attempt) -> Proceeding:
    """FUHE_30 goes on."""
    return p.change([C.FUHE_30], lambda clock: clock.resumed(attempt.at))


def fuhe_opinion(p: Proceeding, attempt: Attempt) -> Proceeding:
    """All clocks stop on delivery."""
    return issue(p, attempt, DocumentKind.FUHE_OPINION)


# -- at any time -------------------------------------------------------------------------------


def remind(p: Proceeding, attempt: Attempt) -> Proceeding:
    """The day is kept."""
    return replace(p, reminded_at=attempt.at) if attempt.role == "CIT" else p


def supervise(p: Proceeding, attempt: Attempt) -> Proceeding:
    """SUPERVISE starts, until the day of the order."""
    return p.start(C.SUPERVISE, attempt.at, last_day=attempt.text("due"))


def answer_supervision(p: Proceeding, attempt: Attempt) -> Proceeding:
    """SUPERVISE stops."""
    return p.stop(attempt.at, C.SUPERVISE)


def advise(p: Proceeding, attempt: Attempt) -> Proceeding:
    """ADVICE_30 starts."""
    return p.start(C.ADVICE_30, attempt.at)


def answer_advice(p: Proceeding, attempt: Attempt) -> Proceeding:
    """ADVICE_30 stops."""
    return p.stop(attempt.at, C.ADVICE_30)


def end(p: Proceeding, attempt: Attempt) -> Proceeding:
    """All clocks stop."""
    return replace(p.stop_all(attempt.at), closed_at=attempt.at)


def correct_closing(p: Proceeding, _: Attempt) -> Proceeding:
    """Closed by mistake: the clocks that stopped with it run on as if they had never stopped."""
    clocks = tuple(replace(c, stopped_at=0) if c.stopped_at == p.closed_at else c for c in p.clocks)
    return replace(p, clocks=clocks, closed_at=0)


def merge(p: Proceeding, _: Attempt) -> Proceeding:
    """Clocks go on: the law's limits do not end because two letters are one matter."""
    return replace(p, merged_from=p.state)


def unmerge(p: Proceeding, _: Attempt) -> Proceeding:
    """As it was, with its clocks."""
    return replace(p, merged_from=None)


def reopen(p: Proceeding, attempt: Attempt) -> Proceeding:
    """New clocks, from triage."""
    p = replace(
        p.stop_all(attempt.at), accepted_at=0, replied_at=0, unit_id="", handler="", author="", signed_by="",
        outcomes=(), extended=0, asked_days=0, asked_by="", receives_at=0, contacted=False, ratings=0,
        previous=None, late=(), returned=0, redone=0,
    )  # fmt: skip
    return begin(p, attempt, statutory_from=attempt.at)
