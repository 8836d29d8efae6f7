"""Reads entries from what people edit (TOML, CSV) and writes them back; tells everything that is wrong at
once.

An entry is checked alone (id, question, answer, lengths) and against the others: a wording that belongs to
two entries, after normalising and the lexicon, would make every question in those words a coin toss, so it is
a problem here and not at night.
"""

import csv
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256
from importlib.resources import files
from io import StringIO

from knowledge_base.entry import Entry, SlotAnswer
from knowledge_base.errors import KnowledgeError
from knowledge_base.row import BETWEEN_VARIANTS, COLUMNS, EPOCH, Fields, Problem, Row
from knowledge_base.text import normalise
from knowledge_base.wording import same_question_key

SHARED = ("topic", "owner_unit", "updated_at")
"""What a TOML file may say once for all its entries."""

_HEADING = re.compile(r"\s*\[\[\s*entry\s*\]\]")
_TRUE = {"true", "yes", "1", "是"}
_FALSE = {"false", "no", "0", "否", ""}
NEEDED = ("id", "question", "answer", "topic")
SHORT = "·短信"
_SHORTS = (SHORT, "·SMS")
"""After a slot's value: the text that follows is the short answer."""
_SLOT_ANSWER = re.compile(r"【([^】]+)】(.*?)(?=\n【|\Z)", re.DOTALL)
_FORMULA = ("=", "+", "-", "@")
"""A spreadsheet runs a cell that begins so (OWASP, CSV injection): written with an apostrophe before it, read
without."""


class ImportProblems(KnowledgeError):
    """Nothing was imported; `problems` says everything that has to be mended, in the order of the lines."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        super().__init__("\n".join(f"{p.line}: {p.zh} / {p.en}" for p in self.problems))


def read_toml(text: str) -> tuple[Entry, ...]:
    """Entries from `[[entry]]` tables; `topic` and `updated_at` may stand once at the top for all of them.

    Raises ImportProblems. A missing `state` is published, a missing `confirm_locally` false, a missing
    `updated_at` 0.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        raise ImportProblems(
            [Problem(int(found[1]) if found else 0, f"TOML 格式错误：{error}", f"not valid TOML: {error}")]
        ) from error
    tables = data.pop("entry", [])
    problems = [
        Problem(0, f"顶层有不认识的键：{key}", f"unknown key at the top: {key}")
        for key in data
        if key not in SHARED
    ]
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ImportProblems(
            [*problems, Problem(0, "条目要写成 [[entry]]", "entries are written as [[entry]]")]
        )
    lines = [number for number, line in enumerate(text.splitlines(), 1) if _HEADING.match(line)]
    if len(lines) != len(tables):  # a heading quoted inside an answer: no line is better than a wrong one
        lines = [0] * len(tables)
    shared = {key: value for key, value in data.items() if key in SHARED}
    read = _read([Row(line, shared | table) for line, table in zip(lines, tables, strict=True)], problems)
    return tuple(entry for _, entry in read)


def read_csv(text: str) -> tuple[Entry, ...]:
    """Entries from CSV with a heading line of `COLUMNS` (any order; only id, question, answer, topic are
    needed).

    Variants and tests stand in one cell each with `|` between them; the answers by slot in one cell, each
    after its value in 【】, the short one after 【C1·短信】; instants are ISO 8601. Raises ImportProblems.
    """
    return tuple(entry for _, entry in read_lines(text))


def read_lines(text: str) -> tuple[tuple[int, Entry], ...]:
    """The entries of a CSV, each with the line it begins in. Raises ImportProblems."""
    reader = csv.reader(StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    problems: list[Problem] = []
    line = 1
    try:
        for cells in reader:
            rows.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        problems.append(Problem(line, f"CSV 格式错误：{error}", f"not valid CSV: {error}"))
    for line, cells in rows:
        for cell in cells:
            if cell.startswith("="):
                problems.append(formula(line, cell))
    return read_table(
        [(line, [_unescaped(cell) for cell in cells]) for line, cells in rows], problems=problems
    )


def read_table(
    rows: Sequence[tuple[int, Sequence[str]]], *, problems: Iterable[Problem] = ()
) -> tuple[tuple[int, Entry], ...]:
    """Entries from cells with their lines, the heading first; see `read_csv`. `problems`: found before.

    An empty id is made from the question, so that the same file read again means the same entries.
    """
    found = list(problems)
    heading = [cell.strip() for cell in rows[0][1]] if rows else []
    while heading and not heading[-1]:
        heading.pop()  # a spreadsheet's empty columns at the right
    found += [
        Problem(1, f"不认识的列：{name or '（空）'}", f"unknown column: {name or '(empty)'}")
        for name in heading
        if name not in COLUMNS
    ]
    found += [
        Problem(1, f"缺少列：{name}", f"missing column: {name}") for name in NEEDED if name not in heading
    ]
    found += [
        Problem(1, f"列重复：{name}", f"duplicate column: {name}")
        for name in dict.fromkeys(heading)
        if name and heading.count(name) > 1
    ]
    taken: list[Row] = []
    for line, cells in rows[1:]:
        if any(cells[len(heading) :]):
            found.append(Problem(line, "单元格比表头多", "more cells than the heading has"))
        elif any(cells):
            named = dict(zip(heading, cells, strict=False))
            if not named.get("id", "").strip() and normalise(named.get("question", "")):
                named["id"] = f"q{sha256(normalise(named['question']).encode()).hexdigest()[:20]}"
            taken.append(Row(line, _from_cells(named)))
    return _read(taken, found)


def formula(line: int, cell: str) -> Problem:
    """A cell that a spreadsheet would calculate: its value is not what stands in the file."""
    shown = cell[:40]
    return Problem(
        line, f"单元格是公式，请改为文字：{shown}", f"a cell holds a formula, write its text instead: {shown}"
    )


def write_csv(entries: Iterable[Entry]) -> str:
    """CSV that `read_csv` reads back to the same entries; cells are safe to open in a spreadsheet. No byte
    order mark."""
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for entry in entries:
        cells = entry_cells(entry)
        writer.writerow([f"'{cell}" if cell.startswith((*_FORMULA, "'")) else cell for cell in cells])
    return out.getvalue()


def shipped() -> tuple[Entry, ...]:
    """The entries that come with the package, checked together."""
    entries: list[Entry] = []
    folder = files("knowledge_base") / "data" / "entries"
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        entries.extend(read_toml(path.read_text(encoding="utf-8")))
    problems = clashes((0, entry) for entry in entries)
    if problems:
        raise ImportProblems(problems)
    return tuple(entries)


def clashes(entries: Iterable[tuple[int, Entry]]) -> list[Problem]:
    """What is wrong between entries (with the line each stands in): the same id twice, a wording that two of
    them claim."""
    problems: list[Problem] = []
    ids: dict[str, int] = {}
    owners: dict[str, Entry] = {}
    for line, entry in entries:
        if entry.id in ids:
            problems.append(
                Problem(
                    line,
                    f"编号重复：{entry.id}（第 {ids[entry.id]} 行已有）",
                    f"duplicate id: {entry.id} (already in line {ids[entry.id]})",
                )
            )
            continue
        ids[entry.id] = line
        for wording in (entry.question, *entry.variants):
            owner = owners.setdefault(same_question_key(wording), entry)
            if owner is not entry:
                problems.append(
                    Problem(
                        line,
                        f"条目 {entry.id} 的“{wording}”与条目 {owner.id} 的问法相同",
                        f'entry {entry.id}: "{wording}" is the same question as one of entry {owner.id}',
                    )
                )
    return problems


def _read(rows: Iterable[Row], problems: list[Problem]) -> tuple[tuple[int, Entry], ...]:
    read: list[tuple[int, Entry]] = []
    for row in rows:
        fields = Fields(row)
        entry = fields.entry()
        problems += fields.problems
        read.append((row.line, entry))
    # An entry that has no id or no question has been told so already and would only clash with the other
    # empty ones.
    problems += clashes((line, entry) for line, entry in read if entry.id and normalise(entry.question))
    if problems:
        raise ImportProblems(problems)
    return tuple(read)


def _from_cells(cells: Mapping[str, str]) -> dict[str, object]:
    """The cells as TOML would have typed them; what does not fit stays text and is told as a problem
    later."""
    values: dict[str, object] = {key: cell for key, cell in cells.items() if cell.strip() or key in NEEDED}
    for key in ("variants", "tests"):
        if key in values:
            values[key] = [part for part in cells[key].split(BETWEEN_VARIANTS) if part.strip()]
    if (flag := cells.get("confirm_locally", "").strip().lower()) in _TRUE | _FALSE:
        values["confirm_locally"] = flag in _TRUE
    if "by_slot" in values:
        values["by_slot"] = read_slot_answers(cells["by_slot"]) or cells["by_slot"]
    for key in ("valid_from", "valid_until", "updated_at"):
        if key in values:
            with suppress(ValueError):  # what is no instant stays text: told as a problem with its line
                values[key] = datetime.fromisoformat(cells[key].strip())
    return values


def read_slot_answers(cell: str) -> list[dict[str, str]]:
    """The answers by slot as people write them in one text; [] when it has another shape."""
    answers: dict[str, dict[str, str]] = {}
    for value, text in _SLOT_ANSWER.findall(cell):
        name = value
        for short in _SHORTS:
            name = name.removesuffix(short)
        key = "answer" if name == value else "short_answer"
        answers.setdefault(name, {"value": name})[key] = text
    return list(answers.values())


def entry_cells(entry: Entry) -> list[str]:
    """One entry as the texts of its `COLUMNS`."""
    return [_cell(getattr(entry, column)) for column in COLUMNS]


def _cell(value: object) -> str:
    """One value as `read_csv` reads it back."""
    match value:
        case None | 0:
            return ""
        case bool():
            return "true" if value else "false"
        case int():
            return (EPOCH + timedelta(milliseconds=value)).isoformat()
        case tuple() if value and isinstance(value[0], SlotAnswer):
            return write_slot_answers(value)
        case tuple():
            return BETWEEN_VARIANTS.join(value)
        case _:
            return str(value)


def write_slot_answers(answers: Iterable[SlotAnswer]) -> str:
    """The answers by slot as `read_slot_answers` reads them back."""
    return "\n".join(
        f"【{one.value}】{one.answer}"
        + (f"\n【{one.value}{SHORT}】{one.short_answer}" if one.short_answer else "")
        for one in answers
    )


def _unescaped(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith((*_FORMULA, "'")) else cell
