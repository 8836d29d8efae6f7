"""Reads entries from what people edit (TOML, CSV) and writes them back; tells everything that is wrong at
once.

An entry is checked alone (id, question, answer, lengths) and against the others: a wording that belongs to
two entries, after normalising and the lexicon, would make every question in those words a coin toss, so it is
a problem here and not at night.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from importlib.resources import files

from knowledge_base.entry import Entry, SlotAnswer
from knowledge_base.files.csv_table import ImportProblems, Lined, by_heading, read_rows, write_rows
from knowledge_base.files.row import BETWEEN_VARIANTS, COLUMNS, EPOCH, Fields, Problem, Row
from knowledge_base.text.normalise import normalise
from knowledge_base.words.lexicon import Lexicon
from knowledge_base.words.wording import same_question_key

SHARED = ("topic", "owner_unit", "updated_at", "since")
"""What a TOML file may say once for all its entries."""

_HEADING = re.compile(r"\s*\[\[\s*entry\s*\]\]")
_TRUE = {"true", "yes", "1", "是"}
_FALSE = {"false", "no", "0", "否", ""}
NEEDED = ("id", "question", "answer", "topic")
SHORT = "·短信"
_SHORTS = (SHORT, "·SMS")
"""After a slot's value: the text that follows is the short answer."""
_SLOT_ANSWER = re.compile(r"【([^】]+)】(.*?)(?=\n【|\Z)", re.DOTALL)


def read_toml(text: str) -> tuple[Entry, ...]:
    """Entries from `[[entry]]` tables; what is in `SHARED` may stand once at the top for all of them.

    Raises ImportProblems. A missing `state` is published, a missing `confirm_locally` false, a missing
    `updated_at` 0.
    """
    return tuple(entry for _, entry in _read(*_tables(text)))


def _tables(text: str) -> tuple[list[Row], list[Problem]]:
    """The `[[entry]]` tables of a TOML, and what is wrong around them."""
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
    return [Row(line, shared | table) for line, table in zip(lines, tables, strict=True)], problems


def read_csv(text: str) -> tuple[Entry, ...]:
    """Entries from CSV with a heading line of `COLUMNS` (any order; only id, question, answer, topic are
    needed).

    Variants and tests stand in one cell each with `|` between them; the answers by slot in one cell, each
    after its value in 【】, the short one after 【C1·短信】; instants are ISO 8601. Raises ImportProblems.
    """
    return tuple(entry for _, entry in read_lines(text))


def read_lines(text: str, lexicon: Lexicon | None = None) -> tuple[tuple[int, Entry], ...]:
    """The entries of a CSV, each with the line it begins in. Raises ImportProblems."""
    rows, problems = read_rows(text)
    return read_table(rows, problems=problems, lexicon=lexicon)


def read_table(
    rows: Sequence[Lined], *, problems: Iterable[Problem] = (), lexicon: Lexicon | None = None
) -> tuple[tuple[int, Entry], ...]:
    """Entries from cells with their lines, the heading first; see `read_csv`. `problems`: found before.
    `lexicon`: by which wordings are the same, the shipped one unless another is given.

    An empty id is made from the question, so that the same file read again means the same entries.
    """
    taken: list[Row] = []
    named_rows, wrong = by_heading(rows, COLUMNS, NEEDED)
    for line, named in named_rows:
        if not named.get("id", "").strip() and normalise(named.get("question", "")):
            named["id"] = f"q{sha256(normalise(named['question']).encode()).hexdigest()[:20]}"
        taken.append(Row(line, _from_cells(named)))
    return _read(taken, [*problems, *wrong], lexicon)


def write_csv(entries: Iterable[Entry]) -> str:
    """CSV that `read_csv` reads back to the same entries; cells are safe to open in a spreadsheet. No byte
    order mark."""
    return write_rows((COLUMNS, *(entry_cells(entry) for entry in entries)))


@cache
def shipped() -> tuple[Entry, ...]:
    """The entries that come with the package. Read once per process.

    A test holds them against each other: with every start it would cost a quarter of a second.
    """
    entries: list[Entry] = []
    folder = files("knowledge_base") / "data" / "entries"
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        read, problems = _alone(*_tables(path.read_text(encoding="utf-8")))
        if problems:
            raise ImportProblems(problems)
        entries.extend(entry for _, entry in read)
    return tuple(entries)


def clashes(entries: Iterable[tuple[int, Entry]], lexicon: Lexicon | None = None) -> list[Problem]:
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
        for wording in entry.wordings:
            owner = owners.setdefault(same_question_key(wording, lexicon), entry)
            if owner is not entry:
                problems.append(
                    Problem(
                        line,
                        f"条目 {entry.id} 的“{wording}”与条目 {owner.id} 的问法相同",
                        f'entry {entry.id}: "{wording}" is the same question as one of entry {owner.id}',
                    )
                )
    return problems


def _read(
    rows: Iterable[Row], problems: Iterable[Problem], lexicon: Lexicon | None = None
) -> tuple[tuple[int, Entry], ...]:
    read, wrong = _alone(rows, problems)
    # An entry that has no id or no question has been told so already and would only clash with the other
    # empty ones.
    told = [(line, entry) for line, entry in read if entry.id and normalise(entry.question)]
    wrong += clashes(told, lexicon)
    if wrong:
        raise ImportProblems(wrong)
    return tuple(read)


def _alone(rows: Iterable[Row], problems: Iterable[Problem]) -> tuple[list[tuple[int, Entry]], list[Problem]]:
    """Every entry with its line, held against no other; what is wrong, the `problems` found before first."""
    read: list[tuple[int, Entry]] = []
    wrong = list(problems)
    for row in rows:
        fields = Fields(row)
        read.append((row.line, fields.entry()))
        wrong += fields.problems
    return read, wrong


def _from_cells(cells: Mapping[str, str]) -> dict[str, object]:
    """The cells as TOML would have typed them; what does not fit stays text and is told as a problem
    later."""
    values: dict[str, object] = {key: cell for key, cell in cells.items() if cell.strip() or key in NEEDED}
    for key in ("variants", "tests", "variants_en"):
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
