"""A flow with any mistake is not loaded, and every mistake is named at once."""

import tomllib

import pytest

from ivr.flow import FlowError, load, shipped
from ivr.node import RecordNode


def problems(text: str) -> tuple[str, ...]:
    with pytest.raises(FlowError) as caught:
        load(text)
    return caught.value.problems


def changed(old: str, new: str) -> tuple[str, ...]:
    """The problems of the 12389 flow after one edit."""
    text = shipped("12389")
    assert old in text
    return problems(text.replace(old, new, 1))


@pytest.mark.parametrize("name", ["12389", "12123"])
def test_the_shipped_flows_have_no_problem(name: str) -> None:
    flow = load(shipped(name))
    assert flow.id == name
    assert flow.languages == ("zh", "en")
    assert len(flow.sha) == 64


def test_one_changed_letter_is_another_version() -> None:
    text = shipped("12389")
    assert load(text).sha == load(text).sha
    assert load(text).sha != load(text + "\n").sha


def test_a_flow_that_is_not_shipped_is_refused() -> None:
    with pytest.raises(FlowError):
        shipped("../12389")


def test_broken_toml_is_one_problem() -> None:
    assert problems("[flow")[0].startswith("not TOML")


def test_every_mistake_is_named_at_once() -> None:
    text = (
        shipped("12389")
        .replace('type = "say"', 'type = "sing"', 1)
        .replace("max_errors = 6", "max_errors = 600")
        .replace("max_turns", "max_turnz")
    )
    found = problems(text)
    assert "node.greet.type is none of say, menu, ask, question, record, do, transfer, end" in found
    assert "policy.max_errors must be a whole number from 1 to 20" in found
    assert "policy.max_turnz is not a known key" in found


def test_an_unreachable_node_is_refused() -> None:
    extra = '\n[node.island]\ntype = "end"\nprompt = "bye"\n'
    assert "island is unreachable" in problems(shipped("12389") + extra)


def test_a_way_to_nowhere_is_refused() -> None:
    assert "greet leads to no node: mian" in changed('next = "main"', 'next = "mian"')


def test_a_prompt_that_does_not_exist_is_refused() -> None:
    assert "greet says no prompt: hello" in changed('prompt = "greet"', 'prompt = "hello"')


def test_a_prompt_missing_in_a_language_is_refused() -> None:
    english = tomllib.loads(shipped("12389"))["prompt"]["bye"]["en"]
    assert "prompt bye is missing in en" in changed(f'en = "{english}"\n\n[prompt.sorry]', "\n[prompt.sorry]")


def test_a_prompt_with_an_unknown_fact_is_refused() -> None:
    assert "prompt greet speaks of an unknown fact: provinze" in changed("{province}", "{provinze}")


def test_a_stray_brace_is_refused() -> None:
    assert "prompt greet has a brace that is no placeholder in zh" in changed("{province}", "{Province}")


def test_a_node_without_a_way_out_for_silence_is_refused() -> None:
    found = changed('help = "person"\n', "")
    assert "main has no way out for silence" in found
    assert "main has no way out for wrong answers" in found
    assert "complaint.story has no way out for silence" in found


def test_a_menu_with_seven_options_is_refused() -> None:
    found = changed('8 = "language" }', '6 = "main", 8 = "language" }')
    assert "main has 7 options, more than 6" in found


def test_a_fourth_level_is_refused() -> None:
    menu = '\n[node.{name}]\ntype = "menu"\nprompt = "query.locked"\nkeys = {{ 1 = "{to}" }}\n'
    levels = menu.format(name="second", to="third") + menu.format(name="third", to="fourth")
    text = shipped("12389").replace('4 = "append.reference"', '4 = "append.reference", 6 = "second"')
    found = problems(text + levels + menu.format(name="fourth", to="main"))
    assert "fourth is 4 levels deep, more than 3" in found


@pytest.mark.parametrize("key", ["0", "9", '"*"'])
def test_a_universal_key_cannot_be_an_option(key: str) -> None:
    found = changed('keys = { 1 = "complaint.who"', f'keys = {{ {key} = "bye", 1 = "complaint.who"')
    bare = key.strip('"')
    assert f"main redefines the key {bare}" in found


def test_a_digit_that_does_nothing_is_refused() -> None:
    found = changed("补充已提交的举报请按4", "补充已提交的举报请按6")
    assert "main does not tell of the key 4 in zh" in found
    assert "main tells of the key 6 in zh, which is no option" in found


def test_words_too_alike_for_two_options_are_refused() -> None:
    found = changed('1 = ["真实姓名"', '1 = ["实名"')
    assert "complaint.who has words too alike for two options: 实名, 匿名" in found


def test_a_universal_word_cannot_be_an_option() -> None:
    assert "main redefines the word 人工" in changed('2 = ["意见"', '2 = ["人工"')


def test_a_loop_in_which_the_caller_does_nothing_is_refused() -> None:
    assert "person is in a loop without a counter" in changed('closed = "person.closed"', 'closed = "person"')
    silent = changed('noinput = "receipt.issue"\n', 'noinput = "complaint.confirm"\n')
    assert "complaint.confirm is in a loop without a counter" in silent


def test_a_complaint_without_a_case_is_refused() -> None:
    found = changed('open_case = "REPORT"\n', "")
    assert "complaint.who enters the complaint branch and opens no case" in found
    assert "complaint.story can be reached without a case" in found
    assert "receipt.issue can be reached without a case" in found
    assert "complaint.badge can be asked before there is a case" in found


def test_a_way_past_the_case_is_refused() -> None:
    found = changed('2 = "suggest"', '2 = "complaint.story"')
    assert "complaint.story can be reached without a case" in found


def test_a_supplement_without_the_code_is_refused() -> None:
    found = changed('4 = "append.reference"', '4 = "append.story"')
    assert "append.story can be reached without a case" in found


def test_a_receipt_read_once_is_refused() -> None:
    found = changed('prompt = ["receipt", "receipt.again"]', 'prompt = "receipt"')
    assert "receipt does not read reference twice, digit by digit, in zh" in found
    assert "receipt does not read query_code twice, digit by digit, in en" in found


def test_a_hook_without_a_way_for_failure_is_refused() -> None:
    found = changed(', error = "receipt.failed"', "")
    assert "receipt.issue has no way for the outcome error" in found


def test_recordings_are_bounded() -> None:
    flow = load(shipped("12389"))
    assert all(n.max_seconds <= 600 for n in flow.nodes.values() if isinstance(n, RecordNode))


def test_a_file_with_any_line_missing_loads_or_names_its_problems() -> None:
    lines = shipped("12123").splitlines()
    refused = []
    for place in range(len(lines)):
        try:
            load("\n".join(lines[:place] + lines[place + 1 :]))
        except FlowError as problem:
            refused.append(problem.problems)
    assert len(refused) > len(lines) / 3
    assert all(refused)


def test_a_question_needs_words_for_when_it_was_not_understood_and_a_way_on_where_nobody_listens() -> None:
    found = changed('again = "question.again"', 'again = "question.once"')
    assert "question says no prompt: question.once" in found
    assert "node.question.off is missing" in changed('off = "question.off"\n', "")
    assert "question.look has no way for the outcome report" in changed('report = "complaint.who", ', "")


def test_a_prompt_waits_for_a_fact_that_exists() -> None:
    assert "prompt main.question waits for an unknown fact: speach" in changed(
        'when = "speech"', 'when = "speach"'
    )
