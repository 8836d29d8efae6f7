"""From acceptance to the signed reply."""

from __future__ import annotations

from dataclasses import replace

from hub.model.cases.attempt import Attempt
from hub.model.cases.clock import Clock
from hub.model.cases.clock_names import ClockName
from hub.model.cases.effects.entering import stop_asking
from hub.model.cases.effects.papers import issue, replied
from hub.model.cases.proceeding import DocumentKind, Paper, Proceeding
from hub.model.cases.state import CaseState
from hub.model.track import Track

C = ClockName


# -- handling ----------------------------------------------------------------------------------


def assign(p: Proceeding, attempt: Attempt) -> Proceeding:
    """The handler has it: FIRST_CONTACT starts."""
    handler = attempt.text("handler") or attempt.person
    p = replace(p, handler=handler, handling_at=attempt.at)
    if p.state is CaseState.HANDLING or p.running(C.FIRST_CONTACT):
        return p
    return p.start(C.FIRST_CONTACT, attempt.at)


def claim(p: Proceeding, attempt: Attempt) -> Proceeding:
    """Somebody is responsible for it; no step of the procedure."""
    return replace(p, handler=attempt.text("handler") or attempt.person, handling_at=attempt.at)


def contact(p: Proceeding, attempt: Attempt) -> Proceeding:
    """FIRST_CONTACT stops."""
    return replace(p, contacted=True).stop(attempt.at, C.FIRST_CONTACT)


def give_back(p: Proceeding, _: Attempt) -> Proceeding:
    """Nobody's any more."""
    return replace(p, handler="", handling_at=0)


def ask_extension(p: Proceeding, attempt: Attempt) -> Proceeding:
    """Days wait for approval."""
    return replace(p, asked_days=attempt.data["days"], asked_by=attempt.person)


def extend(p: Proceeding, attempt: Attempt) -> Proceeding:
    """HANDLE_60 itself ends later; EXT counts the days."""
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
    return issue(p, attempt, DocumentKind.EXTENSION)


def _longer(clock: Clock, days: int, attempt: Attempt) -> Clock:
    """Warnings that lie ahead again are given again."""
    longer = replace(clock, extended=clock.extended + days)
    ahead = {warning.key for warning in attempt.rules.warnings(longer) if warning.at > attempt.at}
    done = {warning.key for warning in attempt.rules.warnings(longer)} - ahead
    return replace(longer, warned=tuple(sorted(done)))


def submit_reply(p: Proceeding, attempt: Attempt) -> Proceeding:
    """The author is kept."""
    return replace(
        p, outcomes=tuple(attempt.data["outcomes"]), author=attempt.person or p.handler, signed_by=""
    )


def reject_draft(p: Proceeding, _: Attempt) -> Proceeding:
    """The draft is forgotten."""
    return replace(p, outcomes=(), author="", signed_by="")


def sign(p: Proceeding, attempt: Attempt) -> Proceeding:
    """Signed, not delivered. REPORT: REPORT_INVEST stops, REPORT_FEEDBACK starts."""
    p = replace(p, signed_by=attempt.person or "signed")
    if p.track is Track.REPORT:
        p = close_investigation(p, attempt)
    kind = DocumentKind.OPINION if p.track is Track.APPEAL else DocumentKind.REPLY
    return replace(p, papers=(*p.papers, Paper(kind, attempt.at, p.unit_id)))


def close_investigation(p: Proceeding, attempt: Attempt) -> Proceeding:
    """REPORT_INVEST stops, REPORT_FEEDBACK starts."""
    if p.running(C.REPORT_FEEDBACK):
        return p
    return p.stop(attempt.at, C.REPORT_INVEST).start(C.REPORT_FEEDBACK, attempt.at)


def answer(p: Proceeding, attempt: Attempt) -> Proceeding:
    """Answered in one step: the clocks of the reply stop; SERVICE: CALLBACK starts."""
    p = stop_asking(p, attempt)
    return replied(replace(p, handler=p.handler or attempt.person), attempt.at)


def feedback(p: Proceeding, attempt: Attempt) -> Proceeding:
    """REPORT_FEEDBACK stops, REPORT_OBJECTION starts."""
    return replied(close_investigation(p, attempt), attempt.at)
