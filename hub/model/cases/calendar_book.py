"""The calendar as a book of rules: one row for each day that is not what its weekday says.

Rule protected: a year counts as noticed only by rows that name their notice and leave no day of the law
out, so that a year taken in by half never moves a due date.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from hub.model.cases.calendar import CalendarDay, DayKind
from hub.model.cases.rule_book import BookKind, Row, RowProblem, RuleBook, checked_keys

COLUMNS = ("date", "kind", "name", "source_notice")
_LONGEST = 80
_YEARS = range(2000, 2100)


def calendar_rows(days: Iterable[CalendarDay]) -> tuple[Row, ...]:
    """Days as rows of the book."""
    return tuple(
        {"date": row.day.isoformat(), "kind": row.kind, "name": row.name, "source_notice": row.source_notice}
        for row in days
    )


def calendar_days(rows: Iterable[Row]) -> tuple[CalendarDay, ...]:
    """Checked rows as days."""
    return tuple(
        CalendarDay(date.fromisoformat(row["date"]), DayKind(row["kind"]), row["name"], row["source_notice"])
        for row in rows
    )


def calendar_book(
    shipped: Iterable[CalendarDay], statutory: Callable[[int], Sequence[CalendarDay]]
) -> RuleBook:
    """statutory: the days that the law has off in a year, without those that make up for others."""

    def check(rows: Sequence[Row], _: Iterable[str]) -> list[RowProblem]:
        problems = [*checked_keys(book, rows), *_cells(rows)]
        return problems or _left_out(rows, statutory)

    book = RuleBook(
        kind=BookKind.CALENDAR,
        columns=COLUMNS,
        needed=("date", "kind", "name"),
        key=("date",),
        check=check,
        part=lambda row: row["date"][:4],
        is_statutory=lambda _: True,  # every day of it moves statutory clocks
        dates=("date",),
        shipped=calendar_rows(shipped),
        moves_due=True,
    )
    return book


def _cells(rows: Sequence[Row]) -> list[RowProblem]:
    problems: list[RowProblem] = []
    for place, row in enumerate(rows):
        day, kind = parsed_day(row["date"]), row["kind"]
        if row["date"] and (day is None or day.year not in _YEARS):
            zh = f"“{row['date'][:20]}”不是有效日期，应如 2027-02-06"
            problems.append(RowProblem(place, "date", zh, "must be a day such as 2027-02-06"))
        if kind and kind not in set(DayKind):
            choices = "、".join(DayKind)
            zh = f"不认识“{kind[:20]}”，可用 {choices}"
            problems.append(RowProblem(place, "kind", zh, f"must be one of {', '.join(DayKind)}"))
        if kind in {DayKind.HOLIDAY, DayKind.MAKEUP} and not row["source_notice"]:
            zh = "放假和调休上班要写通知文号，如 国办发明电〔2025〕7号"
            problems.append(RowProblem(place, "source_notice", zh, "needs the number of its notice"))
        if kind == DayKind.MAKEUP and day and day.weekday() not in {5, 6}:
            zh = f"{row['date']} 不是周六或周日，不能是调休上班"
            problems.append(RowProblem(place, "date", zh, "a make-up workday is a Saturday or Sunday"))
        problems += [
            RowProblem(place, column, f"超过 {_LONGEST} 字", f"longer than {_LONGEST} characters")
            for column in ("name", "source_notice")
            if len(row[column]) > _LONGEST
        ]
    return problems


def _left_out(rows: Sequence[Row], statutory: Callable[[int], Sequence[CalendarDay]]) -> list[RowProblem]:
    """Days of the law that a noticed year does not have off, said at the first row of the year."""
    days = calendar_days(rows)
    off = {row.day for row in days if not row.kind.is_worked}
    first = {row.day.year: place for place, row in reversed(list(enumerate(days))) if row.is_noticed}
    return [
        RowProblem(
            place,
            "date",
            f"{year} 年缺少法定节假日 {row.day}（{row.name}），请导入全年通知",
            f"{year} lacks {row.day}, a day off by law: import the notice of the whole year",
        )
        for year, place in sorted(first.items())
        for row in statutory(year)
        if row.day not in off
    ]


def parsed_day(text: str) -> date | None:
    """A day written 2026-05-09, None for anything else."""
    try:
        return date.fromisoformat(text) if len(text) == len("2026-05-09") else None
    except ValueError:
        return None
