import csv
from dataclasses import replace
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.entry import Aspect, Entry, EntryState, SlotAnswer
from knowledge_base.files.csv_table import ImportProblems
from knowledge_base.files.importer import read_csv, read_toml, shipped, write_csv
from tests.unit.knowledge_base.entries import SMALL, entry

GOOD = """
topic = "户政"
updated_at = 2026-01-02T03:04:05+08:00

[[entry]]
id = "id-card-lost"
question = "身份证丢了怎么补领？"
variants = ["身份证掉了"]
answer = "请到派出所。\\n带户口簿。"
short_answer = "请到派出所。"
source = "居民身份证法"
confirm_locally = true
state = "draft"
"""

BAD = """topic = "户政"
colour = "red"

[[entry]]
id = "a"
question = "怎么办护照？"
answer = ""

[[entry]]
id = "a"
question = "驾照丢了怎么补"
answer = "补。"

[[entry]]
id = "b"
question = "。。。"
variants = ["嗯", "左|右"]
answer = "有。"
state = "gone"
confirm_locally = "maybe"
updated_at = "yesterday"

[[entry]]
id = "Ü"
question = "如何办护照"
answer = "有。"
topic = 3
extra = 1
"""


def problems(text: str) -> list[tuple[int, str]]:
    with pytest.raises(ImportProblems) as raised:
        read_toml(text)
    return [(problem.line, problem.en) for problem in raised.value.problems]


def test_toml_becomes_entries() -> None:
    (read,) = read_toml(GOOD)
    assert read == Entry(
        id="id-card-lost",
        question="身份证丢了怎么补领？",
        variants=("身份证掉了",),
        answer="请到派出所。\n带户口簿。",
        short_answer="请到派出所。",
        topic="户政",
        source="居民身份证法",
        confirm_locally=True,
        state=EntryState.DRAFT,
        updated_at=1_767_294_245_000,
    )


def test_every_problem_is_told_at_once_with_its_line() -> None:
    assert problems(BAD) == [
        (0, "unknown key at the top: colour"),
        (4, "there is no answer"),
        (9, "duplicate id: a (already in line 4)"),
        (14, "the question is empty"),
        (14, 'an empty wording: "嗯"'),
        (14, "a wording cannot have |"),
        (14, "confirm_locally must be true or false"),
        (14, "state: gone is unknown (one of draft review published expired)"),
        (14, "updated_at must be an instant with its offset"),
        (23, "unknown key: extra"),
        (23, "an id has only a-z, 0-9 and . _ -: Ü"),
        (23, "topic must be text"),
        (23, "there is no topic"),
        (23, 'entry Ü: "如何办护照" is the same question as one of entry a'),
    ]


def test_a_problem_is_told_in_chinese_and_english() -> None:
    with pytest.raises(ImportProblems) as raised:
        read_toml(BAD)
    assert "4: 没有答案 / there is no answer" in str(raised.value)


def test_a_question_that_another_entry_has_as_a_variant_is_a_problem() -> None:
    text = GOOD + '[[entry]]\nid = "other"\nquestion = "居民身份证掉了"\nanswer = "有。"\n'
    assert problems(text) == [
        (14, 'entry other: "居民身份证掉了" is the same question as one of entry id-card-lost')
    ]


def test_broken_toml_tells_the_line() -> None:
    ((line, english),) = problems('topic = "户政"\n[[entry]\n')
    assert line == 2
    assert english.startswith("not valid TOML")


def test_entries_written_as_something_else_are_a_problem() -> None:
    assert problems("entry = 3") == [(0, "entries are written as [[entry]]")]


def test_a_text_that_is_too_long_is_a_problem() -> None:
    text = GOOD.replace("请到派出所。", "长" * 135)
    assert problems(text) == [(5, "short_answer is longer than 134 (135)")]


def test_csv_gives_back_what_was_written() -> None:
    assert read_csv(write_csv(SMALL)) == SMALL
    assert read_csv(write_csv(shipped())) == shipped()


FULL = (
    GOOD.replace('state = "draft"', 'state = "review"')
    + """
spoken_answer = "请到派出所办理。"
service = "身份证补领"
aspect = "流程"
region = "厦门市"
owner_unit = "治安支队"
source_url = "https://www.gov.cn/flfg/2011-10/30/content_1981408.htm"
valid_from = 2026-01-01T00:00:00+08:00
valid_until = 2027-01-01T00:00:00+08:00
slot = "age"
tests = ["我身份证不见了", "身份证掉河里"]

[[entry.by_slot]]
value = "未满16周岁"
answer = "由监护人申请。\\n带监护人证件。"
short_answer = "由监护人申请。"

[[entry.by_slot]]
value = "已满16周岁"
answer = "由本人申请。"
"""
)


def test_every_field_of_an_entry_is_read_and_given_back_by_csv() -> None:
    (read,) = read_toml(FULL)
    assert (read.state, read.aspect, read.tests) == (
        EntryState.REVIEW,
        Aspect.HOW,
        ("我身份证不见了", "身份证掉河里"),
    )
    assert read.valid_until - read.valid_from == 365 * 86_400_000
    assert read.by_slot == (
        SlotAnswer("未满16周岁", "由监护人申请。\n带监护人证件。", "由监护人申请。"),
        SlotAnswer("已满16周岁", "由本人申请。"),
    )
    assert read_csv(write_csv([read])) == (read,)


def test_fields_that_do_not_fit_together_are_told_at_once() -> None:
    text = (
        FULL.replace("2027", "2025")
        .replace('slot = "age"\n', "")
        .replace("https://", "ftp://")
        .replace('"流程"', '"手续"')
    )
    assert [english for _, english in problems(text)] == [
        "source_url must start with https://",
        "valid_until must be later than valid_from",
        "slot and by_slot go together",
        "aspect: 手续 is unknown (one of 材料 费用 时限 地点 网办 代办 条件 进度 异地 流程)",
    ]


def test_an_entry_answers_only_within_its_time() -> None:
    (read,) = read_toml(FULL)
    published = replace(read, state=EntryState.PUBLISHED)
    told = [published.answers_at(now) for now in (0, read.valid_from, read.valid_until - 1, read.valid_until)]
    assert told == [False, True, True, False]
    assert not read.answers_at(read.valid_from)


@given(st.text(alphabet="答=+-@'\",|\n一 ", min_size=1, max_size=20).map(str.strip).filter(bool))
def test_csv_gives_back_any_answer_and_starts_no_formula(answer: str) -> None:
    written = write_csv([entry("a", "护照怎么办理", "办护照", answer=answer)])
    assert read_csv(written)[0].answer == answer
    cells = [cell for row in csv.reader(StringIO(written, newline="")) for cell in row]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


def test_csv_from_a_spreadsheet_is_read() -> None:
    text = (
        "\ufeffquestion,id,topic,answer,confirm_locally\r\n护照怎么办理,passport,出入境,请到窗口。,是\r\n\r\n"
    )
    (read,) = read_csv(text)
    assert read == replace(
        entry("passport", "护照怎么办理"), answer="请到窗口。", topic="出入境", confirm_locally=True
    )


def test_every_problem_of_a_csv_is_told_with_its_line() -> None:
    text = (
        "id,question,answer,variants,colour\n"
        'a,护照怎么办理,"第一行\n第二行",办护照\n'
        "b,,答,x,y,z\n"
        "a,驾照怎么考,答,\n"
        "c,,,\n"
    )
    with pytest.raises(ImportProblems) as raised:
        read_csv(text)
    assert [(problem.line, problem.en) for problem in raised.value.problems] == [
        (1, "unknown column: colour"),
        (1, "missing column: topic"),
        (2, "there is no topic"),
        (4, "more cells than the heading has"),
        (5, "there is no topic"),
        (5, "duplicate id: a (already in line 2)"),
        (6, "the question is empty"),
        (6, "there is no answer"),
        (6, "there is no topic"),
    ]


def test_an_empty_csv_is_a_problem() -> None:
    with pytest.raises(ImportProblems):
        read_csv("")


def test_an_empty_toml_has_no_entries() -> None:
    assert read_toml("") == read_toml('topic = "户政"\n') == ()


ENGLISH = """
question_en = "How do I replace my ID card?"
variants_en = ["my ID card is lost"]
answer_en = "Go to a police station."
short_answer_en = "Go to a police station."
"""


def test_a_day_stands_once_for_all_or_with_an_entry() -> None:
    shared = GOOD.replace('topic = "户政"\n', 'topic = "户政"\nsince = 2026-11-22\n')
    assert [read.since for read in read_toml(GOOD)] == [""]
    assert [read.since for read in read_toml(shared)] == ["2026-11-22"]
    assert [read.since for read in read_toml(f"{shared}since = 2026-11-30\n")] == ["2026-11-30"]
    assert [read.since for read in read_toml(f'{shared}since = "2026-11-30"\n')] == ["2026-11-30"]


@pytest.mark.parametrize("day", ['"30 November"', '"2026-13-01"', "2026-11-30T00:00:00Z", "20261130"])
def test_anything_but_a_day_is_told(day: str) -> None:
    assert problems(f"{GOOD}since = {day}\n") == [(5, "since must be a day such as 2026-11-30")]


def test_english_comes_whole_or_not_at_all_and_not_with_a_slot() -> None:
    (read,) = read_toml(GOOD + ENGLISH)
    assert read.variants_en == ("my ID card is lost",)
    assert read.said_in("en").question == "How do I replace my ID card?"
    partly = ENGLISH.replace('answer_en = "Go to a police station."\n', "", 1)
    together = "question_en, variants_en, answer_en and short_answer_en go together"
    assert problems(GOOD + partly) == [(5, together)]
    by_slot = '\nslot = "age"\n[[entry.by_slot]]\nvalue = "C1"\nanswer = "有。"\n'
    assert problems(GOOD + ENGLISH + by_slot) == [(5, "an entry with a slot cannot have English")]


def test_english_and_the_day_go_out_to_csv_and_come_back() -> None:
    (read,) = read_toml(f"{GOOD}since = 2026-11-30\n{ENGLISH}")
    assert read_csv(write_csv([read])) == (read,)


def test_two_entries_cannot_claim_one_english_wording() -> None:
    other = GOOD.replace("id-card-lost", "other").replace("身份证", "护照").replace('topic = "户政"\n', "", 1)
    table = other[other.index("[[entry]]") :].replace('source = "', 'topic = "户政"\nsource = "')
    told = problems(GOOD + ENGLISH + table + ENGLISH)
    assert [text.split('"')[1] for _, text in told] == ["How do I replace my ID card?", "my ID card is lost"]
