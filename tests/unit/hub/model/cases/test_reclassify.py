"""Another track leaves no case without a way on, and takes no right away."""

from __future__ import annotations

from hub.model.cases.clock import ClockState
from hub.model.cases.state import CaseState
from hub.model.track import Track
from tests.unit.hub.model.cases.played import Play, in_triage, replied


def test_what_was_answered_as_a_suggestion_is_accepted_anew_as_an_appeal() -> None:
    play = replied(Track.SUGGEST).do("2026-03-13 09:00", "reclassify", track="APPEAL", reason="求决")
    assert (play.p.state, play.p.accepted_at) == (CaseState.TRIAGE, 0)
    play.do("2026-03-16 09:00", "accept", branch=6, items=["a"])
    assert play.due("HANDLE_60") == "2026-05-15"


def test_a_service_that_is_a_report_begins_as_one() -> None:
    play = in_triage(Track.SERVICE).do("2026-03-04 09:00", "accept", items=["a"])
    play.do("2026-03-05 09:00", "reclassify", track="REPORT", reason="检举")
    assert play.p.state is CaseState.TRIAGE
    assert play.do("2026-03-06 09:00", "accept").p.state is CaseState.ACCEPTED


def test_a_new_clock_stands_still_while_the_citizen_is_asked() -> None:
    play = in_triage(Track.SERVICE).do("2026-03-04 09:00", "ask", question="哪里？")
    play.do("2026-03-05 09:00", "reclassify", track="CONSULT", reason="是咨询")
    clock = play.p.last(play.p.clocks[-1].name)
    assert clock is not None
    assert clock.state is ClockState.PAUSED


def test_a_right_to_a_review_is_not_taken_away() -> None:
    refused = replied().refused("2026-03-13 09:00", "reclassify", track="SUGGEST", reason="建议")
    assert "可以申请复查" in refused


def test_an_answered_question_that_is_an_appeal_is_accepted_first() -> None:
    play = Play(Track.CONSULT).do("2026-03-03 09:00", "answer")
    play.do("2026-03-04 09:00", "reclassify", track="APPEAL", reason="求决")
    assert play.p.state is CaseState.TRIAGE
