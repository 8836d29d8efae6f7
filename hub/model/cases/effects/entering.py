"""From registration to acceptance or refusal: triage, questions to the citizen, transfer between units."""

from __future__ import annotations

from dataclasses import replace

from hub.model.cases.attempt import Attempt, Effect
from hub.model.cases.clock_names import SERVICE_CLOCKS, ClockName
from hub.model.cases.effects.papers import issue
from hub.model.cases.proceeding import DIRECT_TRACKS, DocumentKind, Proceeding
from hub.model.cases.state import CaseState
from hub.model.track import Track

C = ClockName

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
ON_PAPER = frozenset({"letter", "visit"})
_PAUSABLE = (C.CONSULT, *SERVICE_CLOCKS.values(), C.SUGGEST)


# -- registration and triage -------------------------------------------------------------------


def register(p: Proceeding, attempt: Attempt) -> Proceeding:
    """Registered: ACK and the clocks of its track start."""
    at = attempt.at
    p = replace(p, registered_at=at).start(C.ACK, at)
    if attempt.text("channel") in ON_PAPER:
        p = p.change([C.ACK], lambda clock: replace(clock, paper=True))
    return begin(p, attempt, statutory_from=at)


def waive_notice(p: Proceeding, attempt: Attempt) -> Proceeding:
    """Name or address is unclear, nobody can be told (Art. 23): NOTIFY_15 stops."""
    return replace(p, identity_unclear=True).stop(attempt.at, C.NOTIFY_15)


def acknowledge(p: Proceeding, attempt: Attempt) -> Proceeding:
    """The automatic receipt went out: ACK stops."""
    return p.stop(attempt.at, C.ACK) if attempt.data.get("delivered", True) else p


def begin(p: Proceeding, attempt: Attempt, *, statutory_from: int) -> Proceeding:
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
    answered = was.state in {CaseState.REPLIED, CaseState.RATED}
    if p.track not in DIRECT_TRACKS and (was.track in DIRECT_TRACKS or answered):
        # What was done as a service is no 受理 and no written reply; what was answered is accepted anew.
        p = replace(p, accepted_at=0, replied_at=0)
    p = _clocks_of_track(p, was, attempt)
    return p.change(_pausing(p, attempt), lambda clock: clock.paused(at)) if p.previous else p


def _clocks_of_track(p: Proceeding, was: Proceeding, attempt: Attempt) -> Proceeding:
    """The clocks of the new track, which `p` has already; `was`: before."""
    at = attempt.at
    if not p.is_petition:
        p = p.stop(at, C.FORWARD_15, C.NOTIFY_15, C.HANDLE_60, C.EXT)
        if p.track is Track.REPORT and p.accepted_at:
            return p.start(C.REPORT_INVEST, at)
        return begin(p, attempt, statutory_from=at)
    if not p.accepted_at and p.previous is CaseState.HANDLING:
        p = replace(p, previous=CaseState.TRIAGE)
    if not p.accepted_at:
        return p if was.is_petition else begin(p, attempt, statutory_from=p.registered_at)
    if p.track is Track.APPEAL and not p.running(C.HANDLE_60):
        return p.start(C.HANDLE_60, p.accepted_at)
    p = p.stop(at, C.HANDLE_60, C.EXT)
    return p.start(C.SUGGEST, at) if p.track is Track.SUGGEST else p


def _pausing(p: Proceeding, attempt: Attempt) -> list[ClockName]:
    """The clocks that stand still while the citizen is asked."""
    profile = attempt.rules.profile
    return [name for name in _PAUSABLE if profile.rule(name, p.track).pauses == "need_info"]


def ask(p: Proceeding, attempt: Attempt) -> Proceeding:
    """NEED_INFO_10 starts; policy clocks pause where the profile says so, statutory ones never."""
    at = attempt.at
    p = replace(p, previous=p.state, contacted=True).stop(at, C.FIRST_CONTACT)
    return p.change(_pausing(p, attempt), lambda clock: clock.paused(at)).start(C.NEED_INFO_10, at)


def stop_asking(p: Proceeding, attempt: Attempt) -> Proceeding:
    """NEED_INFO_10 stops; what paused goes on."""
    at = attempt.at
    p = p.stop(at, C.NEED_INFO_10).change(_PAUSABLE, lambda clock: clock.resumed(at))
    return replace(p, previous=None)


# -- transfer ----------------------------------------------------------------------------------


def route(p: Proceeding, attempt: Attempt) -> Proceeding:
    """FORWARD_15 stops; a day set by 交办 starts SUPERVISE; received at once unless a later time is given."""
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
    return issue(p, attempt, DocumentKind.TRANSFER, unit_id=told_by)


def receive(p: Proceeding, attempt: Attempt) -> Proceeding:
    """The unit has it: OBJECT_5WD and its own NOTIFY_15 start."""
    p = replace(p, receives_at=0).start(C.OBJECT_5WD, attempt.at)
    return p.start(C.NOTIFY_15, attempt.at) if p.is_petition else p


def object_(p: Proceeding, attempt: Attempt) -> Proceeding:
    """OBJECT_5WD stops."""
    return replace(p, returned=p.returned + 1).stop(attempt.at, C.OBJECT_5WD)


def agree_return(p: Proceeding, attempt: Attempt) -> Proceeding:
    """The unit's NOTIFY_15 stops; FORWARD_15 goes on with the days that are left."""
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
    """The last day of SUPERVISE is another."""
    clock = p.running(C.SUPERVISE)
    return p.put_clock(clock, replace(clock, last_day=attempt.text("due"))) if clock else p


# -- acceptance --------------------------------------------------------------------------------


def accept(p: Proceeding, attempt: Attempt) -> Proceeding:
    """FORWARD_15 and OBJECT_5WD stop; HANDLE_60, SUGGEST or REPORT_INVEST starts."""
    at = attempt.at
    if p.receives_at:
        p = receive(p, attempt)
    items = attempt.data.get("items", 1)
    p = replace(
        p,
        accepted_at=at,
        branch=attempt.data["branch"] if p.track in {Track.APPEAL, Track.LEGAL} else 0,
        items=len(items) if isinstance(items, list | tuple) else items,
    )
    p = p.stop(at, C.FORWARD_15, C.OBJECT_5WD, C.REPORT_FIRST)
    if p.track in DIRECT_TRACKS:  # they have their receipt, and their clock since they came
        return p
    p = issue(p, attempt, DocumentKind.ACCEPTANCE)
    match p.track:
        case Track.APPEAL:
            return p.start(C.HANDLE_60, at)
        case Track.SUGGEST:
            return p.start(C.SUGGEST, at)
        case Track.REPORT:
            return p.start(C.REPORT_INVEST, at)
        case _:
            return p


def propose(event: str) -> Effect:
    """The first of two people wants this event; the second one makes it happen."""

    def effect(p: Proceeding, attempt: Attempt) -> Proceeding:
        """Kept who proposed it; somebody else decides."""
        return replace(p, proposed=event, proposed_by=attempt.person)

    return effect


def refuse(p: Proceeding, attempt: Attempt) -> Proceeding:
    """All clocks stop but NOTIFY_15, which waits for the delivery."""
    p = p.stop(attempt.at, *(set(ClockName) - {C.NOTIFY_15, C.REPORT_ACCEPT}))
    again = attempt.text("code") == "THREE_LEVEL_END"
    return issue(p, attempt, DocumentKind.NOT_AGAIN if again else DocumentKind.REFUSAL)


def redirect_legal(p: Proceeding, attempt: Attempt) -> Proceeding:
    """All clocks stop but NOTIFY_15, which waits for the delivery."""
    p = replace(p, branch=attempt.data["branch"])
    p = p.stop(attempt.at, *(set(ClockName) - {C.NOTIFY_15}))
    return issue(p, attempt, DocumentKind.LEGAL_WAY)
