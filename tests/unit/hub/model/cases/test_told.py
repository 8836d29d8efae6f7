"""What is told, and when: a document when it arrives, a report in neutral words, no merged matter."""

from __future__ import annotations

from hub.model.cases.state import CaseState
from hub.model.track import Track
from tests.unit.hub.model.cases.played import Play, handling, in_triage


def drafted_without_notice() -> Play:
    play = in_triage().do("2026-03-04 09:00", "accept", branch=6, items=["a"], delivered=False)
    play.do("2026-03-05 09:00", "assign", handler="h1")
    play.do("2026-03-06 09:00", "submit_reply", person="h1", outcomes=["解释"])
    return play.do("2026-03-09 09:00", "sign", person="lead")


def test_of_a_reply_is_told_when_it_arrives_and_of_another_document_nothing() -> None:
    play = drafted_without_notice()
    play.do("2026-03-10 09:00", "deliver", document="受理告知书", method="直接")
    assert "答复告知" not in play.notices
    play.do("2026-03-11 09:00", "deliver", method="直接")
    assert play.notices.count("答复告知") == 1


def test_a_public_notice_tells_at_its_end() -> None:
    play = drafted_without_notice().do("2026-03-10 09:00", "deliver", method="公告")
    assert "答复告知" not in play.notices
    assert play.look("2026-05-12 09:00").p.state is CaseState.REPLIED
    assert play.notices.count("答复告知") == 1


def test_an_opinion_is_told_of_when_it_is_delivered() -> None:
    play = drafted_without_notice().do("2026-03-11 09:00", "deliver", method="直接")
    play.do("2026-03-12 09:00", "request_fucha")
    play.do("2026-03-13 09:00", "fucha_opinion", outcome="维持", delivered=False)
    assert "复查结果告知" not in play.notices
    play.do("2026-03-16 09:00", "deliver", document="复查意见书", method="直接")
    assert play.notices.count("复查结果告知") == 1


def test_what_annuls_an_opinion_promises_no_further_review() -> None:
    play = drafted_without_notice().do("2026-03-11 09:00", "deliver", method="直接")
    play.do("2026-03-12 09:00", "request_fucha").do("2026-03-13 09:00", "remand")
    assert play.notices[-1] == "撤销重办告知"


def test_a_reporter_hears_nothing_of_what_is_for_staff() -> None:
    play = in_triage(Track.REPORT)
    play.do("2026-03-04 09:00", "cuiban", by="CIT")
    play.do("2026-03-04 10:00", "duban", order="核查", due="2026-03-31")
    assert "中性通知" not in play.notices
    assert play.do("2026-03-05 09:00", "ask", question="几点？").notices[-1] == "中性通知"


def test_a_merged_matter_warns_nobody() -> None:
    play = handling().do("2026-03-10 09:00", "merge_into", master="26030200000123")
    before = len(play.warnings)
    assert len(play.look("2028-03-10 09:00").warnings) == before
    assert "HANDLE_60" in play.breaches()


def test_what_is_withdrawn_before_its_unit_has_it_stays_withdrawn() -> None:
    play = in_triage().do("2026-03-04 09:00", "route", mode="转送", unit="A", received_at=1_773_000_000_000)
    play.do("2026-03-05 09:00", "withdraw")
    assert play.look("2026-06-01 09:00").p.state is CaseState.WITHDRAWN


def test_a_report_ends_when_nobody_may_object_any_more() -> None:
    play = handling(Track.REPORT).do("2026-03-10 09:00", "feedback")
    last = play.due("REPORT_OBJECTION")
    assert play.look(f"{last} 23:59").p.state is CaseState.REPLIED
    assert play.look("2026-03-26 00:00").p.state is CaseState.CLOSED
    assert last == "2026-03-25"
