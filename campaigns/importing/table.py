"""The rows of a CSV or XLSX file, one after the other, in bounded memory.

Rules protected: nothing is guessed silently (a file that is neither UTF-8 nor GB18030 is refused, not decoded
with holes); a file that unpacks to far more than it weighs is refused before it is read. A workbook keeps
all its texts in one part that has to be in memory whole, so a large list comes as CSV.
Sources: RFC 4180 (CSV), GB 18030, ECMA-376 (a workbook is a ZIP of XML parts).
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from datetime import date, datetime
from typing import BinaryIO

from campaigns.errors import CampaignError
from knowledge_base.files.workbook import Bounds, NoWorkbook, UnpacksTooFar, check_unpacked, lines

MAX_ROWS = 2_000_000
MAX_COLUMNS = 40
MAX_CELL_CHARS = 500
"""What is behind is cut off: nothing that is imported is longer."""
MAX_UNPACKED_BYTES = 268_435_456
MAX_SHARED_BYTES = 25_165_824
"""Texts of a workbook, which are read at once: about 300,000 of them, 60 MB in memory."""
_SHEET_ROWS = 1_048_576  # more a sheet cannot have
_READ_BYTES = 1 << 16
_DELIMITERS = ",;\t|"


class BadFile(CampaignError):
    """No file that can be read. `problem`: why, in Chinese. line: where, 0 = nowhere in particular."""

    def __init__(self, problem: str, line: int = 0) -> None:
        super().__init__(problem)
        self.problem = problem
        self.line = line


def rows(
    file: BinaryIO, name: str, encoding: str, *, longest: int = MAX_CELL_CHARS
) -> Iterator[tuple[int, list[str]]]:
    """(line as a spreadsheet counts it, cells) of every row that holds something. `file`: seekable, at its
    start; it is taken over. encoding: what `encoding_of` said. longest: what of a cell is kept, in
    characters. Raises `BadFile` while it is read."""
    count = 0
    for line, cells in _workbook(file) if is_workbook(name) else _csv(file, encoding):
        texts = [cell.strip()[:longest] for cell in cells[:MAX_COLUMNS]]
        while texts and not texts[-1]:  # a workbook fills its rows up
            texts.pop()
        if not texts:
            continue
        count += 1
        if count > MAX_ROWS + 1:
            raise BadFile(f"超过 {MAX_ROWS} 行，请分成几个文件", line)
        yield line, texts


def is_workbook(name: str) -> bool:
    """Whether a file of this name is read as a workbook."""
    return name.lower().endswith((".xlsx", ".xlsm"))


def encoding_of(file: BinaryIO, name: str) -> str:
    """How a CSV file is written, "" for a workbook. Reads it once to its end. Raises `BadFile`."""
    if is_workbook(name):
        _check_workbook(file)
        return ""
    if not name.lower().endswith((".csv", ".txt")):
        raise BadFile("只接受 .csv 和 .xlsx 文件")
    start = file.read(4)
    file.seek(0)
    if start.startswith(b"PK\x03\x04"):
        raise BadFile("这是 XLSX 文件，请把文件名改为 .xlsx 后再选择")
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for encoding in ("utf-8-sig", "gb18030"):
        if _decodes(file, encoding):
            return encoding
    raise BadFile("无法识别文件的编码，请另存为 CSV UTF-8")


def _decodes(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    file.seek(0)
    try:
        while block := file.read(_READ_BYTES):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    finally:
        file.seek(0)
    return True


def _csv(file: BinaryIO, encoding: str) -> Iterator[tuple[int, list[str]]]:
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        head = text.readline()
        delimiter = max(_DELIMITERS, key=head.count) if any(mark in head for mark in _DELIMITERS) else ","
        text.seek(0)
        reader = csv.reader(text, delimiter=delimiter)
        begins = 1
        for cells in reader:
            yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as problem:  # a quotation mark that never ends takes in the rest of the file
        raise BadFile("这一行的引号没有结束，或内容过长", begins) from problem
    except UnicodeError as problem:
        raise BadFile("文件内容损坏，请重新导出") from problem


def _bounds() -> Bounds:
    return Bounds(
        unpacked_bytes=MAX_UNPACKED_BYTES,
        rows=_SHEET_ROWS,
        columns=MAX_COLUMNS,
        shared_bytes=MAX_SHARED_BYTES,
    )


def _check_workbook(file: BinaryIO) -> None:
    try:
        check_unpacked(file, _bounds())
    except NoWorkbook as problem:
        raise BadFile("这不是有效的 XLSX 文件") from problem
    except UnpacksTooFar as problem:
        raise BadFile("工作表内容过多，请另存为 CSV UTF-8 后导入") from problem


def _workbook(file: BinaryIO) -> Iterator[tuple[int, list[str]]]:
    try:
        for line in lines(file, _bounds(), formulas=False):
            yield line.number, [_text(value) for value in line.values]
    except NoWorkbook as problem:
        if not problem.line:
            raise BadFile("这不是有效的 XLSX 文件") from problem
        raise BadFile("工作表读到这里出错，请另存为 CSV UTF-8", problem.line + 1) from problem


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case datetime() | date():
            return value.isoformat()[:10]
        case _:
            return str(value)
