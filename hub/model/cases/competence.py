"""The catalogue of competence (派单目录): which unit handles what, for which region, from when until when.

As a book of rules it is one part: a file replaces the whole of it. It holds no statutory value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from hub.model.cases.calendar_book import parsed_day
from hub.model.cases.rule_book import (
    BETWEEN_UNITS,
    BookKind,
    Row,
    RowProblem,
    RuleBook,
    checked_keys,
)
from hub.model.track import Track

COLUMNS = ("category", "region", "unit_id", "co_units", "priority", "valid_from", "valid_to")
_LONGEST_CATEGORY = 40
CATEGORIES: Mapping[Track, str] = {
    Track.CONSULT: "咨询",
    Track.SERVICE: "服务",
    Track.SUGGEST: "建议意见",
    Track.APPEAL: "申诉求决",
    Track.LEGAL: "法定途径",
}
"""The category by which new cases of a track are sent, as a row writes it. A REPORT is sent by none."""


@dataclass(frozen=True, slots=True)
class CompetenceRule:
    """region: digits of a region code, "" for everywhere. priority: 1 wins over 2. Both days are included."""

    category: str
    region: str
    unit_id: str
    co_units: tuple[str, ...]
    priority: int
    valid_from: date | None
    valid_to: date | None

    def applies(self, category: str, region: str, day: date) -> bool:
        """Whether it speaks of this category, in this region or one that contains it, on this day."""
        return (
            self.category == category
            and region.startswith(self.region)
            and (self.valid_from is None or self.valid_from <= day)
            and (self.valid_to is None or day <= self.valid_to)
        )


def competence_rules(rows: Iterable[Row]) -> tuple[CompetenceRule, ...]:
    """Checked rows as rules."""
    return tuple(
        CompetenceRule(
            row["category"],
            row["region"],
            row["unit_id"],
            _units(row["co_units"]),
            int(row["priority"]),
            parsed_day(row["valid_from"]),
            parsed_day(row["valid_to"]),
        )
        for row in rows
    )


def competent(
    rules: Iterable[CompetenceRule], category: str, region: str, day: date
) -> CompetenceRule | None:
    """The rule that decides: the one of the smallest region, of several the one of highest priority."""
    found = [rule for rule in rules if rule.applies(category, region, day)]
    return min(found, key=lambda rule: (-len(rule.region), rule.priority), default=None)


def categories_of(track: Track, kind: str) -> tuple[str, ...]:
    """What rows may call a matter, the most exact first: the kind of a SERVICE matter (求助, 投诉, 复杂), the
    name of its track, the code of its track."""
    names = (kind, CATEGORIES.get(track, ""), str(track))
    return tuple(name for name in names if name)


def competence_book() -> RuleBook:
    """Shipped empty: who is competent is the department's to say."""

    def check(rows: Sequence[Row], units: Iterable[str]) -> list[RowProblem]:
        return [*checked_keys(book, rows), *_cells(rows, frozenset(units))] or _overlaps(rows)

    book = RuleBook(
        kind=BookKind.COMPETENCE,
        columns=COLUMNS,
        needed=("category", "unit_id", "priority"),
        key=("category", "region", "priority", "valid_from"),
        check=check,
        part=lambda _: "",
        is_statutory=lambda _: False,
        dates=("valid_from", "valid_to"),
        units=("unit_id", "co_units"),
    )
    return book


def _cells(rows: Sequence[Row], units: frozenset[str]) -> list[RowProblem]:
    return [
        RowProblem(place, field, zh, en)
        for place, row in enumerate(rows)
        for field, zh, en in (*_of_place(row), *_of_units(row, units), *_of_days(row))
    ]


def _of_place(row: Row) -> Iterator[tuple[str, str, str]]:
    category, region, priority = row["category"], row["region"], row["priority"]
    if len(category) > _LONGEST_CATEGORY:
        yield "category", f"超过 {_LONGEST_CATEGORY} 字", f"longer than {_LONGEST_CATEGORY} characters"
    if region and not re.fullmatch(r"[0-9]{1,6}", region):
        yield "region", "应是最多 6 位数字的区划代码，空白表示全部地区", "must be up to 6 digits, or empty"
    if priority and not re.fullmatch(r"[1-9][0-9]?", priority):
        yield "priority", "应是 1 到 99 的整数，1 最优先", "must be a whole number from 1 to 99"


def _of_units(row: Row, units: frozenset[str]) -> Iterator[tuple[str, str, str]]:
    if row["unit_id"] and row["unit_id"] not in units:
        yield "unit_id", f"没有名称或编号为“{row['unit_id'][:40]}”的单位", "no unit has this name or id"
    for unit in _units(row["co_units"]):
        if unit not in units:
            yield "co_units", f"没有名称或编号为“{unit[:40]}”的单位", "no unit has this name or id"
        elif unit == row["unit_id"]:
            yield "co_units", "协办单位不能是主办单位", "the unit itself cannot assist"


def _of_days(row: Row) -> Iterator[tuple[str, str, str]]:
    for field in ("valid_from", "valid_to"):
        if row[field] and parsed_day(row[field]) is None:
            yield (
                field,
                f"“{row[field][:20]}”不是有效日期，应如 2027-02-06",
                "must be a day such as 2027-02-06",
            )
    first, last = parsed_day(row["valid_from"]), parsed_day(row["valid_to"])
    if first and last and last < first:
        yield "valid_to", "不能早于 valid_from", "must not be before valid_from"


def _overlaps(rows: Sequence[Row]) -> list[RowProblem]:
    """Rows between which nothing decides: two units for the same matters on the same day."""
    problems: list[RowProblem] = []
    known: dict[tuple[str, str, int], list[CompetenceRule]] = {}
    for place, rule in enumerate(competence_rules(rows)):
        beside = known.setdefault((rule.category, rule.region, rule.priority), [])
        if any(_meet(rule, other) for other in beside):
            zh = "与上面一行的有效期重叠，优先级也相同"
            problems.append(
                RowProblem(place, "priority", zh, "a row above has the same priority on the same days")
            )
        beside.append(rule)
    return problems


def _meet(one: CompetenceRule, other: CompetenceRule) -> bool:
    first = max(one.valid_from or date.min, other.valid_from or date.min)
    return first <= min(one.valid_to or date.max, other.valid_to or date.max)


def _units(text: str) -> tuple[str, ...]:
    return tuple(unit.strip() for unit in text.split(BETWEEN_UNITS) if unit.strip())
