"""Behind the compartment and out of it again: what moves a case between ordinary staff and inspectors.

A case that may be an accusation of police (待甄别) waits for an inspector, who confirms it as a REPORT or
gives it to the ordinary queue. Rule protected: after that, ordinary staff read that it was assigned and
nothing else of what was done behind the compartment.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from hub.model.case import Case, IllegalMove
from hub.model.cases.history import HistoryEntry, HistoryKind, recorded
from hub.model.track import Compartment, Track


def suspected(case: Case, *, at: int, actor: str, seen_by: Iterable[str]) -> tuple[Case, HistoryEntry]:
    """An ordinary case put behind the compartment, without a handler. seen_by: ids of the agents who knew it.

    Raises `IllegalMove` when it is there already.
    """
    if case.is_restricted:
        raise IllegalMove(case.state, case.state)
    after = replace(case, compartment=Compartment.SCREENING, screening_at=at, handler_id="", unit_id="")
    facts = {"seen_by": " ".join(sorted(set(seen_by)))}
    return recorded(after.ranked(), at=at, actor=actor, kind=HistoryKind.SUSPECTED, facts=facts)


def seen_by(case: Case, history: Sequence[HistoryEntry]) -> set[str]:
    """Ids of the agents who worked on a case, as far as it tells: who did something, who was given it."""
    known = {case.handler_id} | {entry.facts.get("handler", "") for entry in history}
    return (known | {entry.actor for entry in history}) - {"", "citizen", "system"}


def confirmed(case: Case, *, at: int, actor: str) -> tuple[Case, HistoryEntry]:
    """A case of 待甄别 as the REPORT it is. Raises `IllegalMove` for any other case."""
    _check_screening(case)
    after = replace(case, compartment=Compartment.REPORT, track=Track.REPORT)
    return recorded(after.ranked(), at=at, actor=actor, kind=HistoryKind.CONFIRMED)


def released(case: Case, *, at: int, actor: str, reason: str) -> tuple[Case, HistoryEntry]:
    """A case of 待甄别 in the ordinary queue, where its arrival puts it. Raises `IllegalMove` for others."""
    _check_screening(case)
    after = replace(case, compartment=Compartment.NONE, handler_id="", unit_id="")
    return recorded(after.ranked(), at=at, actor=actor, kind=HistoryKind.RELEASED, text=reason)


def for_ordinary_staff(history: Sequence[HistoryEntry]) -> list[HistoryEntry]:
    """The history without what was done behind the compartment; its end reads as 已分派."""
    told: list[HistoryEntry] = []
    behind = False
    for entry in history:
        if entry.kind is HistoryKind.RELEASED:
            behind = False
            told.append(replace(entry, actor="system", kind=HistoryKind.ASSIGNED, facts={}, text=""))
            continue
        behind = behind or entry.kind is HistoryKind.SUSPECTED or "screening" in entry.facts
        if not behind or entry.actor == "citizen":
            told.append(entry)
    return told


def _check_screening(case: Case) -> None:
    if case.compartment is not Compartment.SCREENING:
        raise IllegalMove(case.state, case.state)
