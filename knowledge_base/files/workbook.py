"""The first sheet of a workbook from outside, row by row, within bounds that its reader sets.

Rules protected: a file that unpacks to far more than it weighs is refused before it is read; a row at the far
end of the sheet is not waited for; a broken workbook is one error, whatever its reader makes of it.
Source: ECMA-376 (a workbook is a ZIP of XML parts).
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from openpyxl import load_workbook

from knowledge_base.errors import KnowledgeError


class NoWorkbook(KnowledgeError):
    """It cannot be read as one. line: behind how many rows that showed."""

    def __init__(self, line: int = 0) -> None:
        super().__init__("no workbook")
        self.line = line


class UnpacksTooFar(KnowledgeError):
    """It claims to unpack to more than the bounds allow."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """unpacked_bytes: of all parts; shared_bytes: of the texts, which are held whole. parts: files in it.
    rows, columns: what is behind is not looked at."""

    unpacked_bytes: int
    rows: int
    columns: int
    shared_bytes: int | None = None
    parts: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A row. number: as a spreadsheet counts it. formulas: those in it, as written."""

    number: int
    values: Sequence[object]
    formulas: tuple[str, ...] = ()


def check_unpacked(file: BinaryIO, bounds: Bounds) -> None:
    """Looks at what the file claims; no more than that is ever unpacked of a part.

    Raises `NoWorkbook`, `UnpacksTooFar`.
    """
    try:
        with zipfile.ZipFile(file) as parts:
            sizes = {part.filename: part.file_size for part in parts.infolist()}
    # zipfile says NotImplementedError of a file packed in a way it does not know.
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as problem:
        raise NoWorkbook from problem
    shared = sum(size for name, size in sizes.items() if name.endswith("sharedStrings.xml"))
    if (
        sum(sizes.values()) > bounds.unpacked_bytes
        or (bounds.shared_bytes is not None and shared > bounds.shared_bytes)
        or (bounds.parts is not None and len(sizes) > bounds.parts)
    ):
        raise UnpacksTooFar


def lines(file: BinaryIO, bounds: Bounds, *, formulas: bool) -> Iterator[Line]:
    """Every row, also those that hold nothing. formulas: told instead of what they came to when saved.

    Raises `NoWorkbook` while it is read.
    """
    number = 0
    try:
        book = load_workbook(file, read_only=True, data_only=not formulas, keep_links=False)
        try:
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # some programs write a wrong one
            rows = sheet.iter_rows(max_row=bounds.rows, max_col=bounds.columns)
            for number, cells in enumerate(rows, 1):
                told = tuple(str(cell.value) for cell in cells if cell.data_type == "f") if formulas else ()
                yield Line(number, [cell.value for cell in cells], told)
        finally:
            book.close()
    except Exception as problem:  # a broken workbook makes its reader fail in any way there is
        raise NoWorkbook(number) from problem
