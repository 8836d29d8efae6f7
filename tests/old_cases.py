"""Cases as releases before the clocks stored them: documents without a field of the procedure."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from hub.model.cases.case import Case, Origin
from hub.model.cases.history import HistoryEntry, HistoryKind, recorded
from hub.model.cases.proceeding import Proceeding
from hub.model.cases.state import CaseState
from hub.model.track import Track, compartment_of
from hub.repositories.cases import CaseRepository
from hub.store.documents import Insert

_DOCUMENTS = (Path(__file__).parent / "data" / "flat_cases" / "documents.jsonl").read_text("utf-8")
_OLD_FIELDS = next(
    frozenset(body)
    for collection, _, body in map(json.loads, _DOCUMENTS.splitlines())
    if collection == "cases"
)


def old_case(
    number: int,
    track: Track,
    state: CaseState,
    at: int,
    *later: tuple[HistoryKind, int],
    waiting: bool = False,
) -> tuple[Case, list[HistoryEntry]]:
    """A case received `at`, and its history: registered, then what is given."""
    proceeding = replace(Proceeding(track, state), handler="h1" if later else "")
    case = Case(
        f"{number:026}",
        f"{number:014}",
        at,
        at,
        proceeding,
        Origin("sms-12110", "sms"),
        compartment=compartment_of(track),
        waiting=waiting,
        title="标题",
        text="内容",
    )
    entries = []
    for kind, when in ((HistoryKind.REGISTERED, at), *later):
        case, entry = recorded(case, at=when, actor="h1", kind=kind)
        entries.append(entry)
    return case, entries


def old_writes(cases: CaseRepository, made: tuple[Case, list[HistoryEntry]]) -> list[Insert]:
    """The writes that an earlier release stored it with."""
    case, entries = made
    write = cases.insert(case)
    body = {name: value for name, value in write.body.items() if name in _OLD_FIELDS}
    return [Insert("cases", write.id, body), *map(cases.insert_entry, entries)]
