"""Flags of danger: raised late, taken away by a person, denied by the citizen."""

from __future__ import annotations

import pytest

from hub.model.cases.alarm import denied, dismissed, flagged
from hub.model.cases.case import Case, Origin
from hub.model.cases.history import HistoryKind
from hub.model.cases.moves import IllegalMove
from hub.model.cases.proceeding import Proceeding
from hub.model.cases.queue.order import Band, band_of
from hub.model.cases.state import CaseState
from hub.model.track import Track
from tests.rules import RULES


def a_case(track: Track = Track.SERVICE, *flags: str, waiting: bool = True) -> Case:
    origin = Origin("chat", "chat")
    return Case(
        "c1", "1", 7, 7, Proceeding(track, CaseState.REGISTERED), origin, flags=flags, waiting=waiting
    )


def test_a_possible_danger_found_late_moves_the_case_up() -> None:
    case, entry = flagged(a_case(), at=9)
    assert case.flags == ("possible_danger",)
    assert band_of(case) is Band.POSSIBLE
    assert (entry.kind, entry.facts) == (HistoryKind.FLAGGED, {"flag": "possible_danger"})
    for already in (case, a_case(Track.EMERGENCY, "danger")):
        with pytest.raises(IllegalMove):
            flagged(already, at=10)


@pytest.mark.parametrize(
    ("track", "flags", "left", "after"),
    [
        (Track.EMERGENCY, ("danger",), (), Track.CONSULT),
        (Track.EMERGENCY, ("danger", "threat"), (), Track.CONSULT),
        (Track.SERVICE, ("possible_danger", "other"), ("other",), Track.SERVICE),
    ],
)
def test_a_dismissed_alarm_leaves_an_ordinary_case(
    track: Track, flags: tuple[str, ...], left: tuple[str, ...], after: Track
) -> None:
    step = dismissed(a_case(track, *flags), RULES, at=9, actor="li")
    case, (entry,) = step.case, step.entries
    assert (case.track, case.flags, band_of(case)) == (after, left, Band.NEW)
    assert (entry.kind, entry.actor, entry.facts["flags"]) == (HistoryKind.FALSE_ALARM, "li", " ".join(flags))


def test_where_there_is_no_alarm_none_is_dismissed() -> None:
    with pytest.raises(IllegalMove):
        dismissed(a_case(), RULES, at=9, actor="li")


def test_what_the_citizen_denies_stays_an_alarm() -> None:
    before = a_case(Track.EMERGENCY, "danger", waiting=False)
    case, entry = denied(before, at=9)
    assert (case.track, case.flags) == (Track.EMERGENCY, ("danger",))
    assert case.waiting
    assert (entry.kind, entry.actor) == (HistoryKind.NOT_EMERGENCY, "citizen")
