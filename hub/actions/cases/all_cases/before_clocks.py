"""A case from before there were clocks, as it stands under them (docs/adr/0022).

Its clocks start and stop on the days its history names. Rules protected: what a person decided stays; nothing
is made up that nobody decided; and what lies in the past tells nobody anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from hub.model.cases import effects as do
from hub.model.cases.attempt import Attempt
from hub.model.cases.case import Case
from hub.model.cases.clock import Clock, DueWarning, Rules
from hub.model.cases.clock_names import ClockName
from hub.model.cases.history import HistoryEntry, HistoryKind, recorded
from hub.model.cases.moves import move
from hub.model.cases.passing_time import MIGRATED, advance
from hub.model.cases.proceeding import DIRECT_TRACKS, Proceeding
from hub.model.cases.queue.timing import scheduled
from hub.model.cases.roles import CaseRole
from hub.model.cases.state import CaseState
from hub.model.cases.step import SYSTEM, Step, begun

_TOLD = (ClockName.FORWARD_15, ClockName.NOTIFY_15, ClockName.REPORT_ACCEPT, ClockName.REPORT_FIRST)
"""What an answer has ended, of a matter that was never accepted."""


class _Unwarned(Rules):
    """The same limits; nobody is warned of what is past."""

    def warnings(self, clock: Clock) -> Iterator[DueWarning]:
        return iter(())

    def warns_daily(self, clock: Clock) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class _Past:
    """What its history says. Times are ms UTC, 0 = never."""

    taken_at: int
    first_reply: int
    last_reply: int
    closed_at: int


def taken_over(case: Case, history: Sequence[HistoryEntry], now: int, rules: Rules) -> Step:
    """The case with its clocks, and one entry that says so. No notices and no warnings.

    breaches: what was overdue by `now`.
    """
    p = _under_clocks(case, _past(case, history), now, rules)
    done = advance(p, now, _Unwarned(rules.profile, rules.calendar))
    p = done.proceeding
    p = replace(p, clocks=tuple(_silent(clock, now, rules) for clock in p.clocks))
    facts = {"breached": "、".join(breach.clock for breach in p.breaches)} if p.breaches else {}
    if p.state is not case.state:
        facts |= {"event": p.event, "from": case.state, "to": p.state}
    after = scheduled(replace(case, proceeding=p), now, rules)
    after, entry = recorded(after, at=now, actor=SYSTEM, kind=HistoryKind.MIGRATED, facts=facts)
    return Step(replace(after, updated_at=case.updated_at), (entry,), breaches=p.breaches)


def _past(case: Case, history: Sequence[HistoryEntry]) -> _Past:
    def times(kind: HistoryKind) -> list[int]:
        return [entry.at for entry in history if entry.kind is kind]

    taken, replied = times(HistoryKind.ASSIGNED), times(HistoryKind.REPLIED)
    closed = times(HistoryKind.CLOSED)
    if case.state is CaseState.REPLIED:
        replied = replied or [case.updated_at]
    return _Past(
        taken_at=taken[-1] if taken else case.received_at,
        first_reply=replied[0] if replied else 0,
        last_reply=replied[-1] if replied else 0,
        closed_at=closed[-1] if closed else 0,
    )


def _under_clocks(case: Case, past: _Past, now: int, rules: Rules) -> Proceeding:
    """Its state is kept, unless it is in hand: then the table says what that is called."""
    old, at = case.proceeding, case.received_at
    direct = old.track in DIRECT_TRACKS
    p = begun(Proceeding(old.track), Attempt("submit", at, CaseRole.CIT, rules))
    in_hand = old.state is CaseState.HANDLING or (old.state is CaseState.REPLIED and case.waiting)
    if in_hand:
        event, role = ("claim", CaseRole.HND) if direct else ("pick", CaseRole.SYS)
        p = move(p, Attempt(event, past.taken_at, role, rules, old.handler)).proceeding
    elif old.state is not CaseState.REGISTERED:
        p = replace(old, registered_at=at, clocks=p.clocks)
    p = replace(p, handler=old.handler, unit_id=old.unit_id, handling_at=now if old.handler else 0)
    if past.first_reply and (direct or not in_hand):
        p = p.stop(past.first_reply, *_TOLD)
        p = do.answer(p, Attempt("answer", past.first_reply, CaseRole.HND, rules))
    if p.replied_at and past.last_reply > past.first_reply:
        p = _answered_again(p, past, rules)
    if old.state is CaseState.CLOSED:
        p = p.stop_all(past.closed_at or case.updated_at)
    return p


def _answered_again(p: Proceeding, past: _Past, rules: Rules) -> Proceeding:
    """The last answer is the one whose windows are open."""
    clocks = tuple(clock for clock in p.clocks if clock.started_at < past.first_reply or clock.stopped_at)
    return do.answer(replace(p, clocks=clocks), Attempt("answer", past.last_reply, CaseRole.HND, rules))


def _silent(clock: Clock, now: int, rules: Rules) -> Clock:
    """With the warnings of the past done; one that is overdue warns nobody any more."""
    if clock.stopped_at or clock.name is ClockName.EXT:
        return clock
    past = tuple(warning.key for warning in rules.warnings(clock) if warning.at <= now)
    return replace(clock, warned=(*past, MIGRATED) if clock.breached_at else past)
