"""What must hold before a move, row by row; a refusal says why in Chinese and names the field."""

from __future__ import annotations

from typing import Any

import pytest

from hub.model.cases.clock import Rules
from hub.model.cases.told import citizen_label
from hub.model.track import Track
from hub.settings.profiles import load_profile
from tests.unit.hub.model.cases.played import (
    NATIONAL,
    Play,
    accepted,
    answered,
    drafted,
    fucha_done,
    handling,
    in_fucha,
    in_fuhe,
    in_triage,
    replied,
    routed,
)

T = Track
AT = "2026-03-11 12:00"


def test_3_danger_inside_another_matter_is_a_case_of_its_own() -> None:
    assert "另立紧急工单" in handling().refused(AT, "emergency", "HND")


@pytest.mark.parametrize("event", ["pick", "assign"])
def test_4_15_recusal(event: str) -> None:
    play = accepted() if event == "assign" else Play(T.APPEAL)
    assert "回避" in play.refused(AT, event, recused=True)


def test_5_sealed_stays_sealed() -> None:
    play = Play(T.REPORT).do("2026-03-02 09:00", "seal")
    assert citizen_label(play.p) == "已登记"
    for event in ("pick", "accept", "feedback", "withdraw", "reopen", "to_discipline"):
        assert play.refused(AT, event)


def test_6_a_question_is_written() -> None:
    assert "question" in in_triage().refused(AT, "ask")
    assert "question" in in_triage().refused(AT, "ask", question="  ")


def test_7_the_time_for_an_answer_is_not_cut_short() -> None:
    play = in_triage().do("2026-03-03 09:00", "ask", question="请补充材料")
    assert "未满" in play.refused("2026-03-13 23:59", "timeout")


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"mode": "转送"}, "unit"),
        ({"mode": "派发", "unit": "A"}, "mode"),
        ({"mode": "转送", "unit": "A", "competent": False}, "unit"),
        ({"mode": "交办", "unit": "A", "due": "2026-03-10"}, "due"),
        ({"mode": "交办", "unit": "A", "due": "明天"}, "due"),
    ],
)
def test_8_route(data: dict[str, Any], field: str) -> None:
    assert f"（{field}）" in in_triage().refused(AT, "route", **data)


def test_9_an_objection_has_reasons() -> None:
    assert "reason" in routed().refused("2026-03-04 09:00", "object")


def _third_return() -> Play:
    play = routed()
    for day in (4, 5):
        play.do(f"2026-03-0{day} 09:00", "object", reason="不属于本单位职责")
        play.do(f"2026-03-0{day} 10:00", "refuse_return", reason="属于该单位职责")
    return play.do("2026-03-06 09:00", "object", reason="不属于本单位职责")


def test_10_11_the_third_return_is_decided_by_the_superior() -> None:
    play = _third_return()
    assert "上一级机关" in play.refused("2026-03-06 10:00", "refuse_return", "TRI", reason="属于该单位")
    assert "上一级机关" in play.refused("2026-03-06 10:00", "agree_return", "TRI")
    assert play.do("2026-03-06 11:00", "refuse_return", "SUP", reason="属于该单位").p.state == "ROUTED"


def test_11_a_refused_return_has_reasons() -> None:
    play = routed().do("2026-03-04 09:00", "object", reason="不属于")
    assert "reason" in play.refused("2026-03-04 10:00", "refuse_return")


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "branch"),
        ({"branch": 7}, "branch"),
        ({"branch": "6"}, "branch"),
        ({"branch": True}, "branch"),
        ({"branch": 3}, "branch"),
        ({"branch": 6, "items": 0}, "items"),
        ({"branch": 6, "items": []}, "items"),
    ],
)
def test_12_accept(data: dict[str, Any], field: str) -> None:
    assert f"（{field}）" in in_triage().refused(AT, "accept", **data)


@pytest.mark.parametrize("branch", ["", "二", "2", 6, 0, True, None])
def test_12_a_legal_matter_names_its_branch_as_a_number(branch: object) -> None:
    assert "（branch）" in in_triage(T.LEGAL).refused(AT, "accept", branch=branch)
    assert in_triage(T.LEGAL).do(AT, "accept", branch=2).p.branch == 2


def test_12_what_is_final_is_not_accepted_again() -> None:
    assert "不再受理" in in_triage().refused(AT, "accept", branch=6, repeats_final=True)


def test_12_who_gets_a_notice_of_acceptance() -> None:
    given = {track: "受理告知书" in accepted(track).papers() for track in Track}
    assert given == {
        T.CONSULT: False, T.SERVICE: False, T.EMERGENCY: False,
        T.SUGGEST: True, T.APPEAL: True, T.LEGAL: True, T.REPORT: True,
    }  # fmt: skip


def test_13_refusal_needs_a_code_and_a_second_person() -> None:
    assert "code" in in_triage().refused(AT, "refuse", second="u2")
    assert "second" in in_triage().refused(AT, "refuse", person="u1", code="OTHER", second="u1")
    assert "不能" in in_triage().refused(AT, "refuse", "SYS", code="OTHER")
    assert "另一人" in in_triage().refused(AT, "refuse", person="u1", code="OTHER")
    proposed = in_triage().do(AT, "propose_refusal", person="u2")
    assert "另一人" in proposed.refused(AT, "refuse", person="u2", code="OTHER")
    assert proposed.do(AT, "refuse", person="u1", code="OTHER").p.state == "NOT_ACCEPTED"
    assert in_triage().do(AT, "refuse", code="OTHER", second="u2").papers() == ["不予受理告知书"]
    assert in_triage().do(AT, "refuse", code="THREE_LEVEL_END", second="u2").papers() == ["不再受理告知书"]


def test_14_the_procedure_is_named() -> None:
    assert "branch" in in_triage().refused(AT, "redirect_legal")
    assert "branch" in in_triage().refused(AT, "redirect_legal", branch=6)
    play = in_triage().do(AT, "redirect_legal", branch=1)
    assert play.papers() == ["导入法定程序告知书"]
    assert {clock.state for clock in play.p.clocks} == {"stopped"}


def test_17_auto_return_follows_the_profile() -> None:
    play = handling(T.SERVICE).look("2026-03-08 00:00")
    assert play.p.state == "HANDLING"


def test_18_extension() -> None:
    assert "reason" in handling().refused(AT, "extend", days=5)
    assert "days" in handling().refused(AT, "extend", days=0, reason="案情复杂")
    assert "30" in handling().refused(AT, "extend", days=31, reason="案情复杂")
    assert "不能" in handling().refused(AT, "extend", "HND", days=5, reason="案情复杂")
    assert "届满" in handling().refused("2026-05-03 00:00", "extend", days=5, reason="案情复杂")
    assert "这类诉求没有" in handling(T.SUGGEST).refused(AT, "extend", days=5, reason="案情复杂")
    asked = handling().do(AT, "ask_extension", person="h1", days=5, reason="案情复杂")
    assert "本人" in asked.refused(AT, "extend", "LEAD", "h1", days=5, reason="案情复杂")


def test_18_the_cap_is_a_profiles() -> None:
    rules = Rules(load_profile("zhejiang"), NATIONAL.calendar)
    play = (
        Play(T.APPEAL, rules=rules).do("2026-03-02 10:00", "pick").do("2026-03-03 10:00", "accept", branch=6)
    )
    play.do("2026-03-04 10:00", "assign", handler="h1").do(
        "2026-03-30 10:00", "extend", days=60, reason="案情复杂"
    )
    assert play.due("HANDLE_60") == "2026-06-01"
    assert "61" in play.refused("2026-03-30 11:00", "extend", days=1, reason="案情复杂")


def test_19_every_item_is_answered() -> None:
    play = handling(items=3)
    assert "第 3 项" in play.refused(AT, "submit_reply", outcomes=["支持", "解释"])
    assert "第 2 项" in play.refused(AT, "submit_reply", outcomes=["支持", "", "解释"])
    assert "第 1 项" in play.refused(AT, "submit_reply", outcomes=["驳回", "支持", "解释"])
    assert "只有 3 项" in play.refused(AT, "submit_reply", outcomes=["支持"] * 4)
    assert "outcomes" in play.refused(AT, "submit_reply")
    assert "basis" in play.refused(AT, "submit_reply", outcomes=["支持"] * 3, facts="属实", basis="")
    assert play.do(AT, "submit_reply", outcomes=["支持", "解释", "不支持"]).p.state == "REVIEW_DRAFT"


def test_20_a_draft_goes_back_with_a_comment() -> None:
    assert "comment" in drafted().refused(AT, "reject_draft")


def test_21_signed_by_another_than_author_and_handler() -> None:
    own = handling().do("2026-03-10 10:00", "submit_reply", person="h2", outcomes=["支持"])
    assert "本人起草" in own.refused(AT, "sign", "LEAD", "h2")
    assert "承办人" in own.refused(AT, "sign", "LEAD", "h1")
    assert "没有待送达" in own.refused(AT, "deliver", method="直接")
    own.do(AT, "sign")
    assert own.p.state == "REVIEW_DRAFT"
    assert "等待送达" in own.refused(AT, "sign")
    assert "等待送达" in own.refused(AT, "reject_draft", comment="再改")
    assert "method" in own.refused(AT, "deliver", method="口头")


def test_21_the_document_of_the_reply() -> None:
    assert replied().papers()[-1] == "处理意见书"
    assert replied(T.SUGGEST).papers()[-1] == "答复意见书"
    assert "FUCHA_WINDOW" not in replied(T.SUGGEST).clocks()


def test_22_a_rating_may_be_changed_once() -> None:
    play = replied().do("2026-03-13 09:00", "rate").do("2026-03-14 09:00", "rate")
    assert "一次" in play.refused("2026-03-15 09:00", "rate")


def test_23_twice_then_the_supervisor() -> None:
    play = answered(T.SERVICE)
    for _ in range(2):
        play.do("2026-03-03 09:00", "unsatisfied").do("2026-03-03 10:00", "answer")
    assert "督办" in play.refused("2026-03-04 09:00", "unsatisfied")
    assert play.do("2026-03-04 09:00", "unsatisfied", "SUP").p.state == "REWORK"
    assert "这类诉求没有" in replied().refused(AT, "unsatisfied")


def test_scenario_13_the_window_ends_and_a_late_request_waits_for_a_person() -> None:
    assert replied().do("2026-04-13 23:59", "request_fucha").p.state == "FUCHA"
    play = replied()
    reason = play.refused("2026-04-14 00:00", "request_fucha")
    assert "2026-04-13" in reason
    assert play.p.state == "CLOSED"
    assert [(late.level, late.last_day) for late in play.p.late] == [("复查", "2026-04-13")]
    assert "request_fucha" not in play.allowed("2026-04-14 00:00")
    assert "不能" in play.refused("2026-04-15 09:00", "admit_late", "SYS", reason="因病住院")
    assert "reason" in play.refused("2026-04-15 09:00", "refuse_late", "REV")
    admitted = play.do("2026-04-15 09:00", "admit_late", "REV", reason="因病住院")
    assert (admitted.p.state, admitted.due("FUCHA_30"), admitted.p.late) == ("FUCHA", "2026-05-15", ())


def test_27_a_late_request_is_answered_with_a_document() -> None:
    play = fucha_done()
    assert "2026-05-06" in play.refused("2026-05-07 09:00", "request_fuhe")
    play.do("2026-05-08 09:00", "refuse_late", "REV", reason="没有正当理由")
    assert (play.p.state, play.papers()[-1], play.p.late) == ("CLOSED", "复核不予受理告知书", ())
    assert "已经复查" in play.refused("2026-05-09 09:00", "request_fucha")
    assert play.p.late == ()


def test_24_only_an_appeal_goes_up() -> None:
    assert "这类诉求没有" in replied(T.SUGGEST).refused(AT, "request_fucha")


def test_25_outcome_of_the_review() -> None:
    assert "outcome" in in_fucha().refused("2026-04-01 09:00", "fucha_opinion")
    assert "remand" in in_fucha().refused("2026-04-01 09:00", "fucha_opinion", outcome="撤销重办")
    waiting = in_fucha().do("2026-04-01 09:00", "fucha_opinion", outcome="维持", delivered=False)
    assert "等待送达" in waiting.refused("2026-04-01 10:00", "fucha_opinion", outcome="变更")


def test_28_hearings_do_not_overlap() -> None:
    play = in_fuhe()
    assert "没有正在进行" in play.refused("2026-04-14 09:00", "hearing_end")
    play.do("2026-04-14 10:00", "hearing_start")
    assert "正在进行" in play.refused("2026-04-15 10:00", "hearing_start")


def test_30_nobody_closes_before_the_window_is_over() -> None:
    assert "未满" in replied().refused("2026-04-13 23:00", "window_over")


def test_31_a_report_goes_on_without_its_reporter() -> None:
    play = handling(T.REPORT).do("2026-03-11 12:00", "withdraw")
    assert {c.state for c in play.p.clocks} <= {"stopped", "breached"}
    assert play.do("2026-03-12 12:00", "reopen", "INS", reason="依职权核查").p.state == "TRIAGE"
    assert "不能" in handling().do(AT, "withdraw").refused("2026-03-12 12:00", "reopen", "SUP", reason="x")


def test_32_33_a_merged_case_finds_back_with_its_clocks() -> None:
    play = (
        handling()
        .do(AT, "ask", question="请补充材料")
        .do("2026-03-12 09:00", "merge_into", master="另一工单")
    )
    assert citizen_label(play.p, master="260302") == "已并入(260302)"
    assert play.look("2026-04-01 09:00").p.state == "MERGED"
    assert play.due("HANDLE_60") == "2026-05-02"
    play.do("2026-04-02 09:00", "unmerge")
    assert play.p.state == "NEED_INFO"
    assert play.look("2026-04-02 09:01").p.state == "HANDLING"
    assert "master" in handling().refused(AT, "merge_into")
    assert "隔离" in handling().refused(AT, "merge_into", master="另一工单", crosses=True)


def test_33_the_citizens_window_does_not_begin_again() -> None:
    play = (
        fucha_done().do("2026-04-10 09:00", "merge_into", master="另一工单").do("2026-04-11 09:00", "unmerge")
    )
    assert (play.due("FUHE_WINDOW"), play.clocks().count("FUHE_WINDOW")) == ("2026-05-06", 1)


def test_34_reminded_once_in_seven_days() -> None:
    play = handling().do(AT, "cuiban")
    assert "2026-03-18" in play.refused("2026-03-17 23:00", "cuiban")
    play.do("2026-03-17 23:00", "cuiban", "SUP").do("2026-03-18 00:00", "cuiban")


def test_35_an_order_has_a_day() -> None:
    assert "order" in handling().refused(AT, "duban", due="2026-04-01")
    assert "due" in handling().refused(AT, "duban", order="请按期办结")
    assert "due" in handling().refused(AT, "duban", order="请按期办结", due="2026-03-10")


def test_36_reopened_with_new_clocks() -> None:
    assert "reason" in in_triage().do(AT, "refuse", code="OTHER", second="u2").refused(
        "2026-03-12 09:00", "reopen"
    )
    play = (
        in_triage()
        .do(AT, "refuse", code="OTHER", second="u2")
        .do("2026-03-12 09:00", "reopen", reason="有新的事实")
    )
    assert (play.due("NOTIFY_15"), play.due("FORWARD_15")) == ("2026-03-27", "2026-03-27")


def test_38_a_second_person() -> None:
    play = handling(T.REPORT)
    assert "second" in play.refused(AT, "to_discipline", person="i1", second="i1")


def test_a_report_that_was_sent_on_has_been_checked() -> None:
    play = routed(T.REPORT)
    assert (play.clock_state("REPORT_FIRST"), play.clock_state("REPORT_ACCEPT")) == ("stopped", "running")
    assert ("NOTIFY_15" in play.clocks(), play.papers()) == (False, [])


@pytest.mark.parametrize("by", ["SUP", "INS"])
def test_what_a_supervisor_does_an_inspector_may_do_to_a_report(by: str) -> None:
    handling(T.REPORT).do(AT, "duban", by, order="请按期办结", due="2026-04-01")
    if by == "INS":
        assert "不能" in handling().refused(AT, "duban", by, order="请按期办结", due="2026-04-01")


def test_a_review_is_not_ended_by_another_track() -> None:
    assert "复查" in in_fucha().refused("2026-04-01 09:00", "reclassify", track="CONSULT", reason="改为咨询")


# -- reclassify -------------------------------------------------------------------------------


def test_statutory_clocks_keep_their_start() -> None:
    play = in_triage(T.CONSULT).do("2026-03-04 09:00", "reclassify", track="APPEAL", reason="要求处理")
    assert (play.due("FORWARD_15"), play.due("NOTIFY_15")) == ("2026-03-17", "2026-03-17")
    assert play.clock_state("CONSULT") == "stopped"
    play.do("2026-03-05 09:00", "reclassify", track="SUGGEST", reason="是建议")
    assert play.clocks().count("FORWARD_15") == 1


def test_policy_clocks_are_replaced() -> None:
    play = in_triage().do("2026-03-04 09:00", "reclassify", track="SERVICE", reason="求助")
    assert (play.clock_state("FORWARD_15"), play.clock_state("NOTIFY_15")) == ("stopped", "stopped")
    assert play.due("SERVICE_COMPLAINT") == "2026-03-11"


def test_a_statutory_clock_that_begins_late_has_already_run_out() -> None:
    play = in_triage(T.CONSULT).do("2026-03-20 09:00", "reclassify", track="APPEAL", reason="要求处理")
    assert play.look("2026-03-20 09:00").breaches() == ["CONSULT", "FORWARD_15", "NOTIFY_15"]


def test_sent_on_before_it_became_a_petition() -> None:
    play = routed(T.SERVICE).do("2026-03-05 09:00", "reclassify", track="APPEAL", reason="要求处理")
    assert (play.due("NOTIFY_15"), play.p.state) == ("2026-03-18", "ROUTED")
    assert "FORWARD_15" not in play.clocks()


def test_a_service_in_hand_is_accepted_first_when_it_becomes_an_appeal() -> None:
    play = handling(T.SERVICE).do("2026-03-05 09:00", "reclassify", track="APPEAL", reason="要求处理")
    assert (play.p.state, play.due("NOTIFY_15")) == ("TRIAGE", "2026-03-17")
    play.do("2026-03-06 09:00", "accept", branch=6)
    assert play.due("HANDLE_60") == "2026-05-05"


def test_an_accepted_suggestion_that_is_an_appeal_counts_from_its_acceptance() -> None:
    play = handling(T.SUGGEST).do("2026-03-20 09:00", "reclassify", track="APPEAL", reason="要求处理")
    assert (play.p.state, play.due("HANDLE_60"), play.clock_state("SUGGEST")) == (
        "HANDLING",
        "2026-05-02",
        "stopped",
    )


def test_an_accepted_appeal_that_is_a_report_is_investigated() -> None:
    play = handling().do(AT, "reclassify", track="REPORT", reason="检举民警")
    assert play.clock_state("HANDLE_60") == "stopped"
    assert play.due("REPORT_INVEST") == "2026-04-23"


@pytest.mark.parametrize(
    ("data", "field"),
    [({"track": "X", "reason": "r"}, "track"), ({"track": "APPEAL", "reason": "r"}, "track"),
    ({"track": "LEGAL"}, "reason")],
)  # fmt: skip
def test_reclassify_says_why(data: dict[str, str], field: str) -> None:
    assert f"（{field}）" in in_triage().refused(AT, "reclassify", **data)


# -- what the citizen reads -------------------------------------------------------------------


def test_labels() -> None:
    extended = handling().do(AT, "extend", days=5, reason="案情复杂")
    assert citizen_label(extended.p) == "已延期"
    drafted_late = extended.do("2026-03-12 09:00", "submit_reply", outcomes=["支持"])
    assert citizen_label(drafted_late.p) == "办理中"
    assert citizen_label(routed().p, unit_name="甲分局") == "已转送(甲分局)"
    assert "甲分局" not in citizen_label(routed(T.REPORT).p, unit_name="甲分局")
