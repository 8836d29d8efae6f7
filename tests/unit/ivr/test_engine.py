"""The rules of a call: keys, errors, cases, hang-ups, emergencies."""

import msgspec
import pytest

from channels.contract import Ask, CallEventKind, Hangup, Pause, Record, Transfer
from ivr.engine import (
    AttachRecording,
    CallEnded,
    CallState,
    IssueReceipt,
    LookupProgress,
    OpenCase,
    PromotePartial,
    RaiseEmergency,
    RestrictDraft,
    SaveSlot,
    WrongFlow,
    step,
)
from ivr.flow import load, shipped
from tests.unit.ivr.driving import EVENT, FACTS, FLOW, RECEIPT, Caller, said


def at_story(**facts: str) -> Caller:
    """An anonymous caller asked to tell what happened."""
    caller = Caller(facts={**FACTS, "cities": "", **facts})
    caller.press("1", "2", "")
    assert caller.state.node == "complaint.story"
    return caller


# --- answering -----------------------------------------------------------------------------------


def test_the_greeting_belongs_to_the_first_question_so_that_keys_count_during_it() -> None:
    caller = Caller()
    (question,) = caller.turn.steps
    assert isinstance(question, Ask)
    assert "福建公安" in said(question)[0].text
    assert question.barge_in


def test_the_answer_names_what_the_next_event_must_name() -> None:
    caller = Caller()
    assert (caller.turn.answer.revision, caller.turn.answer.node) == (0, "main")
    caller.press("1")
    assert (caller.turn.answer.revision, caller.turn.answer.node) == (1, "complaint.who")


def test_a_stale_event_changes_nothing() -> None:
    caller = Caller()
    caller.press("1")
    before = caller.state
    turn = step(FLOW, before, caller.event(CallEventKind.DIGITS, revision=0, digits="1"), facts=FACTS)
    assert turn.state is before
    assert turn.steps == ()
    assert turn.effects == ()


def test_the_state_survives_the_store() -> None:
    caller = at_story()
    stored = msgspec.json.encode(msgspec.to_builtins(caller.state))
    assert msgspec.json.decode(stored, type=CallState) == caller.state


def test_a_call_keeps_its_version_of_the_flow() -> None:
    newer = load(shipped("12389") + "# a newer version\n")
    with pytest.raises(WrongFlow):
        step(newer, Caller().state, EVENT, facts=FACTS)


# --- the complaint ---------------------------------------------------------------------------------


def test_the_case_is_opened_before_the_first_question_of_a_complaint() -> None:
    caller = Caller()
    assert caller.press("1").effects == (OpenCase("REPORT"),)


def test_anonymity_is_saved_as_a_slot() -> None:
    caller = Caller()
    caller.press("1", "2")
    assert SaveSlot("anonymous", "1", "") in caller.all_effects
    assert caller.state.slots["anonymous"] == "1"


def test_a_city_is_found_by_its_area_code_and_read_back_by_name() -> None:
    caller = Caller()
    caller.press("1", "1", "0591")
    assert SaveSlot("city", "591", "0591") in caller.all_effects
    assert "您输入的是福州" in caller.heard
    caller.press("2", "592")
    assert "您输入的是厦门" in caller.heard


def test_an_area_code_that_is_not_on_the_list_is_no_answer() -> None:
    caller = Caller()
    caller.press("1", "1", "021")
    assert caller.state.nomatch == 1
    assert "city" not in caller.state.slots


def test_a_value_is_saved_before_it_is_confirmed() -> None:
    caller = Caller(facts={**FACTS, "cities": ""})
    caller.press("1", "1", "012345")
    assert SaveSlot("officer_badge", "012345", "012345") in caller.turn.effects


def test_the_star_clears_what_was_keyed_before_it() -> None:
    caller = Caller(facts={**FACTS, "cities": ""})
    caller.press("1", "1", "99*012345")
    assert caller.state.slots["officer_badge"] == "012345"


def test_reference_and_code_are_read_twice_in_groups_with_pauses() -> None:
    caller = at_story()
    caller.record()
    assert caller.press("1").effects == (IssueReceipt(),)
    assert caller.state.waits_for_hub
    caller.resume("ok", **RECEIPT)
    assert caller.heard.count("二，六，幺，幺") == 2
    assert caller.heard.count("四，零，三，幺") == 2
    [read] = caller.turn.steps  # keys count while it is read
    assert isinstance(read, Ask)
    assert sum(isinstance(one, Pause) for one in read.prompts) == 12


def test_nine_after_the_receipt_reads_it_again_and_moving_on_forgets_the_code() -> None:
    caller = at_story()
    caller.record()
    caller.press("1")
    caller.resume("ok", **RECEIPT)
    caller.press("9")
    assert caller.heard.count("四，零，三，幺") == 2
    caller.press("1")
    assert RECEIPT["query_code"] not in str(msgspec.to_builtins(caller.state))


def test_a_hook_that_was_never_resumed_is_asked_for_again() -> None:
    caller = at_story()
    caller.record()
    caller.press("1")
    assert caller.press("1").effects == (IssueReceipt(),)


def test_a_receipt_that_cannot_be_issued_leaves_a_partial_case_and_a_worded_end() -> None:
    caller = at_story()
    caller.record()
    caller.press("1")
    turn = caller.resume("no such outcome")
    assert turn.effects == (PromotePartial("receipt.failed"),)
    assert "工作人员会继续处理" in caller.heard


def test_a_case_once_opened_keeps_its_kind() -> None:
    caller = Caller()
    caller.press("1", "*", "2")
    assert [one for one in caller.all_effects if isinstance(one, OpenCase)] == [OpenCase("REPORT")]


def test_a_case_becomes_more_secret_by_what_is_told_next() -> None:
    caller = Caller(facts={**FACTS, "open": ""})
    caller.press("2", "0")
    assert caller.state.node == "message"
    opened = [one for one in caller.all_effects if isinstance(one, OpenCase | RestrictDraft)]
    assert opened == [OpenCase("SUGGEST"), RestrictDraft("REPORT")]
    assert caller.state.case_kind == "REPORT"


def test_what_is_told_after_a_receipt_is_a_case_of_its_own() -> None:
    caller = Caller(facts={**FACTS, "open": ""})
    caller.press("2")
    caller.record()
    caller.resume("ok", **RECEIPT)
    assert caller.press("0").effects == (OpenCase("REPORT"),)
    assert caller.hang_up().effects == (PromotePartial("message"), CallEnded())


# --- hang-up -----------------------------------------------------------------------------------


def test_a_hang_up_in_the_complaint_branch_makes_the_case_partial() -> None:
    caller = Caller()
    caller.press("1")
    assert caller.hang_up().effects == (PromotePartial("complaint.who"), CallEnded())
    assert caller.turn.steps == ()


def test_a_hang_up_in_the_main_menu_makes_no_case() -> None:
    assert Caller().hang_up().effects == (CallEnded(),)


def test_a_hang_up_while_recording_keeps_the_audio() -> None:
    caller = at_story()
    turn = caller.record("RE7", digits="hangup")
    assert turn.effects == (
        AttachRecording("RE7", "story"),
        PromotePartial("complaint.story"),
        CallEnded(),
    )
    assert turn.steps == ()


def test_a_hang_up_event_may_bring_the_recording_itself() -> None:
    caller = at_story()
    turn = caller.send(CallEventKind.HANGUP, recording_id="RE9", ended=True)
    assert turn.effects[0] == AttachRecording("RE9", "story")
    assert turn.effects[-1] == CallEnded()


def test_a_query_code_does_not_outlive_the_call() -> None:
    caller = Caller()
    caller.press("3", "26112200000197", "40318652")
    caller.hang_up()
    assert "40318652" not in str(msgspec.to_builtins(caller.state))


def test_the_recording_is_kept_whichever_callback_comes_first() -> None:
    caller = at_story()
    record = caller.event(CallEventKind.RECORDED, recording_id="RE7", digits="hangup", ended=True)
    caller.hang_up()
    late = step(FLOW, caller.state, record, facts=FACTS)
    assert late.effects == (AttachRecording("RE7", "story"),)
    assert late.steps == ()
    assert late.state == caller.state


def test_a_hang_up_after_the_receipt_is_no_partial_case() -> None:
    caller = at_story()
    caller.record()
    caller.press("1")
    caller.resume("ok", **RECEIPT)
    assert caller.hang_up().effects == (CallEnded(),)


def test_a_second_hang_up_changes_nothing() -> None:
    caller = Caller()
    caller.press("1")
    caller.hang_up()
    assert caller.hang_up().effects == ()


def test_a_status_callback_that_ends_the_call_is_a_hang_up() -> None:
    caller = Caller()
    caller.press("1")
    turn = caller.send(CallEventKind.STATUS, revision=-1, ended=True)
    assert turn.effects[-1] == CallEnded()


# --- the same everywhere ------------------------------------------------------------------------


def test_zero_reaches_a_person_from_every_prompt() -> None:
    for keys in ((), ("1",), ("1", "1"), ("3",), ("3", "26112200000197")):
        caller = Caller()
        caller.press(*keys, "0")
        assert isinstance(caller.turn.steps[-1], Transfer)


def test_zero_while_recording_keeps_what_was_said() -> None:
    caller = at_story()
    turn = caller.record("RE3", digits="0")
    assert turn.effects[0] == AttachRecording("RE3", "story")
    assert isinstance(turn.steps[-1], Transfer)


def test_after_hours_a_message_is_taken_instead_of_a_transfer() -> None:
    caller = Caller(facts={**FACTS, "open": ""})
    caller.press("0")
    assert isinstance(caller.turn.steps[-1], Record)
    assert OpenCase("REPORT") in caller.turn.effects


def test_nine_repeats_and_star_goes_back_one_prompt() -> None:
    caller = Caller()
    caller.press("1", "9")
    assert "实名举报请按1" in caller.heard
    caller.press("*")
    assert caller.state.node == "main"
    caller.press("*")
    assert caller.state.node == "main"


def test_keys_pressed_ahead_answer_the_prompts_that_follow() -> None:
    caller = Caller()
    caller.press("12")
    assert caller.state.node == "complaint.city"
    assert "实名举报" not in caller.heard
    assert OpenCase("REPORT") in caller.all_effects


def test_words_do_what_keys_do() -> None:
    caller = Caller()
    caller.say("我要举报一个民警")
    assert caller.state.node == "complaint.who"
    caller.say("返回")
    assert caller.state.node == "main"
    caller.say("人工")
    assert isinstance(caller.turn.steps[-1], Transfer)


def test_words_heard_badly_or_meaning_two_things_are_no_answer() -> None:
    caller = Caller()
    caller.say("举报", confidence=0.3)
    caller.say("举报还是查询")
    assert caller.state.nomatch == 2


def test_spoken_digits_fill_a_slot_and_the_raw_words_stay() -> None:
    caller = Caller(facts={**FACTS, "cities": ""})
    caller.press("1", "1")
    caller.say("零幺二三四五")
    assert SaveSlot("officer_badge", "012345", "零幺二三四五") in caller.all_effects


def test_english_is_spoken_after_eight() -> None:
    caller = Caller()
    caller.press("8")
    (question,) = caller.turn.steps
    assert isinstance(question, Ask)
    assert {say.language for say in said(question)} == {"en"}


# --- errors -----------------------------------------------------------------------------------


def test_silence_and_wrong_keys_are_counted_apart() -> None:
    caller = Caller()
    caller.press("", "7", "")
    assert (caller.state.noinput, caller.state.nomatch, caller.state.errors) == (2, 1, 3)


def test_the_counters_of_a_prompt_start_anew_at_the_next() -> None:
    caller = Caller()
    caller.press("", "7", "1")
    assert (caller.state.noinput, caller.state.nomatch) == (0, 0)
    assert caller.state.errors == 2


def test_three_wrong_keys_lead_to_a_person() -> None:
    caller = Caller()
    caller.press("7", "7", "7")
    assert isinstance(caller.turn.steps[-1], Transfer)


def test_six_errors_anywhere_lead_to_a_person() -> None:
    caller = Caller()
    caller.press("7", "7", "1", "7", "7", "2", "abc", "abc")
    assert isinstance(caller.turn.steps[-1], Transfer)


def test_an_answer_lost_on_the_way_goes_on_at_the_same_prompt() -> None:
    caller = Caller()
    caller.press("1")
    caller.send(CallEventKind.LOST, revision=-1)
    assert caller.state.node == "complaint.who"
    assert caller.heard.startswith("很抱歉，刚才的线路出现问题")
    assert "实名举报请按1" in caller.heard


def test_a_lost_goodbye_is_said_again() -> None:
    caller = at_story()
    caller.record()
    caller.press("1")
    caller.resume("ok", **RECEIPT)
    caller.press("1")
    caller.send(CallEventKind.LOST, revision=-1)
    assert "再见" in caller.heard
    assert isinstance(caller.turn.steps[-1], Hangup)


# --- progress ----------------------------------------------------------------------------------


def test_a_query_needs_reference_and_code_and_drops_the_code_at_once() -> None:
    caller = Caller()
    caller.press("3", "26112200000197", "40318652")
    assert caller.turn.effects == (LookupProgress("26112200000197", "40318652"),)
    caller.resume("found", progress="正在调查。")
    assert "正在调查" in caller.heard
    assert "query_code" not in caller.state.slots
    assert caller.state.verified_reference == "26112200000197"


def test_progress_can_be_heard_again_until_the_caller_moves_on() -> None:
    caller = Caller()
    caller.press("3", "26112200000197", "40318652")
    caller.resume("found", progress="正在调查。")
    caller.press("9")
    assert "正在调查" in caller.heard
    caller.press("1")
    assert not caller.state.held


def test_a_query_opens_no_case_and_saves_no_slot() -> None:
    caller = Caller()
    caller.press("3", "26112200000197", "40318652")
    assert all(isinstance(one, LookupProgress) for one in caller.all_effects)


# --- a second matter in the same call ----------------------------------------------------------


def test_after_the_receipt_a_second_matter_is_asked_about_and_gets_a_case_of_its_own() -> None:
    caller = Caller()
    caller.press("1", "2", "0591", "1", "012345", "1")
    caller.record()
    caller.press("1")
    caller.resume("ok", **RECEIPT)
    assert "还有另一件事要反映请按2" in caller.heard
    caller.press("2")
    assert caller.turn.effects == (OpenCase("REPORT"),)
    assert caller.state.node == "complaint.who"
    assert caller.state.slots == {}  # neither the city nor the badge of the first


def test_a_second_matter_that_is_cut_off_is_kept_as_far_as_it_was_told() -> None:
    caller = at_story()
    caller.record()
    caller.press("1")
    caller.resume("ok", **RECEIPT)
    caller.press("2", "2")
    assert PromotePartial("complaint.badge") in caller.hang_up().effects


def test_a_second_matter_may_be_of_another_kind() -> None:
    caller = Caller(flow=load(shipped("12123")))
    caller.press("5", "1")
    caller.record()
    caller.resume("ok", **RECEIPT)
    caller.press("2")
    assert caller.state.node == "main"
    assert not caller.state.case_opened


# --- 1-1-0 -----------------------------------------------------------------------------------


@pytest.mark.parametrize("after_ms", [100, 400, 750])
def test_one_one_zero_within_a_second_and_a_half_is_asked_about(after_ms: int) -> None:
    caller = Caller()
    caller.press("1", "1", "0", after_ms=after_ms)
    assert caller.state.node == "emergency.confirm"
    assert "如需转接幺幺零请按1" in caller.heard
    assert not [one for one in caller.all_effects if isinstance(one, RaiseEmergency)]
    turn = caller.press("1")
    assert turn.effects == (RaiseEmergency("keys_110"),)
    assert turn.steps[-1] == Transfer(FACTS["emergency_number"], 30)


def test_one_one_zero_answering_three_prompts_reaches_a_person() -> None:
    caller = Caller(facts={**FACTS, "cities": ""})
    caller.press("1", "1", "0", after_ms=4000)
    assert caller.state.node == "person"


def test_the_last_of_three_fast_keys_may_be_held_back_by_a_prompt_for_digits() -> None:
    caller = Caller()
    caller.press("1", "1", after_ms=400)
    caller.press("0", after_ms=8400)
    assert caller.state.node == "emergency.confirm"


def test_silence_after_one_one_zero_is_taken_for_yes() -> None:
    caller = Caller()
    caller.press("110", "", "", "")
    assert RaiseEmergency("keys_110") in caller.turn.effects
    assert isinstance(caller.turn.steps[-1], Transfer)


def test_the_next_desk_rings_when_the_first_does_not_answer() -> None:
    caller = Caller()
    caller.press("110", "1")
    turn = caller.send(CallEventKind.DIGITS, details={"dial_status": "no-answer"})
    assert turn.steps == (Transfer("110", 30),)
    turn = caller.send(CallEventKind.DIGITS, details={"dial_status": "busy"})
    assert "请挂机直接拨打幺幺零" in caller.heard


def test_a_transfer_that_connects_ends_with_a_word() -> None:
    caller = Caller()
    caller.press("0")
    caller.send(CallEventKind.DIGITS, details={"dial_status": "completed"})
    assert "再见" in caller.heard
    assert caller.turn.steps[-1] == Hangup()


def test_an_emergency_in_a_complaint_leaves_the_complaint_a_case() -> None:
    caller = at_story()
    caller.record()
    caller.press("110", "1")
    assert PromotePartial("emergency.transfer") in caller.hang_up().effects


def test_words_of_danger_count_at_every_node_and_are_raised_once() -> None:
    for keys in ((), ("1",), ("1", "2"), ("5",)):
        caller = Caller({**FACTS, "speech": "1"})
        caller.press(*keys)
        caller.facts = {**caller.facts, "danger": "救命"}
        caller.say("救命", confidence=0.1)
        assert caller.state.node == "emergency.transfer"
        raised = [effect for effect in caller.all_effects if isinstance(effect, RaiseEmergency)]
        assert raised == [RaiseEmergency("speech", "救命")]


def test_the_wish_for_a_person_counts_at_every_node() -> None:
    for keys in ((), ("1",), ("5",)):
        caller = Caller({**FACTS, "speech": "1"})
        caller.press(*keys)
        caller.facts = {**caller.facts, "wants_person": "1"}
        caller.say("帮我转人工", confidence=0.1)
        assert caller.state.node == "person"


def test_an_accusation_leaves_no_words_on_the_call() -> None:
    caller = Caller({**FACTS, "speech": "1"})
    caller.press("5")
    caller.say("举报民警收钱")
    assert caller.state.slots["question"] == "举报民警收钱"
    caller.resume("report")
    assert "question" not in caller.state.slots
    assert caller.state.node == "complaint.who"
