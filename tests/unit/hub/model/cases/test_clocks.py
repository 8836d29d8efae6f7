"""Each clock of the procedure:

when it starts and stops, its last day, what pauses it, its breach, its warnings.
"""

from __future__ import annotations

from typing import Any

import pytest

from hub.model.cases.attempt import Attempt
from hub.model.cases.moves import move
from hub.model.cases.passing_time import advance, latest_only
from hub.model.cases.roles import CaseRole
from hub.model.track import Track
from tests.unit.hub.model.cases.played import (
    NATIONAL,
    Play,
    accepted,
    answered,
    fucha_done,
    handling,
    in_fucha,
    in_fuhe,
    in_triage,
    ms,
    replied,
    routed,
)

T = Track


def _warned(play: Play, clock: str, *, citizen: bool = False) -> list[str]:
    return [w.key for w in play.warnings if w.clock == clock and w.citizen is citizen]


# -- registration and transfer ----------------------------------------------------------------


def test_scenario_1_notice_in_fifteen_days() -> None:
    play = Play(T.APPEAL, "2026-01-05 23:50")
    assert play.clocks() == ["ACK", "FORWARD_15", "NOTIFY_15"]
    assert play.due("NOTIFY_15") == play.due("FORWARD_15") == "2026-01-20"
    play.look("2026-01-20 23:59")
    assert play.breaches() == []
    assert _warned(play, "NOTIFY_15") == ["day 10", "day 13", "day 15"]
    assert [w.at for w in play.warnings if w.clock == "NOTIFY_15"] == [
        ms("2026-01-15 00:00"), ms("2026-01-18 00:00"), ms("2026-01-20 00:00"),
    ]  # fmt: skip
    play.look("2026-01-21 00:00")
    assert play.breaches() == ["FORWARD_15", "NOTIFY_15"]
    play.do("2026-01-21 09:00", "pick").do("2026-01-21 10:00", "accept", branch=6)
    assert play.breaches() == ["FORWARD_15", "NOTIFY_15"]
    assert play.clock_state("NOTIFY_15") == "breached"


@pytest.mark.parametrize(
    ("track", "clocks"),
    [
        (T.CONSULT, ["ACK", "CONSULT"]),
        (T.SERVICE, ["ACK", "SERVICE_COMPLAINT"]),
        (T.SUGGEST, ["ACK", "FORWARD_15", "NOTIFY_15"]),
        (T.LEGAL, ["ACK", "FORWARD_15", "NOTIFY_15"]),
        (T.REPORT, ["ACK", "REPORT_ACCEPT", "REPORT_FIRST"]),
        (T.EMERGENCY, ["ACK"]),
    ],
)
def test_clocks_from_registration(track: Track, clocks: list[str]) -> None:
    assert Play(track).clocks() == clocks


def test_ack_stops_with_the_receipt() -> None:
    assert Play(T.APPEAL).clock_state("ACK") == "stopped"
    late = Play(T.APPEAL, delivered=False).look("2026-03-02 09:01")
    assert late.breaches() == ["ACK"]
    letter = Play(T.APPEAL, "2026-02-14 09:00", delivered=False, channel="letter")
    assert letter.due("ACK") == "2026-02-24"  # 15 to 23 February are off
    report = Play(T.REPORT, delivered=False, channel="letter").look("2026-03-03 08:59")
    assert (report.due("ACK"), report.breaches()) == ("2026-03-03", [])
    assert report.look("2026-03-03 09:00").breaches() == ["ACK"]


def test_a_stop_after_the_last_day_is_a_breach_without_a_sweep() -> None:
    play = Play(T.APPEAL).do("2026-03-03 09:00", "pick")
    play.do("2026-03-18 00:00", "route", mode="转送", unit="A")
    assert play.breaches() == ["FORWARD_15", "NOTIFY_15"]


def test_what_stopped_too_late_is_found_later() -> None:
    """A step may be stored before anybody looked at the time."""
    play = Play(T.APPEAL).do("2026-03-03 09:00", "pick")
    data = {"branch": 6}
    moved = move(play.p, Attempt("accept", ms("2026-03-18 00:00"), CaseRole.UC, NATIONAL, "u1", data))
    assert moved.proceeding.breaches == ()
    passed = advance(moved.proceeding, ms("2026-03-18 00:00"), NATIONAL)
    assert [(b.clock, b.at) for b in passed.proceeding.breaches] == [
        ("FORWARD_15", ms("2026-03-18 00:00")), ("NOTIFY_15", ms("2026-03-18 00:00")),
    ]  # fmt: skip
    in_time = move(play.p, Attempt("accept", ms("2026-03-17 23:59"), CaseRole.UC, NATIONAL, "u1", data))
    assert advance(in_time.proceeding, ms("2026-04-01 00:00"), NATIONAL).proceeding.breaches == ()


def test_each_unit_has_its_own_notice() -> None:
    play = in_triage().do(
        "2026-03-05 10:00", "route", mode="转送", unit="A", received_at=ms("2026-03-06 09:00")
    )
    assert "OBJECT_5WD" not in play.clocks()
    assert "单位尚未签收" in play.refused("2026-03-05 11:00", "object", reason="不属于本单位")
    play.look("2026-03-06 09:00")
    assert (play.due("NOTIFY_15"), play.due("OBJECT_5WD")) == ("2026-03-21", "2026-03-13")
    assert [c.state for c in play.p.clocks if c.name == "NOTIFY_15"] == ["stopped", "running"]


def test_the_notice_of_transfer_stops_the_organs_own_clock_on_delivery() -> None:
    play = in_triage().do("2026-03-05 10:00", "route", mode="转送", unit="A", delivered=False)
    assert [c.state for c in play.p.clocks if c.name == "NOTIFY_15"] == ["running", "running"]
    play.do("2026-03-09 10:00", "deliver", document="转送告知书", method="邮寄")
    assert [c.state for c in play.p.clocks if c.name == "NOTIFY_15"] == ["stopped", "running"]


def test_scenario_4_five_workdays_over_a_holiday() -> None:
    def received() -> Play:
        play = Play(T.APPEAL, "2026-04-29 09:00").do("2026-04-29 10:00", "pick")
        return play.do("2026-04-30 09:00", "route", mode="转送", unit="A")

    play = received()
    assert play.due("OBJECT_5WD") == "2026-05-11"
    assert play.do("2026-05-11 23:59", "object", reason="不属于本单位职责").p.state == "OBJECTION"
    late = received()
    assert "2026-05-11" in late.refused("2026-05-12 00:00", "object", reason="不属于本单位职责")
    assert "object" not in late.allowed("2026-05-12 00:00")
    assert (late.p.state, late.breaches()) == ("ROUTED", [])


def test_the_shared_budget_goes_on_with_the_days_that_are_left() -> None:
    """15 days from 2 March;

    sent on 3 March with 14 left; back on 6 March: until 20 March. Again: until 24 March.
    """
    play = routed().do("2026-03-05 09:00", "object", reason="不属于本单位")
    play.do("2026-03-06 09:00", "agree_return")
    assert (play.due("FORWARD_15"), play.clock_state("FORWARD_15")) == ("2026-03-20", "running")
    assert play.clock_state("NOTIFY_15") == "stopped"
    play.do("2026-03-10 09:00", "route", mode="转送", unit="B").do(
        "2026-03-13 09:00", "object", reason="不属于"
    )
    play.do("2026-03-14 09:00", "agree_return")
    assert play.due("FORWARD_15") == "2026-03-24"
    assert play.look("2026-03-25 00:00").breaches() == ["FORWARD_15"]


def test_notice_stops_on_delivery_only() -> None:
    play = in_triage().do("2026-03-05 10:00", "accept", branch=6, delivered=False)
    assert (play.clock_state("NOTIFY_15"), play.clock_state("FORWARD_15")) == ("running", "stopped")
    assert "document" in play.refused("2026-03-06 09:00", "deliver", method="邮寄")
    play.do("2026-03-17 23:00", "deliver", document="受理告知书", method="邮寄")
    assert (play.clock_state("NOTIFY_15"), play.breaches()) == ("stopped", [])


def test_notice_waived_when_nobody_can_be_told() -> None:
    play = in_triage().do("2026-03-05 10:00", "waive_notice", reason="没有姓名和地址")
    assert play.look("2026-04-30 00:00").breaches() == ["FORWARD_15"]


# -- the reply --------------------------------------------------------------------------------


def test_handle_60_warnings_and_breach() -> None:
    play = handling().look("2026-05-05 12:00")
    assert play.due("HANDLE_60") == "2026-05-02"
    keys = [*(f"{k}" for k in ("50%", "80%", "T-7", "T-3", "T-1", "T0", "T+1")),
            "daily 2026-05-03", "daily 2026-05-04", "daily 2026-05-05"]  # fmt: skip
    assert _warned(play, "HANDLE_60") == keys
    assert play.breaches() == ["HANDLE_60"]


def test_agency_limits_do_not_roll() -> None:
    """2 May 2026 is a holiday and a Saturday; it stays the last day."""
    play = handling().look("2026-05-02 23:59")
    assert play.breaches() == []
    assert play.look("2026-05-03 00:00").breaches() == ["HANDLE_60"]


def test_handle_60_stops_on_delivery_not_on_signing() -> None:
    play = handling().do("2026-04-30 09:00", "submit_reply", outcomes=["支持"])
    play.do("2026-05-02 09:00", "sign").look("2026-05-03 09:00")
    assert play.breaches() == ["HANDLE_60"]
    play.do("2026-05-04 09:00", "deliver", method="直接")
    assert (play.p.state, play.clock_state("HANDLE_60"), play.breaches()) == (
        "REPLIED",
        "breached",
        ["HANDLE_60"],
    )


def test_scenario_2_sixty_and_thirty() -> None:
    """Accepted on 3 March; day 58 is 30 April; 20 days more: 22 May."""
    play = handling().do("2026-04-30 09:00", "ask_extension", days=20, reason="案情复杂")
    assert play.due("HANDLE_60") == "2026-05-02"
    play.do("2026-04-30 10:00", "extend", days=20, reason="案情复杂")
    assert (play.due("HANDLE_60"), play.due("EXT")) == ("2026-05-22", "2026-05-22")
    assert "延期告知书" in play.papers()
    assert "35" in play.refused("2026-05-20 09:00", "extend", days=15, reason="案情复杂")
    assert "35" in play.refused("2026-05-20 09:00", "ask_extension", days=15, reason="案情复杂")
    play.do("2026-05-20 09:00", "extend", days=10, reason="等待鉴定")
    assert play.due("HANDLE_60") == "2026-06-01"
    assert "31" in play.refused("2026-05-21 09:00", "extend", days=1, reason="案情复杂")


def test_an_extension_warns_again_before_the_new_day() -> None:
    play = handling().do("2026-05-02 09:00", "extend", days=20, reason="案情复杂").look("2026-05-22 12:00")
    assert _warned(play, "HANDLE_60")[-4:] == ["T-7", "T-3", "T-1", "T0"]
    assert _warned(play, "HANDLE_60").count("T0") == 2
    assert play.breaches() == []


def test_scenario_3_no_pause_for_an_appeal() -> None:
    play = handling().do("2026-03-10 09:00", "ask", question="请补充材料")
    assert play.clock_state("HANDLE_60") == "running"
    play.look("2026-04-04 09:00")
    assert (play.due("HANDLE_60"), play.p.state) == ("2026-05-02", "HANDLING")


def test_a_service_matter_pauses() -> None:
    """Due on Mon 9 March; asked on Tue 3, answered on Fri 6: three days later, Thu 12."""
    play = in_triage(T.SERVICE)
    assert play.due("SERVICE_COMPLAINT") == "2026-03-09"
    play.do("2026-03-03 09:00", "ask", question="请补充材料")
    assert play.clock_state("SERVICE_COMPLAINT") == "paused"
    play.do("2026-03-06 17:00", "citizen_reply")
    assert (play.due("SERVICE_COMPLAINT"), play.clock_state("SERVICE_COMPLAINT")) == ("2026-03-12", "running")
    assert play.look("2026-03-13 00:00").breaches() == ["SERVICE_COMPLAINT"]


def test_a_pause_moves_the_last_day_by_its_days() -> None:
    """Asked on Fri 6, answered on Mon 9 March:

    three days, over a weekend too. Not answered: it goes on after day 10.
    """
    play = in_triage(T.SERVICE).do("2026-03-06 17:00", "ask", question="请补充材料")
    assert play.do("2026-03-09 09:00", "citizen_reply").due("SERVICE_COMPLAINT") == "2026-03-12"
    silent = (
        in_triage(T.SERVICE).do("2026-03-03 09:00", "ask", question="请补充材料").look("2026-03-14 00:00")
    )
    assert silent.due("SERVICE_COMPLAINT") == "2026-03-20"


def test_need_info_ends_after_ten_days_and_reminds() -> None:
    play = in_triage(T.SERVICE).do("2026-03-03 09:00", "ask", question="请补充材料")
    assert play.due("NEED_INFO_10") == "2026-03-13"
    assert play.look("2026-03-13 23:59").p.state == "NEED_INFO"
    play.look("2026-03-14 00:00")
    assert (play.p.state, play.clock_state("SERVICE_COMPLAINT")) == ("TRIAGE", "running")
    assert "补充材料提醒" in play.notices
    play.do("2026-03-15 09:00", "citizen_reply")
    assert play.p.state == "TRIAGE"


def test_an_answer_to_no_question_is_a_supplement_only() -> None:
    play = in_triage()
    assert "没有请群众补充" in play.refused("2026-03-03 09:00", "citizen_reply")
    assert "citizen_reply" not in play.allowed("2026-03-03 09:00")
    assert "supplement" in play.allowed("2026-03-03 09:00")


@pytest.mark.parametrize(
    ("track", "data", "name", "due"),
    [
        (T.CONSULT, {}, "CONSULT", "2026-03-04"),
        (T.SERVICE, {"kind": "求助"}, "SERVICE_HELP", "2026-03-05"),
        (T.SERVICE, {"kind": "投诉"}, "SERVICE_COMPLAINT", "2026-03-09"),
        (T.SERVICE, {"kind": "复杂"}, "SERVICE_COMPLEX", "2026-03-16"),
    ],
)
def test_policy_clocks_stop_with_the_answer(track: Track, data: dict[str, Any], name: str, due: str) -> None:
    play = Play(track, **data)
    assert play.due(name) == due
    play.do(f"{due} 23:00", "answer")
    assert (play.clock_state(name), play.breaches()) == ("stopped", [])
    assert Play(track, **data).look("2026-04-30 00:00").breaches() == [name]


def test_suggestion() -> None:
    play = accepted(T.SUGGEST)
    assert play.due("SUGGEST") == "2026-03-24"
    assert "HANDLE_60" not in play.clocks()


def test_first_contact() -> None:
    play = accepted().do("2026-03-04 10:00", "assign", handler="h1")
    assert play.due("FIRST_CONTACT") == "2026-03-09"
    play.do("2026-03-09 10:00", "log_contact")
    assert play.clock_state("FIRST_CONTACT") == "stopped"
    missed = accepted().do("2026-03-04 10:00", "assign", handler="h1").look("2026-03-10 00:00")
    assert missed.breaches() == ["FIRST_CONTACT"]


def test_callback_and_redo() -> None:
    play = answered(T.SERVICE)
    assert play.due("CALLBACK") == "2026-03-05"
    play.do("2026-03-04 09:00", "unsatisfied", "CB")
    assert (play.clock_state("CALLBACK"), play.due("REDO")) == ("stopped", "2026-03-11")
    play.do("2026-03-05 09:00", "assign", handler="h2")
    assert play.due("FIRST_CONTACT") == "2026-03-10"
    play.do("2026-03-06 09:00", "answer")
    assert (play.clock_state("REDO"), play.clock_state("CALLBACK")) == ("stopped", "running")


def test_a_wrong_closing_is_put_right_as_if_it_had_not_been() -> None:
    play = in_triage(T.SERVICE).do("2026-03-02 10:00", "claim", handler="h1")
    due = play.due("SERVICE_COMPLAINT")
    play.do("2026-03-03 10:00", "close")
    assert play.clock_state("SERVICE_COMPLAINT") == "stopped"
    assert "reason" in play.refused("2026-03-04 10:00", "correct_closing", "SUP")
    play.do("2026-03-04 10:00", "correct_closing", "SUP", reason="误点办结")
    assert (play.p.state, play.due("SERVICE_COMPLAINT")) == ("HANDLING", due)
    assert play.look(f"{due} 23:59").breaches() == []
    assert play.look("2026-03-20 00:00").breaches() == ["SERVICE_COMPLAINT"]


def test_a_clock_that_had_stopped_before_a_wrong_closing_stays_stopped() -> None:
    play = answered(T.SERVICE).do("2026-03-04 10:00", "callback").do("2026-03-05 10:00", "close")
    play.do("2026-03-06 10:00", "correct_closing", "SUP", reason="误点办结")
    assert {play.clock_state(name) for name in ("CALLBACK", "SERVICE_COMPLAINT")} == {"stopped"}


def test_only_a_direct_closing_is_put_right() -> None:
    play = answered().look("2026-06-01 09:00")
    assert play.p.state == "CLOSED"
    assert "重新启动" in play.refused("2026-06-02 09:00", "correct_closing", "SUP", reason="误点办结")


def test_a_call_back_that_reached_nobody_waits_on() -> None:
    play = answered(T.SERVICE).do("2026-03-03 09:00", "callback_tried")
    assert play.clock_state("CALLBACK") == "running"
    play.do("2026-03-03 10:00", "callback")
    assert "没有待回访" in play.refused("2026-03-03 11:00", "callback_tried")


# -- after the reply --------------------------------------------------------------------------


def test_the_citizens_window_rolls_to_the_next_workday() -> None:
    """12 March + 30 = Sat 11 April: until Mon 13 April; the citizen is told a week before."""
    play = replied()
    assert play.due("FUCHA_WINDOW") == "2026-04-13"
    play.look("2026-04-13 23:59")
    assert play.p.state in {"REPLIED", "RATED"}
    assert _warned(play, "FUCHA_WINDOW", citizen=True) == ["T-7"]
    play.look("2026-04-14 00:00")
    assert (play.p.state, play.clock_state("FUCHA_WINDOW"), play.breaches()) == ("CLOSED", "stopped", [])


def test_fucha_30_stops_on_delivery() -> None:
    play = in_fucha()
    assert (play.due("FUCHA_30"), play.clock_state("FUCHA_WINDOW")) == ("2026-04-19", "stopped")
    play.do("2026-04-10 09:00", "fucha_opinion", outcome="维持", delivered=False)
    assert (play.p.state, play.clock_state("FUCHA_30")) == ("FUCHA", "running")
    play.do("2026-04-20 00:00", "deliver", document="复查意见书", method="邮寄")
    assert (play.p.state, play.breaches()) == ("FUCHA_DONE", ["FUCHA_30"])
    assert play.due("FUHE_WINDOW") == "2026-05-20"


def test_the_window_of_fuhe_rolls_over_the_holiday() -> None:
    """Delivered on 1 April: the 30th day is 1 May, a holiday until 5 May."""
    play = fucha_done()
    assert play.due("FUHE_WINDOW") == "2026-05-06"
    assert play.look("2026-05-07 00:00").p.state == "CLOSED"


def test_fuhe_30_pauses_for_the_hearing_only() -> None:
    """Asked on 10 April: 10 May. A hearing from 15 to 27 April: 22 May."""
    play = in_fuhe()
    assert play.due("FUHE_30") == "2026-05-10"
    play.do("2026-04-15 09:00", "hearing_start")
    assert play.clock_state("FUHE_30") == "paused"
    play.do("2026-04-27 17:00", "hearing_end")
    assert (play.due("FUHE_30"), play.clock_state("FUHE_30")) == ("2026-05-22", "running")
    play.do("2026-05-22 23:00", "fuhe_opinion")
    assert (play.p.state, play.breaches()) == ("FINAL", [])


def test_remand_has_a_limit_of_its_own() -> None:
    play = in_fucha().do("2026-04-01 10:00", "remand")
    assert (play.p.state, play.due("HANDLE_REMAND")) == ("HANDLING", "2026-05-01")
    assert play.clock_state("FUCHA_30") == "stopped"
    assert "不能延期" in play.refused("2026-04-02 09:00", "extend", days=5, reason="案情复杂")
    play.do("2026-04-20 09:00", "submit_reply", outcomes=["部分支持"]).do("2026-04-21 09:00", "sign")
    play.do("2026-04-22 09:00", "deliver", method="直接")
    assert (play.clock_state("HANDLE_REMAND"), play.due("FUCHA_WINDOW")) == ("stopped", "2026-05-22")


# -- reports, supervision ---------------------------------------------------------------------


def test_report_clocks() -> None:
    play = Play(T.REPORT)
    assert (play.due("REPORT_ACCEPT"), play.due("REPORT_FIRST")) == ("2026-03-23", "2026-03-05")
    play.do("2026-03-03 09:00", "pick").do("2026-03-04 09:00", "accept")
    assert (play.clock_state("REPORT_ACCEPT"), play.clock_state("REPORT_FIRST")) == ("stopped", "stopped")
    assert play.due("REPORT_INVEST") == "2026-04-16"
    play.do("2026-03-05 09:00", "assign", handler="i1").do("2026-03-20 09:00", "close_investigation")
    assert (play.clock_state("REPORT_INVEST"), play.due("REPORT_FEEDBACK")) == ("stopped", "2026-04-13")
    play.do("2026-04-13 09:00", "feedback")
    assert (play.clock_state("REPORT_FEEDBACK"), play.due("REPORT_OBJECTION")) == ("stopped", "2026-04-28")
    assert set(play.notices) == {"登记回执", "中性通知"}


def test_supervise_ends_on_the_day_of_the_order() -> None:
    play = handling().do("2026-03-11 09:00", "duban", order="请按期办结", due="2026-03-20")
    assert play.due("SUPERVISE") == "2026-03-20"
    play.look("2026-03-21 00:00")
    assert (_warned(play, "SUPERVISE"), play.breaches()) == (["T-1", "T0"], ["SUPERVISE"])
    other = handling().do("2026-03-11 09:00", "duban", order="请按期办结", due="2026-03-11")
    assert other.do("2026-03-11 10:00", "answer_duban").look("2026-03-30 00:00").breaches() == []


def test_the_day_of_an_assigned_matter_is_moved_by_its_assigner_only() -> None:
    play = in_triage().do("2026-03-03 09:00", "route", "SUP", "s1", mode="交办", unit="A", due="2026-03-31")
    assert "交办人" in play.refused("2026-03-04 09:00", "move_due", "SUP", "s2", due="2026-04-30")
    assert (
        play.do("2026-03-04 09:00", "move_due", "SUP", "s1", due="2026-04-30").due("SUPERVISE")
        == "2026-04-30"
    )


def test_advice_30() -> None:
    play = handling().do("2026-03-11 09:00", "advise")
    assert play.due("ADVICE_30") == "2026-04-10"
    assert play.do("2026-03-12 09:00", "answer_advice", "LEAD").clock_state("ADVICE_30") == "stopped"


# -- delivery ---------------------------------------------------------------------------------


def test_a_public_notice_is_delivered_at_the_end_of_its_last_day() -> None:
    """60 days from 12 March: 11 May; the window begins there."""
    play = handling().do("2026-03-10 10:00", "submit_reply", outcomes=["支持"]).do("2026-03-11 10:00", "sign")
    play.do("2026-03-12 10:00", "deliver", method="公告")
    assert play.look("2026-05-11 23:59").p.state == "REVIEW_DRAFT"
    play.look("2026-05-12 00:00")
    assert (play.p.state, play.due("FUCHA_WINDOW"), play.breaches()) == (
        "REPLIED",
        "2026-06-10",
        ["HANDLE_60"],
    )


@pytest.mark.parametrize("status", ["accepted", "sent", "unknown_final"])
def test_sent_is_not_delivered(status: str) -> None:
    play = handling().do("2026-03-10 10:00", "submit_reply", outcomes=["支持"]).do("2026-03-11 10:00", "sign")
    play.do("2026-03-12 10:00", "deliver", method="电子", status=status)
    assert (play.p.state, play.clock_state("HANDLE_60")) == ("REVIEW_DRAFT", "running")
    assert "同意" in play.refused("2026-03-12 10:00", "deliver", method="电子", consent=False)
    assert play.do("2026-03-13 10:00", "deliver", method="邮寄").p.state == "REPLIED"


def test_the_date_on_the_return_receipt_counts() -> None:
    """Posted, received on 12 March; the slip is back on 16 March."""
    play = handling().do("2026-03-10 10:00", "submit_reply", outcomes=["支持"]).do("2026-03-11 10:00", "sign")
    for day in ("2026-03-10", "2026-03-17", "昨天"):
        assert "delivered_on" in play.refused("2026-03-16 10:00", "deliver", method="邮寄", delivered_on=day)
    play.do("2026-03-16 10:00", "deliver", method="邮寄", delivered_on="2026-03-12")
    assert play.due("FUCHA_WINDOW") == "2026-04-13"
    play.do("2026-03-20 10:00", "request_fucha").do(
        "2026-04-01 10:00", "fucha_opinion", outcome="维持", delivered=False
    )
    play.do("2026-04-08 10:00", "deliver", document="复查意见书", method="邮寄", delivered_on="2026-04-03")
    assert play.due("FUHE_WINDOW") == "2026-05-06"


def test_a_reply_is_known_by_either_title() -> None:
    for title in ("处理意见书", "答复意见书", "信访事项处理意见书"):
        play = (
            handling()
            .do("2026-03-10 10:00", "submit_reply", outcomes=["支持"])
            .do("2026-03-11 10:00", "sign")
        )
        assert play.do("2026-03-12 10:00", "deliver", document=title).p.state == "REPLIED"


# -- after downtime ---------------------------------------------------------------------------


def test_after_downtime_only_the_latest_warning_is_left() -> None:
    passed = advance(handling().p, ms("2026-05-02 12:00"), NATIONAL)
    left = [w.key for w in latest_only(passed.warnings) if w.clock == "HANDLE_60"]
    assert left == ["T0"]
