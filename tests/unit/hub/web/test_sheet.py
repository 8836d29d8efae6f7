"""Tables as files: what stands in a cell is what was there, and nothing is ever calculated."""

from __future__ import annotations

from io import BytesIO

from openpyxl import load_workbook

from hub.web.sheet import Sheet, csv_file, workbook

EVIL = '=HYPERLINK("http://example.org")'
TABLES = (
    Sheet(
        "概况",
        ("项目", "数值"),
        [("活动", EVIL), ("人数", 48_201), ("费用", 2.0), ("备注", "一\x07行\n两行")],
    ),
    Sheet("失败/原因[1]", ("代码",), []),
)


def test_a_workbook_holds_texts_as_texts_and_numbers_as_numbers() -> None:
    book = load_workbook(BytesIO(workbook(TABLES)))
    first = book.worksheets[0]
    assert [[cell.value for cell in row] for row in first.iter_rows()] == [
        ["项目", "数值"],
        ["活动", EVIL],
        ["人数", 48_201],
        ["费用", 2],
        ["备注", "一行\n两行"],
    ]
    assert first["B2"].data_type == "s"
    assert (first.freeze_panes, first["A1"].font.bold, first["A2"].font.bold) == ("A2", True, False)
    assert first.column_dimensions["B"].width >= len(EVIL)
    assert [sheet.title for sheet in book.worksheets] == ["概况", "失败原因1"]


def test_a_csv_is_utf8_for_excel_and_no_formula() -> None:
    text = csv_file(TABLES).decode("utf-8-sig")
    assert csv_file(TABLES).startswith(b"\xef\xbb\xbf")
    lines = text.split("\r\n")
    assert lines[:2] == ["概况", "项目,数值"]
    assert lines[2] == '活动,"\'=HYPERLINK(""http://example.org"")"'
    assert lines[3:5] == ["人数,48201", "费用,2.00"]
