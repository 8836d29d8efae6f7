"""Tables as files for spreadsheets: XLSX (the second owner of openpyxl) and CSV.

Rule protected: a cell is what stands in it. A text that begins like a formula is stored as text in a
workbook, and behind an apostrophe in CSV, where nothing else says so (OWASP, CSV injection). Numbers are
numbers.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

Cell = str | int | float
_MARK = "\ufeff"
"""By which Excel takes a CSV for UTF-8."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_TITLE_CHARS = 31
"""What the name of a sheet holds."""
_NARROW, _WIDE = 10, 60
_IN_NO_TITLE = str.maketrans("", "", "[]:*?/\\'")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: its name, the names of its columns, its rows."""

    title: str
    head: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """An XLSX with one sheet per table."""
    book = Workbook(write_only=True)
    for one in sheets:
        page = book.create_sheet(one.title.translate(_IN_NO_TITLE)[:_TITLE_CHARS] or "1")
        page.freeze_panes = "A2"
        for place, width in enumerate(_widths(one), start=1):
            page.column_dimensions[get_column_letter(place)].width = width
        for line, row in enumerate((one.head, *one.rows)):
            cells = []
            for value in row:
                if isinstance(value, str):
                    cell = WriteOnlyCell(page, ILLEGAL_CHARACTERS_RE.sub("", value))
                    cell.data_type = "s"  # else a text that begins with = would be calculated
                else:
                    cell = WriteOnlyCell(page, value)
                    cell.number_format = "0.00" if isinstance(value, float) else "General"
                if not line:
                    cell.font = Font(bold=True)
                cells.append(cell)
            page.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _widths(sheet: Sheet) -> list[int]:
    """Of the columns, so that a text is read without dragging: a Chinese character takes two places."""
    widths = [_NARROW] * len(sheet.head)
    for row in (sheet.head, *sheet.rows):
        for place, value in enumerate(row[: len(widths)]):
            longest = max(map(_places, str(value).splitlines() or [""]))
            widths[place] = min(_WIDE, max(widths[place], longest + 2))
    return widths


def _places(line: str) -> int:
    return sum(1 if character.isascii() else 2 for character in line)


def csv_file(sheets: Sequence[Sheet]) -> bytes:
    """All tables one under the other, an empty line between them."""
    out = io.StringIO()
    write = csv.writer(out)
    for place, one in enumerate(sheets):
        if place:
            write.writerow(())
        write.writerow((_plain(one.title),))
        write.writerow([_plain(text) for text in one.head])
        write.writerows([_plain(value) for value in row] for row in one.rows)
    return (_MARK + out.getvalue()).encode()


def _plain(value: Cell) -> Cell:
    if isinstance(value, float):
        return f"{value:.2f}"
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
