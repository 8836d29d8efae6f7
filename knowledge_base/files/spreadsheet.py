"""Entries as files that editors open in a spreadsheet: CSV and XLSX, in and out.

Rules protected: what is read is exactly what stands there (a formula is refused, its cached value may be
old); a file that unpacks to far more than it weighs never gets that far; every problem is told with its line.
Sources: ECMA-376 (a workbook is a ZIP of XML parts), RFC 4180 (CSV), OWASP (CSV injection).
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, timezone
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from knowledge_base.entry import Entry
from knowledge_base.errors import KnowledgeError
from knowledge_base.files.csv_table import (
    MAX_COLUMNS,
    MAX_ROWS,
    UTF8_MARK,
    check_size,
    file_text,
    formula,
    refused,
)
from knowledge_base.files.importer import entry_cells, read_lines, read_table, write_csv
from knowledge_base.files.row import COLUMNS, Problem
from knowledge_base.files.workbook import Bounds, NoWorkbook, UnpacksTooFar, check_unpacked, lines
from knowledge_base.words.lexicon import Lexicon

MAX_UNPACKED_BYTES = 50_331_648
"""Three times what a file of entries weighs at most. More costs: 120 MB of empty rows, 180 kB packed, were
read for a minute and took 2 GB."""
MAX_PARTS = 200
_BOUNDS = Bounds(MAX_UNPACKED_BYTES, rows=MAX_ROWS + 1, columns=MAX_COLUMNS, parts=MAX_PARTS)
MAX_CELL_CHARS = 32_767
"""What a cell of a workbook holds; more would be cut off in silence."""
CHINA = timezone(timedelta(hours=8))
"""A date in a cell has no offset: it is the time on the wall."""


class TooLong(KnowledgeError):
    """A text that no cell can hold."""


def read_file(name: str, content: bytes, lexicon: Lexicon | None = None) -> tuple[tuple[int, Entry], ...]:
    """The entries of a file with the line of each. Its name says what it is: `.csv` or `.xlsx`.
    `lexicon`: by which wordings are the same, the shipped one unless another is given.

    Raises ImportProblems.
    """
    check_size(content)
    kind = name.rpartition(".")[2].lower()
    if kind not in ("csv", "xlsx"):
        raise refused("只接受 .csv 和 .xlsx 文件", "only .csv and .xlsx files are taken")
    is_csv = kind == "csv"
    read = read_lines(file_text(content), lexicon) if is_csv else _read_workbook(content, lexicon)
    if not read:
        raise refused("文件里没有条目", "there is no entry in the file")
    return read


def csv_file(entries: Iterable[Entry]) -> bytes:
    """CSV with the mark by which Excel takes it for UTF-8."""
    return (UTF8_MARK + write_csv(entries)).encode()


def workbook_file(entries: Iterable[Entry]) -> bytes:
    """One sheet, everything text, nothing that is calculated. Raises TooLong."""
    rows = [_checked(entry) for entry in entries]  # before a sheet is begun: it writes to a file as it goes
    book = Workbook(write_only=True)
    sheet = book.create_sheet("entries")
    sheet.freeze_panes = "C2"
    sheet.append(list(COLUMNS))
    for texts in rows:
        cells = []
        for text in texts:
            cell = WriteOnlyCell(sheet, text or None)
            if text:
                cell.data_type = "s"  # else a text that begins with = would be calculated
            cells.append(cell)
        sheet.append(cells)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _checked(entry: Entry) -> list[str]:
    texts = [ILLEGAL_CHARACTERS_RE.sub("", text) for text in entry_cells(entry)]
    longest = max(len(text) for text in texts)
    if longest > MAX_CELL_CHARS:
        raise TooLong(f"{entry.id}: a text of {longest} characters; use CSV")
    return texts


def _read_workbook(content: bytes, lexicon: Lexicon | None) -> tuple[tuple[int, Entry], ...]:
    problems: list[Problem] = []
    try:
        check_unpacked(BytesIO(content), _BOUNDS)
        rows = list(_rows(content, problems))
    except UnpacksTooFar as error:
        raise refused(
            "文件解压后过大，没有读取", "the file unpacks to far more than it weighs; it was not read"
        ) from error
    except NoWorkbook as error:
        raise refused("这不是有效的 XLSX 文件", "this is not a valid XLSX file") from error
    return read_table(rows, problems=problems, lexicon=lexicon)


def _rows(content: bytes, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    for line in lines(BytesIO(content), _BOUNDS, formulas=True):
        if line.number > MAX_ROWS and any(value is not None for value in line.values):
            raise refused(f"超过 {MAX_ROWS - 1} 行", f"more than {MAX_ROWS - 1} rows")
        problems += [formula(line.number, told) for told in line.formulas]
        yield line.number, [_text(value) for value in line.values]


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
        case datetime():
            return (value if value.tzinfo else value.replace(tzinfo=CHINA)).isoformat()
        case _:
            return str(value)
