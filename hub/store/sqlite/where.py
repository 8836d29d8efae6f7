# ruff: noqa: S608 — only declared, checked names are spelled into SQL; every value is bound
"""Filters, orders and cursors as SQL.

Values are always bound, never spelled into the text, and the text depends only on the
shape of the query, so that the driver's statement cache holds. NULL is treated as
MongoDB treats a missing field: it equals None, differs from everything else, is outside
every range and comes first in ascending order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from hub.store.query import Condition, Operator

_ORDER_SIGNS = {
    Operator.LESS: "<",
    Operator.LESS_OR_EQUAL: "<=",
    Operator.GREATER: ">",
    Operator.GREATER_OR_EQUAL: ">=",
}


def table_name(collection: str) -> str:
    """The quoted table of a collection; the prefix keeps clear of SQLite's own names."""
    return f'"c_{collection}"'


def column(field: str) -> str:
    """The quoted column of a declared field; `id` is the primary key."""
    return "id" if field == "id" else f'"f_{field}"'


def where_sql(conditions: Sequence[Condition]) -> tuple[str, list[Any]]:
    """The filter as text and values; `1` when there is none."""
    texts: list[str] = []
    values: list[Any] = []
    for condition in conditions:
        text, bound = _condition_sql(condition)
        texts.append(text)
        values.extend(bound)
    return " AND ".join(texts) or "1", values


def _condition_sql(condition: Condition) -> tuple[str, list[Any]]:
    name, value = column(condition.field), condition.value
    match condition.operator:
        case Operator.EQUAL:
            return (f"{name} IS NULL", []) if value is None else (f"{name} = ?", [value])
        case Operator.NOT_EQUAL:
            return f"{name} IS NOT ?", [value]
        case Operator.IN:
            # one bound list: the text is the same for any number of values
            listed = msgspec.json.encode([v for v in value if v is not None]).decode()
            text = f"{name} IN (SELECT value FROM json_each(?))"
            if None in value:
                text = f"({text} OR {name} IS NULL)"
            return text, [listed]
        case _:
            return f"{name} {_ORDER_SIGNS[condition.operator]} ?", [value]


def order_sql(sort: Sequence[tuple[str, int]]) -> str:
    """The ORDER BY list of a full sort."""
    return ", ".join(f"{column(name)}{' DESC' if way < 0 else ''}" for name, way in sort)


def after_sql(sort: Sequence[tuple[str, int]], place: Sequence[Any]) -> tuple[str, list[Any]]:
    """The condition that a row comes behind `place` in the full sort."""
    ways: list[str] = []
    values: list[Any] = []
    for at, (name, direction) in enumerate(sort):
        behind = _behind(column(name), direction, place[at])
        if behind is None:
            continue
        equal = [f"{column(earlier)} IS ?" for earlier, _ in sort[:at]]
        ways.append("(" + " AND ".join([*equal, behind]) + ")")
        values.extend(place[:at])
        if place[at] is not None:
            values.append(place[at])
    text = "(" + " OR ".join(ways or ["0"]) + ")"
    name, direction = sort[0]
    if place[0] is not None and direction > 0:
        # implied by the above; said again because the planner finds a range in it
        text = f"{column(name)} >= ? AND {text}"
        values.insert(0, place[0])
    return text, values


def _behind(name: str, direction: int, value: Any) -> str | None:
    if direction > 0:
        return f"{name} IS NOT NULL" if value is None else f"{name} > ?"
    return None if value is None else f"({name} < ? OR {name} IS NULL)"
