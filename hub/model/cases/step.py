"""One step of a case: what time did to it, then the move, as a new case with the entries of its history.

This is where a move of the table meets a case: every action that changes where a case stands comes through
here, and what it returns is stored in one unit of work.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from hub.model.cases.attempt import Attempt
from hub.model.cases.case import Case, Undelivered
from hub.model.cases.clock import Rules
from hub.model.cases.history import HistoryEntry, HistoryKind, recorded
from hub.model.cases.moves import IllegalMove, move
from hub.model.cases.passing_time import Passed, WarningGiven, advance
from hub.model.cases.proceeding import Breach, Proceeding
from hub.model.cases.queue.timing import scheduled

SYSTEM = "system"

_KINDS: Mapping[str, HistoryKind] = {
    "submit": HistoryKind.REGISTERED,
    "promote_partial": HistoryKind.PROMOTED,
    "claim": HistoryKind.ASSIGNED,
    "assign": HistoryKind.ASSIGNED,
    "answer": HistoryKind.REPLIED,
    "write": HistoryKind.REPLIED,
    "close": HistoryKind.CLOSED,
    "note": HistoryKind.NOTED,
    "supplement": HistoryKind.CITIZEN_SPOKE,
    "citizen_reply": HistoryKind.CITIZEN_SPOKE,
}
"""Events that the history had names for before there was a table."""


_REACHED = frozenset({"log_contact", "callback"})
"""Events after which somebody has spoken with the citizen: what did not arrive is told."""


@dataclass(frozen=True, slots=True)
class Step:
    """A case after a step. entries: what its history gains, in order. notices: names of what the citizen is
    told.

    warnings: to be given to staff or the citizen. breaches: new ones, stored once and for ever.
    """

    case: Case
    entries: tuple[HistoryEntry, ...] = ()
    notices: tuple[str, ...] = ()
    warnings: tuple[WarningGiven, ...] = ()
    breaches: tuple[Breach, ...] = ()


def passed(case: Case, until: int, rules: Rules) -> Step:
    """The case after what time did to it by an instant; the same case when nothing was due."""
    return _passed(case, advance(case.proceeding, until, rules), until, rules)


def rescheduled(case: Case, at: int, rules: Rules) -> Step:
    """The same case, its place in the queue as of `at`, looked for again when these rules say so."""
    return Step(scheduled(case, at, rules))


def stepped(
    case: Case,
    attempt: Attempt,
    *,
    actor: str,
    text: str = "",
    facts: Mapping[str, str] | None = None,
    kind: HistoryKind | None = None,
    pass_time: bool = True,
) -> Step:
    """The case after one event. actor: as the history names it; text: what a person wrote.

    facts: ids and states for the history, besides event, from and to. pass_time: False where what time did is
    left to those who look for it (`hub/actions/cases/pass_time.py`), who tell people of it. Raises
    `IllegalMove`.
    """
    before = passed(case, attempt.at, attempt.rules) if pass_time else Step(case)
    moved = move(before.case.proceeding, attempt)
    p = moved.proceeding
    reached = Undelivered() if p.event in _REACHED else case.undelivered
    after = replace(before.case, proceeding=p, undelivered=reached)
    after = scheduled(after, attempt.at, attempt.rules)
    told = {"event": p.event, "from": p.came_from, "to": p.state, **(facts or {})}
    after, entry = recorded(
        after,
        at=attempt.at,
        actor=actor,
        kind=kind or _KINDS.get(p.event, HistoryKind.MOVED),
        facts=told,
        text=text,
    )
    return replace(
        before,
        case=after,
        entries=(*before.entries, entry),
        notices=before.notices + moved.notices,
    )


def kept_late(case: Case, attempt: Attempt, refused: IllegalMove) -> Step | None:
    """A request that came after its last day: refused, and kept for a person; None for other refusals."""
    if refused.kept is None:
        return None
    before = passed(case, attempt.at, attempt.rules)
    facts = {"event": attempt.event, "last_day": refused.kept.late[-1].last_day}
    late = replace(before.case, proceeding=refused.kept)
    after, entry = recorded(late, at=attempt.at, actor="citizen", kind=HistoryKind.LATE_REQUEST, facts=facts)
    return replace(before, case=after, entries=(*before.entries, entry))


def _passed(case: Case, done: Passed, until: int, rules: Rules) -> Step:
    p = done.proceeding
    if p == case.proceeding:
        return Step(case)
    entries: list[HistoryEntry] = []
    after = scheduled(replace(case, proceeding=p), until, rules)
    new = p.breaches[len(case.proceeding.breaches) :]
    for at, kind, facts in _told(done, new):
        after, entry = recorded(after, at=at, actor=SYSTEM, kind=kind, facts=facts)
        entries.append(entry)
    return Step(after, tuple(entries), done.notices, done.warnings, new)


def _told(done: Passed, breaches: tuple[Breach, ...]) -> list[tuple[int, HistoryKind, dict[str, str]]]:
    """What time did, oldest first. Warnings are deliveries, not history."""
    told = [(at, HistoryKind.MOVED, {"event": event}) for event, at in done.events]
    told += [(b.at, HistoryKind.BREACHED, {"clock": b.clock, "unit": b.unit_id}) for b in breaches]
    return sorted(told, key=lambda entry: entry[0])


def begun(p: Proceeding, attempt: Attempt) -> Proceeding:
    """A new proceeding after its first event; for cases that are made of it. Raises `IllegalMove`."""
    return move(p, attempt).proceeding
