"""The table of desks (来信分流) as a book of rules: which extension and which keyword lead to which unit.

As a book it is one part: a file replaces the whole of it. It holds no statutory value. Shipped empty: which
departments there are is the office's to say; cities find their desk without it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from hub.model.cases.routing.routes import RouteRule, folded
from hub.model.cases.rule_book import BookKind, Row, RowProblem, RuleBook, checked_keys

COLUMNS = ("written_to", "keyword", "desk")
_LONGEST_NUMBER = 20
_KEYWORD = range(2, 21)
_OPT_OUT = frozenset(
    {"td", "退订", "退定", "拒收", "取消订阅", "订阅", "恢复订阅", "stop", "start", "quit", "end"}
)
"""Words that carriers give a meaning of their own."""


def route_rules(rows: Iterable[Row]) -> tuple[RouteRule, ...]:
    """Checked rows as rules."""
    return tuple(RouteRule(row["written_to"], row["keyword"], row["desk"]) for row in rows)


def route_book() -> RuleBook:
    """See the module."""

    def check(rows: Sequence[Row], units: Mapping[str, str]) -> list[RowProblem]:
        return [*checked_keys(book, rows), *_cells(rows, units)] or _twice(rows, units)

    book = RuleBook(
        kind=BookKind.ROUTES,
        columns=COLUMNS,
        needed=("desk",),
        key=("written_to", "keyword", "desk"),
        check=check,
        part=lambda _: "",
        is_statutory=lambda _: False,
        units=("desk",),
    )
    return book


def _cells(rows: Sequence[Row], units: Mapping[str, str]) -> list[RowProblem]:
    return [
        RowProblem(place, field, zh, en)
        for place, row in enumerate(rows)
        for field, zh, en in (*_of_what(row), *_of_unit(row, units))
    ]


def _of_what(row: Row) -> Iterator[tuple[str, str, str]]:
    number, keyword = row["written_to"], row["keyword"]
    if bool(number) == bool(keyword):
        yield (
            "written_to",
            "号码和关键词填一个，且只填一个",
            "give a number or a keyword, and only one of them",
        )
    if number and not re.fullmatch(rf"[0-9]{{3,{_LONGEST_NUMBER}}}", number):
        yield (
            "written_to",
            f"应是 3 到 {_LONGEST_NUMBER} 位数字，含 12110 和分机号",
            f"must be 3 to {_LONGEST_NUMBER} digits, with 12110 and the extension",
        )
    if keyword and len(folded(keyword)) not in _KEYWORD:
        yield "keyword", "应是 2 到 20 个字或字母，标点不算", "must be 2 to 20 characters, signs not counted"
    if keyword and folded(keyword) in _OPT_OUT:
        yield "keyword", "是退订或订阅的用词，不能用来分流", "is a word for opting out or in"


def _of_unit(row: Row, units: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    if row["desk"] and row["desk"] not in units:
        yield "desk", f"没有名称或编号为“{row['desk'][:40]}”的单位", "no unit has this name or id"


def _twice(rows: Sequence[Row], units: Mapping[str, str]) -> list[RowProblem]:
    """Numbers and keywords that two units claim, however they are written (報警, 报警)."""
    problems: list[RowProblem] = []
    owners: dict[tuple[str, str], str] = {}
    for place, row in enumerate(rows):
        field = "written_to" if row["written_to"] else "keyword"
        owner = owners.setdefault((field, folded(row[field])), row["desk"])
        if owner != row["desk"]:
            first, second = units[owner], units[row["desk"]]
            zh = f"“{row[field]}”已归“{first}”，不能同时归“{second}”，请先协商由谁处理"
            en = f"“{row[field]}” belongs to {first} already and cannot belong to {second} too"
            problems.append(RowProblem(place, field, zh, en))
    return problems
