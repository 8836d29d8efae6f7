"""Tables that people edit in a spreadsheet, as CSV: rows with their lines in, cells that run nothing out.

Rules protected: what is read is exactly what stands there, a formula is refused; every problem is told with
its line, all at once. Sources: RFC 4180 (CSV), OWASP (CSV injection).
"""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from itertools import zip_longest

from knowledge_base.errors import KnowledgeError
from knowledge_base.files.row import Problem

MAX_BYTES = 15_728_640
"""A base of 10,000 entries is a CSV of 10 MB."""
MAX_ROWS = 20_001
"""The heading and twice as many entries as a large knowledge base has: 6 MB of empty lines took 4 GB."""
MAX_COLUMNS = 64
MOST_PROBLEMS = 100
"""More are not looked for: who has mended these sends the file again."""
UTF8_MARK = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
"""A spreadsheet runs a cell that begins so, some also one with a sign of full width or after a blank (OWASP,
CSV injection): written with an apostrophe before it, read without."""

Lined = tuple[int, Sequence[str]]
"""The cells of a row, with the line it begins in."""


class ImportProblems(KnowledgeError):
    """Nothing was imported; `problems` says everything that has to be mended, in the order of the lines."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        super().__init__("\n".join(f"{p.line}: {p.zh} / {p.en}" for p in self.problems))


def check_size(content: bytes, most: int = MAX_BYTES) -> None:
    """Raises ImportProblems for a file of more than `most` bytes, or an empty one."""
    if len(content) > most:
        mib = most // 1_048_576
        raise refused(f"文件超过 {mib} MB，请分成几个文件", f"the file is larger than {mib} MB; split it")
    if not content.strip():
        raise refused("文件是空的", "the file is empty")


def file_text(content: bytes) -> str:
    """The text of a file: UTF-8, else what Excel in China writes by itself. Raises ImportProblems."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise refused("文件不是文本，请另存为 CSV UTF-8", "the file is no text; save it as CSV UTF-8")


def read_rows(text: str) -> tuple[list[Lined], list[Problem]]:
    """The rows of a CSV, and what is wrong with their cells, as far as the hundredth problem. Raises
    ImportProblems for more rows or columns than a table has."""
    reader = csv.reader(StringIO(text.removeprefix(UTF8_MARK), newline=""), strict=True)
    rows: list[Lined] = []
    problems: list[Problem] = []
    line = 1
    try:
        for cells in reader:
            if len(rows) == MAX_ROWS:
                raise refused(
                    f"超过 {MAX_ROWS - 1} 行，请分成几个文件", f"more than {MAX_ROWS - 1} rows; split it"
                )
            if len(cells) > MAX_COLUMNS:
                raise refused(
                    f"第 {line} 行超过 {MAX_COLUMNS} 列", f"line {line} has over {MAX_COLUMNS} columns"
                )
            if len(problems) >= MOST_PROBLEMS:
                break
            rows.append((line, [_unescaped(cell) for cell in cells]))
            problems += [formula(line, cell) for cell in cells if cell.startswith("=")]
            line = reader.line_num + 1
    except csv.Error as error:
        problems.append(Problem(line, f"CSV 格式错误：{error}", f"not valid CSV: {error}"))
    return rows, problems


def by_heading(
    rows: Sequence[Lined], columns: Sequence[str], needed: Sequence[str]
) -> tuple[list[tuple[int, dict[str, str]]], list[Problem]]:
    """The cells of each row under the names of its columns, and what is wrong with them; the heading comes
    first. Empty rows are left out, cells that a row ends before are empty."""
    heading = [cell.strip() for cell in rows[0][1]] if rows else []
    while heading and not heading[-1]:
        heading.pop()  # a spreadsheet's empty columns at the right
    problems = [
        Problem(1, f"不认识的列：{name or '（空）'}", f"unknown column: {name or '(empty)'}")
        for name in heading
        if name not in columns
    ]
    problems += [
        Problem(1, f"缺少列：{name}", f"missing column: {name}") for name in needed if name not in heading
    ]
    problems += [
        Problem(1, f"列重复：{name}", f"duplicate column: {name}")
        for name in dict.fromkeys(heading)
        if name and heading.count(name) > 1
    ]
    named: list[tuple[int, dict[str, str]]] = []
    for line, cells in rows[1:]:
        if any(cells[len(heading) :]):
            problems.append(Problem(line, "单元格比表头多", "more cells than the heading has"))
        elif any(cells):
            named.append((line, dict(zip_longest(heading, cells[: len(heading)], fillvalue=""))))
    return named, problems


def write_rows(rows: Iterable[Sequence[str]]) -> str:
    """CSV that `read_rows` reads back; cells are safe to open in a spreadsheet. No byte order mark."""
    out = StringIO(newline="")
    writer = csv.writer(out)
    for cells in rows:
        writer.writerow([f"'{cell}" if cell.startswith((*_FORMULA, "'")) else cell for cell in cells])
    return out.getvalue()


def formula(line: int, cell: str) -> Problem:
    """A cell that a spreadsheet would calculate: its value is not what stands in the file."""
    shown = cell[:40]
    return Problem(
        line, f"单元格是公式，请改为文字：{shown}", f"a cell holds a formula, write its text instead: {shown}"
    )


def refused(zh: str, en: str) -> ImportProblems:
    """A file that cannot be taken as a whole."""
    return ImportProblems([Problem(0, zh, en)])


def _unescaped(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith((*_FORMULA, "'")) else cell
