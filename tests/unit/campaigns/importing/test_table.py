"""Rows of CSV files and workbooks, as spreadsheets write them, with the line a spreadsheet shows."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest
from openpyxl import Workbook

from campaigns.importing import table
from campaigns.importing.table import BadFile, encoding_of, rows


def read(content: bytes, name: str = "a.csv") -> list[tuple[int, list[str]]]:
    file = io.BytesIO(content)
    encoding = encoding_of(file, name)
    file.seek(0)
    return list(rows(file, name, encoding))


def workbook(*lines: list[object]) -> bytes:
    book = Workbook()
    for line in lines:
        book.active.append(line)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_what_stands_between_cells_is_seen_in_the_heading(mark: str) -> None:
    text = f"手机{mark}姓名\n13800000001{mark}林一\n"
    assert read(text.encode()) == [(1, ["手机", "姓名"]), (2, ["13800000001", "林一"])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_every_encoding_an_office_writes_is_read(encoding: str) -> None:
    assert read("手机,姓名\r\n1,䶮\r\n".encode("gb18030" if encoding == "gbk" else encoding))[1] == (
        2,
        ["1", "䶮"],
    )


def test_a_line_is_the_one_a_spreadsheet_shows() -> None:
    text = '手机,备注\n1,"两\n行"\n\n ,\n2,"a,b"\n'
    assert read(text.encode()) == [(1, ["手机", "备注"]), (2, ["1", "两\n行"]), (6, ["2", "a,b"])]


def test_cells_of_a_workbook_are_what_they_show() -> None:
    content = workbook(
        ["手机", "日期", "同意"], [], [13800000001, date(2025, 3, 1), True], [1.5, None, "=1+1"]
    )
    assert read(content, "a.xlsx") == [
        (1, ["手机", "日期", "同意"]),
        (3, ["13800000001", "2025-03-01", "是"]),
        (4, ["1.5"]),  # a formula without a kept value shows nothing
    ]


def test_too_many_rows_are_refused_where_they_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MAX_ROWS", 2)
    assert len(read(b"a\n1\n2\n")) == 3
    with pytest.raises(BadFile) as refused:
        read(b"a\n1\n2\n3\n")
    assert refused.value.line == 4


@pytest.mark.parametrize("limit", ["MAX_UNPACKED_BYTES", "MAX_SHARED_BYTES"])
def test_a_workbook_that_unpacks_to_too_much_is_never_opened(
    monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    file = io.BytesIO(workbook(["手机"], ["13800000001"]))
    with zipfile.ZipFile(file, "a") as parts:
        parts.writestr("xl/sharedStrings.xml", "x" * 200)
    monkeypatch.setattr(table, limit, 100)
    with pytest.raises(BadFile, match="工作表内容过多"):
        read(file.getvalue(), "a.xlsx")


def test_a_workbook_that_is_cut_off_is_refused() -> None:
    with pytest.raises(BadFile):
        read(workbook(["手机"], ["13800000001"])[:-40], "a.xlsx")


def test_long_cells_and_many_columns_are_cut() -> None:
    [(_, cells)] = read(",".join(["x" * 900] * 60).encode())
    assert (len(cells), len(cells[0])) == (table.MAX_COLUMNS, table.MAX_CELL_CHARS)
