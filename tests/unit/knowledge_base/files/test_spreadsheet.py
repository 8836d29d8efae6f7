"""Files that come from and go to spreadsheets: what is written is read back, what is dangerous is refused."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import datetime
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from knowledge_base.entry import Aspect, Entry, EntryState, SlotAnswer
from knowledge_base.files.csv_table import MAX_BYTES, ImportProblems
from knowledge_base.files.row import COLUMNS, Problem
from knowledge_base.files.spreadsheet import (
    MAX_CELL_CHARS,
    MAX_UNPACKED_BYTES,
    TooLong,
    csv_file,
    read_file,
    workbook_file,
)

FULL = Entry(
    id="licence-medical",
    question="驾驶证体检多久一次？",
    variants=("驾照体检几年一次", "=1+1 是公式吗"),
    answer="=不是公式\n第二行",
    short_answer="看车型。",
    topic="交管",
    source="《机动车驾驶证申领和使用规定》",
    confirm_locally=True,
    state=EntryState.PUBLISHED,
    updated_at=1_790_049_600_000,
    spoken_answer="要看您的驾照类型。",
    service="驾驶证体检",
    aspect=Aspect.TIME,
    region="厦门",
    owner_unit="车管所",
    source_url="https://example.com/rule",
    valid_from=1_790_049_600_000,
    valid_until=1_790_136_000_000,
    slot="驾照类型",
    by_slot=(SlotAnswer("C1", "六年。", "六年"), SlotAnswer("A1", "每年。")),
    tests=("多久体检", "体检间隔"),
)


def book(*rows: tuple[object, ...]) -> bytes:
    made, out = Workbook(), BytesIO()
    for row in rows:
        made.active.append(list(row))
    made.save(out)
    return out.getvalue()


def refused(name: str, content: bytes) -> tuple[Problem, ...]:
    with pytest.raises(ImportProblems) as raised:
        read_file(name, content)
    for problem in raised.value.problems:
        assert problem.zh
        assert problem.en
    return raised.value.problems


@pytest.mark.parametrize(("name", "write"), [("a.csv", csv_file), ("A.XLSX", workbook_file)])
def test_what_is_written_is_read_back(name: str, write: object) -> None:
    assert read_file(name, write([FULL])) == ((2, FULL),)  # type: ignore[operator]


def test_excel_takes_the_csv_for_utf8_and_the_workbook_calculates_nothing() -> None:
    assert csv_file([FULL]).startswith(b"\xef\xbb\xbf")
    sheet = load_workbook(BytesIO(workbook_file([FULL]))).active
    assert [cell.value for cell in sheet[1]] == list(COLUMNS)
    assert {cell.data_type for cell in sheet[2] if cell.value is not None} == {"s"}


def test_what_chinese_excel_saves_is_read() -> None:
    text = "id,question,answer,topic\r\na,护照怎么办理,请到窗口。,出入境\r\n"
    ((line, entry),) = read_file("a.csv", text.encode("gb18030"))
    assert (line, entry.question) == (2, "护照怎么办理")


def test_a_date_of_a_cell_is_the_time_on_the_wall() -> None:
    content = book(
        ("id", "question", "answer", "topic", "valid_until", None),
        ("a", "护照怎么办理", 40, "出入境", datetime(2026, 9, 22, 12), None),
    )
    ((_, entry),) = read_file("a.xlsx", content)
    assert (entry.valid_until, entry.answer) == (1_790_049_600_000, "40")


def test_an_empty_id_is_made_of_the_question_and_stays_the_same() -> None:
    text = "id,question,answer,topic\n,护照怎么办理？,请到窗口。,出入境\n".encode()
    again = text.replace("请到窗口".encode(), "请到大厅".encode())
    ((_, one),), ((_, two),) = read_file("a.csv", text), read_file("b.csv", again)
    assert one.id == two.id != ""


def test_formulas_are_refused_with_their_line() -> None:
    csv = b'id,question,answer,topic\na,q1,"=HYPERLINK(""http://x"")",t\n'
    xlsx = book(("id", "question", "answer", "topic"), ("a", "护照怎么办理", "=A1&B1", "出入境"))
    for name, content in (("a.csv", csv), ("a.xlsx", xlsx)):
        (problem, *_) = refused(name, content)
        assert (problem.line, "公式" in problem.zh, "formula" in problem.en) == (2, True, True)


def test_every_problem_of_a_workbook_is_told_with_its_line() -> None:
    content = book(
        ("id", "question", "answer", "topic", "colour"),
        ("a", "护照怎么办理", None, "出入境", None),
        (None, None, None, None, None),
        ("b", None, "答", "出入境", "红"),
    )
    assert {(problem.line, problem.en) for problem in refused("a.xlsx", content)} == {
        (1, "unknown column: colour"),
        (2, "there is no answer"),
        (4, "the question is empty"),
        (4, "unknown key: colour"),
    }


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("a.csv", b"", "empty"),
        ("a.csv", b"id,question,answer,topic\n", "no entry"),
        ("a.xlsx", b"  ", "empty"),
        ("a.pdf", b"x", "only .csv and .xlsx"),
        ("a", b"x", "only .csv and .xlsx"),
        ("a.csv", bytes(range(256)) * 4, "no text"),
        ("a.xlsx", b"PK\x03\x04 is not enough", "valid XLSX"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0 an old or encrypted workbook", "valid XLSX"),
        ("a.csv", b"x" * (MAX_BYTES + 1), "larger than"),
    ],
)
def test_what_is_no_table_is_refused_in_words(name: str, content: bytes, word: str) -> None:
    assert word in refused(name, content)[0].en


def test_a_zip_without_a_workbook_in_it_is_refused() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as parts:
        parts.writestr("xl/workbook.xml", "<broken")
    assert "valid XLSX" in refused("a.xlsx", out.getvalue())[0].en


def test_a_file_that_unpacks_to_far_more_is_never_unpacked() -> None:
    out = BytesIO(book(("id",)))
    with (
        zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as parts,
        parts.open("xl/worksheets/bomb.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(MAX_UNPACKED_BYTES // 1_048_576 + 1):
            part.write(b" " * 1_048_576)
    assert len(out.getvalue()) < 1_048_576
    assert "unpacks" in refused("a.xlsx", out.getvalue())[0].en


def test_a_row_at_the_far_end_of_the_sheet_is_not_waited_for() -> None:
    made, out = Workbook(), BytesIO()
    made.active.append(["id", "question", "answer", "topic"])
    made.active.cell(1_048_576, 1, "x")
    made.save(out)
    assert "no entry" in refused("a.xlsx", out.getvalue())[0].en


def test_a_text_no_cell_can_hold_is_not_cut_off_in_silence() -> None:
    long = replace(FULL, by_slot=tuple(SlotAnswer(str(n), "答" * 3500) for n in range(10)))
    assert len("".join(one.answer for one in long.by_slot)) > MAX_CELL_CHARS
    with pytest.raises(TooLong):
        workbook_file([long])
