"""What moves a case behind the compartment and out of it, and what ordinary staff read of it afterwards."""

from __future__ import annotations

import pytest

from hub.model.cases.case import Case, Origin
from hub.model.cases.history import HistoryEntry, HistoryKind, broken_link, recorded
from hub.model.cases.moves import IllegalMove
from hub.model.cases.proceeding import Proceeding
from hub.model.cases.queue.order import BAND_SIZE, Band, rank_of
from hub.model.cases.screening import confirmed, for_ordinary_staff, released, suspected
from hub.model.cases.state import CaseState
from hub.model.track import Compartment, Track
from tests.rules import RULES

ARRIVED = 1_000


def a_case(compartment: Compartment = Compartment.NONE) -> Case:
    track = Track.REPORT if compartment is Compartment.REPORT else Track.SERVICE
    origin = Origin("sms", "sms")
    return Case(
        "c1", "1", ARRIVED, ARRIVED, Proceeding(track, CaseState.HANDLING), origin, compartment=compartment
    )


def test_what_is_suspected_has_no_handler_and_names_who_had_seen_it() -> None:
    case, entry = suspected(a_case(), at=5, actor="li", seen_by=("li", "wang", "li"))
    assert case.compartment is Compartment.SCREENING
    assert (case.track, case.handler_id, case.unit_id) == (Track.SERVICE, "", "")
    assert (entry.kind, entry.actor, entry.facts) == (HistoryKind.SUSPECTED, "li", {"seen_by": "li wang"})


def test_a_released_case_has_the_rank_of_its_arrival() -> None:
    case, entry = released(a_case(Compartment.SCREENING), at=99, actor="du", reason="只是提到民警")
    assert case.compartment is Compartment.NONE
    assert rank_of(case) == rank_of(a_case()) == Band.REPLIED * BAND_SIZE + ARRIVED
    assert (entry.kind, entry.text) == (HistoryKind.RELEASED, "只是提到民警")


def test_a_confirmed_case_is_a_report() -> None:
    step = confirmed(a_case(Compartment.SCREENING), RULES, at=99, actor="du")
    case, (entry,) = step.case, step.entries
    assert (case.compartment, case.track) == (Compartment.REPORT, Track.REPORT)
    assert entry.kind is HistoryKind.CONFIRMED


@pytest.mark.parametrize("compartment", [Compartment.NONE, Compartment.REPORT])
def test_only_what_waits_in_screening_is_decided(compartment: Compartment) -> None:
    with pytest.raises(IllegalMove):
        released(a_case(compartment), at=9, actor="du", reason="误判")
    with pytest.raises(IllegalMove):
        confirmed(a_case(compartment), RULES, at=9, actor="du")


@pytest.mark.parametrize("compartment", [Compartment.SCREENING, Compartment.REPORT])
def test_what_is_behind_the_compartment_is_not_put_there_again(compartment: Compartment) -> None:
    with pytest.raises(IllegalMove):
        suspected(a_case(compartment), at=9, actor="li", seen_by=())


def test_ordinary_staff_read_that_it_was_assigned_and_nothing_of_what_was_done_behind() -> None:
    case = a_case()
    history: list[HistoryEntry] = []

    def did(actor: str, kind: HistoryKind, text: str = "") -> None:
        nonlocal case
        case, entry = recorded(case, at=len(history), actor=actor, kind=kind, text=text)
        history.append(entry)

    did("citizen", HistoryKind.REGISTERED)
    did("li", HistoryKind.NOTED, "已联系")
    case, entry = suspected(case, at=2, actor="li", seen_by=("li",))
    history.append(entry)
    did("du", HistoryKind.NOTED, "督察的备注")
    did("citizen", HistoryKind.CITIZEN_SPOKE)
    case, entry = released(case, at=5, actor="du", reason="不是检举")
    history.append(entry)
    did("li", HistoryKind.NOTED, "继续办理")

    read = for_ordinary_staff(history)
    assert [(told.actor, told.kind, told.text) for told in read] == [
        ("citizen", HistoryKind.REGISTERED, ""),
        ("li", HistoryKind.NOTED, "已联系"),
        ("citizen", HistoryKind.CITIZEN_SPOKE, ""),
        ("system", HistoryKind.ASSIGNED, ""),
        ("li", HistoryKind.NOTED, "继续办理"),
    ]
    assert broken_link(history) is None  # what is stored is whole
