"""The history of a case: append-only, and a single altered entry is found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.model.cases.case import Case, Chain, Origin
from hub.model.cases.history import HistoryEntry, HistoryKind, broken_link, chain_entry, recorded
from hub.model.cases.proceeding import Proceeding
from hub.model.cases.state import CaseState
from hub.model.track import Track


def case_with_history() -> tuple[Case, list[HistoryEntry]]:
    first = chain_entry("c", seq=1, prev_hash="", at=1, actor="citizen", kind=HistoryKind.REGISTERED)
    case = Case(
        id="c",
        reference="",
        received_at=1,
        updated_at=1,
        proceeding=Proceeding(Track.CONSULT, CaseState.REGISTERED),
        origin=Origin("x", "sms"),
        chain=Chain(1, first.hash),
    )
    entries = [first]
    for number in range(2, 6):
        case, entry = recorded(
            case, at=number, actor="a", kind=HistoryKind.NOTED, facts={"n": str(number)}, text=f"备注{number}"
        )
        entries.append(entry)
    return case, entries


def test_a_whole_chain_holds_and_the_case_knows_its_head() -> None:
    case, entries = case_with_history()
    assert broken_link(entries) is None
    assert (case.chain.length, case.chain.head, case.updated_at) == (5, entries[-1].hash, 5)


@pytest.mark.parametrize(
    "change",
    [{"actor": "b"}, {"at": 99}, {"text": "别的"}, {"facts": {"n": "x"}}, {"kind": HistoryKind.CLOSED}],
)
def test_one_altered_entry_is_found(change: dict[str, object]) -> None:
    _, entries = case_with_history()
    entries[2] = replace(entries[2], **change)  # type: ignore[arg-type]
    assert broken_link(entries) == 3


def test_a_dropped_entry_is_found() -> None:
    _, entries = case_with_history()
    del entries[1]
    assert broken_link(entries) == 2
