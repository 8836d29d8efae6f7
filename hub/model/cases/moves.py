"""Makes a move: finds the row of the table, asks its guards, applies its effects. Nothing else sets a state.

`advance` does what time does: it runs, in order of time, everything that is due up to an instant — receipts
by units, the ends of windows and notices, breaches, warnings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from campaigns.said import Listed, Said
from hub.model.cases import effects as do
from hub.model.cases.attempt import Attempt, Effect
from hub.model.cases.clock_names import ClockName
from hub.model.cases.proceeding import Proceeding
from hub.model.cases.roles import ROLE_NAME, CaseRole
from hub.model.cases.state import CITIZEN_LABEL, CaseState
from hub.model.cases.table import STAFF_NOTICES, TABLE, Row, rows_of
from hub.model.track import Track
from hub.runtime.errors import HubError


class IllegalMove(HubError):
    """The table does not allow it.

    reason: a sentence, `Said`, so that a page shows it in the reader's language. allowed: the events that
    could happen now. kept: the proceeding with a late request in it, which has to be stored although it is
    refused.
    """

    def __init__(self, reason: str, allowed: Iterable[str] = (), kept: Proceeding | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.allowed = tuple(allowed)
        self.kept = kept


@dataclass(frozen=True, slots=True)
class Moved:
    """A move that was made. notices: what the citizen, or somebody on duty, is told."""

    proceeding: Proceeding
    row: Row
    notices: tuple[str, ...]


_ON_ARRIVAL: Mapping[CaseState, Effect] = {CaseState.FUCHA_DONE: do.open_fuhe_window}
_LATE = {
    "request_fucha": ("复查", ClockName.FUCHA_WINDOW),
    "request_fuhe": ("复核", ClockName.FUHE_WINDOW),
}


def move(p: Proceeding, attempt: Attempt) -> Moved:
    """The proceeding after an event. Raises `IllegalMove`."""
    rows = rows_of(attempt.event)
    if not rows:
        raise IllegalMove(Said("没有这个操作：%(event)s", event=attempt.event), allowed(p, attempt))
    row = next((row for row in rows if p.state in row.sources and p.track in row.tracks), None)
    if row is None:
        raise IllegalMove(_wrong_state(p, rows), allowed(p, attempt))
    if attempt.role not in row.may(p.track):
        who = Listed(Said(ROLE_NAME[role]) for role in row.may(p.track))
        reason = Said(
            "%(role)s不能%(step)s，可以由%(who)s办理",
            role=Said(ROLE_NAME[attempt.role]),
            step=Said(row.label),
            who=who,
        )
        raise IllegalMove(reason, allowed(p, attempt))
    for guard in (*row.when, *row.needs):
        if problem := guard(p, attempt):
            raise IllegalMove(problem, allowed(p, attempt), _kept(p, attempt))
    return _made(p, row, attempt)


def allowed(p: Proceeding, attempt: Attempt) -> tuple[str, ...]:
    """Events that somebody could make happen now, in the order of the table; not those of the system."""
    return tuple(dict.fromkeys(row.event for row in TABLE if not why_not(p, row, attempt)))


def why_not(p: Proceeding, row: Row, attempt: Attempt) -> str:
    """Why nobody can use this row now, whatever they type; "" when somebody can."""
    if p.state not in row.sources or p.track not in row.tracks:
        return _wrong_state(p, (row,))
    people = [role for role in row.may(p.track) if role is not CaseRole.SYS]
    reasons = [_first(p, row, replace(attempt, role=role)) for role in people]
    return "" if "" in reasons else next(iter(reasons), Said("由系统办理"))


def _first(p: Proceeding, row: Row, attempt: Attempt) -> str:
    return next((reason for guard in row.when if (reason := guard(p, attempt))), "")


def _made(p: Proceeding, row: Row, attempt: Attempt) -> Moved:
    after = p
    for effect in row.effects:
        after = effect(after, attempt)
    # NEED_INFO and MERGED forget what they return to; it is read from before.
    landing = replace(after, previous=p.previous, merged_from=p.merged_from)
    to = row.to[0] if row.land is None else row.land(landing, attempt)
    to = to or p.state
    if (p.state, to) not in row.moves():
        raise IllegalMove(
            Said("不能由“%(state)s”%(step)s", state=Said(CITIZEN_LABEL[p.state]), step=Said(row.label))
        )
    arrives = to is not p.state and p.state is not CaseState.MERGED  # an unmerged case was there before
    if arrives and (arrival := _ON_ARRIVAL.get(to)):
        after = arrival(after, attempt)
    if to is not p.state:  # what was proposed was proposed for where it stood
        after = replace(after, proposed="", proposed_by="")
    after = replace(after, state=to, event=row.event, came_from=p.state)
    return Moved(after, row, _notices(row, p, after))


def _notices(row: Row, before: Proceeding, after: Proceeding) -> tuple[str, ...]:
    """What is told of a document is told when it has arrived; a report is told of in neutral words only."""
    if row.told_on_arrival and before.state is after.state:
        return ()
    if after.track is not Track.REPORT:
        return row.notices
    staff = tuple(notice for notice in row.notices if notice in STAFF_NOTICES)
    return staff if len(staff) == len(row.notices) else (*staff, "中性通知")


def _wrong_state(p: Proceeding, rows: Iterable[Row]) -> str:
    row = next(iter(rows))
    if all(p.track not in each.tracks for each in rows):
        return Said("这类诉求没有“%(step)s”这一步", step=Said(row.label))
    return Said("现在是“%(state)s”，不能%(step)s", state=Said(CITIZEN_LABEL[p.state]), step=Said(row.label))


def _kept(p: Proceeding, attempt: Attempt) -> Proceeding | None:
    if attempt.event not in _LATE:
        return None
    level, clock = _LATE[attempt.event]
    kept = do.keep_late(p, attempt, level, clock)
    return None if kept is p else kept
