"""The flags of danger on a case: raised by what the hub reads, taken away by a person only."""

from __future__ import annotations

from dataclasses import replace

from campaigns.said import Said
from hub.model.cases.attempt import Attempt
from hub.model.cases.case import DANGER, POSSIBLE_DANGER, THREAT, Case
from hub.model.cases.clock import Rules
from hub.model.cases.history import HistoryEntry, HistoryKind, recorded
from hub.model.cases.moves import IllegalMove
from hub.model.cases.roles import CaseRole
from hub.model.cases.state import CaseState
from hub.model.cases.step import Step, stepped
from hub.model.track import Track

_STILL_MS = 12 * 3_600_000

ALARMS = frozenset({DANGER, THREAT, POSSIBLE_DANGER})


def is_alarm(case: Case) -> bool:
    """Whether a person still has to look whether there is danger."""
    return case.track is Track.EMERGENCY or not ALARMS.isdisjoint(case.flags)


def is_emergency(case: Case) -> bool:
    """Whether the case is an open emergency."""
    return case.track is Track.EMERGENCY and case.is_open


def was_handed_off(case: Case, at: int) -> bool:
    """Whether the case is an emergency that 110 took over, so short a time ago that what the citizen
    writes now most likely belongs to it: a floor, a door, that it got worse."""
    is_handed = case.track is Track.EMERGENCY and case.state is CaseState.HANDED_OFF
    return is_handed and at - case.updated_at < _STILL_MS


def flagged(case: Case, *, at: int) -> tuple[Case, HistoryEntry]:
    """A case with 疑似险情, found in what was said later. Raises `IllegalMove` for one that is flagged."""
    if is_alarm(case):
        raise IllegalMove(Said("已经标为险情"))
    after = replace(case, flags=(*case.flags, POSSIBLE_DANGER))
    facts = {"flag": POSSIBLE_DANGER}
    return recorded(after, at=at, actor="system", kind=HistoryKind.FLAGGED, facts=facts)


def dismissed(case: Case, rules: Rules, *, at: int, actor: str) -> Step:
    """The case as an ordinary one (误报). Raises `IllegalMove` when there is nothing to take away."""
    if not is_alarm(case) or not case.is_open:
        raise IllegalMove(Said("没有险情标记"))
    calm = replace(case, flags=tuple(flag for flag in case.flags if flag not in ALARMS), urgent=False)
    facts = {"was": case.track, "flags": " ".join(case.flags)}
    if case.track is not Track.EMERGENCY:
        after, entry = recorded(calm, at=at, actor=actor, kind=HistoryKind.FALSE_ALARM, facts=facts)
        return Step(after, (entry,))
    data = {"track": Track.CONSULT, "reason": "误报"}
    attempt = Attempt("reclassify", at, CaseRole.TRI, rules, actor, data)
    return stepped(calm, attempt, actor=actor, facts=facts, kind=HistoryKind.FALSE_ALARM, pass_time=False)


def denied(case: Case, *, at: int) -> tuple[Case, HistoryEntry]:
    """The citizen says 这不是紧急情况: noted; somebody may stand beside him, so everything else stays."""
    return recorded(replace(case, waiting=True), at=at, actor="citizen", kind=HistoryKind.NOT_EMERGENCY)
