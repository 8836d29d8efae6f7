"""The clock profile as a book of rules: one row for each number and switch of its table.

Rules protected: a number never stands without its basis; whether a clock is statutory is not for an office to
say. When staff are warned and what stops a clock stay as they are shipped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from hub.model.cases.rule_book import BookKind, Row, RowProblem, RuleBook, checked_keys

COLUMNS = ("key", "value", "unit", "legal_basis", "statutory")
CLOCK_UNITS = ("minutes", "hours", "days", "workdays")
_UNITS = (*CLOCK_UNITS, "times")
_LONGEST_BASIS = 200
_FLAGS = {"yes": True, "no": False}  # a spreadsheet makes TRUE of true

Table = Mapping[str, Any]
"""A profile as TOML reads it."""
CheckTable = Callable[[Table], tuple[str, str, str] | None]
"""What makes a table unusable: the key of its place, Chinese, English; None when it can be used."""


def profile_rows(table: Table) -> tuple[Row, ...]:
    """The numbers and switches of a profile, by key; none for a clock that has no length of its own."""
    return tuple(sorted(_rows(table, ""), key=lambda row: row["key"]))


def profile_table(shipped: Table, rows: Iterable[Row]) -> dict[str, Any]:
    """The profile that is shipped, with what checked rows say."""
    table = deepcopy(dict(shipped))
    for row in rows:
        place = _place(table, row["key"])
        name = row["key"].rpartition(".")[2]
        if row["value"] in _FLAGS:
            place[name] = _FLAGS[row["value"]]
            continue
        own = place[name]
        for unit in _UNITS:
            own.pop(unit, None)
        own |= {row["unit"]: int(row["value"]), "legal_basis": row["legal_basis"]}
    return table


def profile_book(shipped: Table, check_table: CheckTable) -> RuleBook:
    """shipped: the profile the office is configured with."""
    known = {row["key"]: row for row in profile_rows(shipped)}

    def check(rows: Sequence[Row], _: Iterable[str]) -> list[RowProblem]:
        problems = checked_keys(book, rows)
        for place, row in enumerate(rows):
            if row["key"]:
                problems += [RowProblem(place, *found) for found in _wrong(row, known.get(row["key"]))]
        return problems or _unusable(rows, check_table(profile_table(shipped, rows)))

    book = RuleBook(
        kind=BookKind.PROFILE,
        columns=COLUMNS,
        needed=("key", "value"),
        key=("key",),
        check=check,
        part=lambda row: row["key"],  # a file changes the keys it names; none can be taken out
        is_statutory=lambda row: row["statutory"] == "yes",
        shipped=tuple(known.values()),
        moves_due=True,
    )
    return book


def _rows(table: Table, path: str) -> Iterator[Row]:
    for name, value in table.items():
        key = f"{path}{name}"
        if isinstance(value, bool) and not _is_property(table):
            yield _row(key, "yes" if value else "no", "", table.get("legal_basis", ""), statutory=True)
        elif isinstance(value, Mapping):
            basis = value.get("legal_basis", "")
            for unit in _UNITS:
                if unit in value:
                    # Outside the clocks the table does not say what is law: a basis that names one does.
                    statutory = value.get("statutory", not path and "《" in basis)
                    yield _row(key, str(value[unit]), unit, basis, statutory=statutory)
            yield from _rows(value, f"{key}.")


def _is_property(table: Table) -> bool:
    """Whether a switch belongs to a clock and is no rule of its own."""
    return any(unit in table for unit in _UNITS) or "statutory" in table


def _row(key: str, value: str, unit: str, basis: str, *, statutory: bool) -> Row:
    return {
        "key": key,
        "value": value,
        "unit": unit,
        "legal_basis": basis,
        "statutory": "yes" if statutory else "no",
    }


def _wrong(row: Row, known: Row | None) -> Iterator[tuple[str, str, str]]:
    """What is wrong with one row: field, Chinese, English."""
    if known is None:
        yield "key", f"没有“{row['key'][:40]}”这个时限", "is not known"
        return
    if row["statutory"] != known["statutory"]:
        yield "statutory", f"应为 {known['statutory']}，是否法定不能修改", f"must stay {known['statutory']}"
    if known["value"] in _FLAGS:
        if row["value"] not in _FLAGS:
            yield "value", "应为 yes 或 no", "must be yes or no"
        return
    if not (row["value"].isascii() and row["value"].isdigit() and len(row["value"]) <= 4):
        yield "value", "应为整数", "must be a whole number"
    units = CLOCK_UNITS if known["unit"] in CLOCK_UNITS and "." in known["key"] else (known["unit"],)
    if row["unit"] not in units:
        yield "unit", f"应为 {'、'.join(units)}", f"must be one of {', '.join(units)}"
    if not row["legal_basis"]:
        yield "legal_basis", "要写明依据", "needs a basis"
    if len(row["legal_basis"]) > _LONGEST_BASIS:
        yield "legal_basis", f"超过 {_LONGEST_BASIS} 字", f"longer than {_LONGEST_BASIS} characters"


def _unusable(rows: Sequence[Row], found: tuple[str, str, str] | None) -> list[RowProblem]:
    """Said at the row the place belongs to, else at the first one."""
    if found is None:
        return []
    key, zh, en = found
    place = next((n for n, row in enumerate(rows) if f"{key}.".startswith(f"{row['key']}.")), 0)
    return [RowProblem(place, "value", f"{key}：{zh}", f"{key}: {en}")]


def _place(table: dict[str, Any], key: str) -> dict[str, Any]:
    """The table in which the last part of a key stands."""
    for part in key.split(".")[:-1]:
        table = table[part]
    return table
