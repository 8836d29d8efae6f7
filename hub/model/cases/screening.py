"""Behind the compartment and out of it again: what moves a case between ordinary staff and inspectors.

A case that may be an accusation of police (待甄别) waits for an inspector, who confirms it as a REPORT or
gives it to the ordinary queue. Rule protected: after that, ordinary staff read that it was assigned and
nothing else of what was done behind the compartment.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from campaigns.said import Said
from hub.model.cases.attempt import Attempt
from hub.model.cases.case import Case
from hub.model.cases.clock import Rules
from hub.model.cases.history import HistoryEntry, HistoryKind, recorded
from hub.model.cases.moves import IllegalMove
from hub.model.cases.roles import CaseRole
from hub.model.cases.step import SYSTEM, Step, stepped
from hub.model.track import Compartment, Track

LEAVES = "leaves"
"""Data of a reclassification, and fact of the history: the case leaves the compartment without identity."""
_OF_THE_MATTER = frozenset({"place", "occurred_on"})
"""Details that tell nothing of who wrote."""


def suspected(case: Case, *, at: int, actor: str, seen_by: Iterable[str]) -> tuple[Case, HistoryEntry]:
    """An ordinary case put behind the compartment, without a handler. seen_by: ids of the agents who knew it.

    Raises `IllegalMove` when it is there already.
    """
    if case.is_restricted:
        raise IllegalMove(Said("已在保密隔离内"))
    after = replace(_of_nobody(case), compartment=Compartment.SCREENING, screening_at=at)
    facts = {"seen_by": " ".join(sorted(set(seen_by)))}
    return recorded(after, at=at, actor=actor, kind=HistoryKind.SUSPECTED, facts=facts)


def seen_by(case: Case, history: Sequence[HistoryEntry]) -> set[str]:
    """Ids of the agents who worked on a case, as far as it tells: who did something, who was given it."""
    known = {case.handler_id} | {entry.facts.get("handler", "") for entry in history}
    return (known | {entry.actor for entry in history}) - {"", "citizen", "system"}


def confirmed(case: Case, rules: Rules, *, at: int, actor: str) -> Step:
    """A case of 待甄别 as the REPORT it is. Raises `IllegalMove` for any other case."""
    _check_screening(case)
    data = {"track": Track.REPORT, "reason": "确认检举"}
    role = CaseRole.SYS if actor == SYSTEM else CaseRole.TRI
    attempt = Attempt("reclassify", at, role, rules, actor, data)
    behind = replace(case, compartment=Compartment.REPORT)
    return stepped(behind, attempt, actor=actor, kind=HistoryKind.CONFIRMED, pass_time=False)


def released(case: Case, *, at: int, actor: str, reason: str) -> tuple[Case, HistoryEntry]:
    """A case of 待甄别 in the ordinary queue, where its arrival puts it. Raises `IllegalMove` for others."""
    _check_screening(case)
    after = replace(_of_nobody(case), compartment=Compartment.NONE)
    return recorded(after, at=at, actor=actor, kind=HistoryKind.RELEASED, text=reason)


def without_identity(case: Case) -> Case:
    """A case that leaves the compartment: nobody's, and without what tells whose matter it is."""
    details = {name: text for name, text in (case.details or {}).items() if name in _OF_THE_MATTER}
    after = replace(case, applicant=case.applicant.hidden(), details=details, compartment=Compartment.NONE)
    return _of_nobody(after)


def for_ordinary_staff(history: Sequence[HistoryEntry]) -> list[HistoryEntry]:
    """The history without what was done behind the compartment; its end reads as 已分派."""
    told: list[HistoryEntry] = []
    behind = False
    for entry in history:
        if entry.kind is HistoryKind.RELEASED:
            behind = False
            if LEAVES in entry.facts:  # it was behind from its first day, or nobody knows who saw it before
                told = [earlier for earlier in told if earlier.actor == "citizen"]
            told.append(replace(entry, actor="system", kind=HistoryKind.ASSIGNED, facts={}, text=""))
            continue
        behind = behind or entry.kind is HistoryKind.SUSPECTED or "screening" in entry.facts
        if not behind or entry.actor == "citizen":
            told.append(entry)
    return told


def _check_screening(case: Case) -> None:
    if case.compartment is not Compartment.SCREENING:
        raise IllegalMove(Said("不在待甄别"))


def _of_nobody(case: Case) -> Case:
    return replace(case, proceeding=case.proceeding.without_handler(), unit_id="")
