# ruff: noqa: S608 — only declared, checked names are spelled into SQL; every value is bound
"""The writes of the port as jobs for the writer thread (see `writer.py`)."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import msgspec

from hub.store.documents import Body, Duplicate, Update
from hub.store.query import Condition
from hub.store.sqlite.table import Step, Table
from hub.store.sqlite.where import order_sql, where_sql

_BULK = 8
"""So many equal writes are worth a savepoint."""


@dataclass(frozen=True, slots=True)
class UnitOfWork:
    """All steps or nothing."""

    steps: Sequence[Step]

    def __call__(self, cursor: sqlite3.Cursor) -> None:
        """Runs them in order; raises `Conflict` or `Duplicate` naming the write that failed."""
        _run(cursor, self.steps)


def run_together(units: Iterable[UnitOfWork], cursor: sqlite3.Cursor) -> None:
    """Units that do not know each other as one: the new documents of a collection by one statement,
    then the rest in order. That is some order of the units, or it fails, and nobody knows whose fault
    it is: then they are to be run one by one.
    """
    rows: dict[str, list[Sequence[Any]]] = {}
    rest: list[Step] = []
    for unit in units:
        for step in unit.steps:
            if step.plain_insert:
                rows.setdefault(step.sql, []).append(step.values)
            else:
                rest.append(step)
    for sql, values in rows.items():
        cursor.executemany(sql, values)
    _run(cursor, rest)


def _run(cursor: sqlite3.Cursor, steps: Sequence[Step]) -> None:
    """In order; a bulk of equal writes (a page of outcomes, of new rows) goes to the driver at once."""
    if len(steps) < _BULK:
        _one_by_one(cursor, steps)
        return
    for sql, found in groupby(steps, key=lambda step: step.sql):
        alike = list(found)
        if len(alike) >= _BULK and all(step.plain_update or step.plain_insert for step in alike):
            _bulk(cursor, sql, alike)
        else:
            _one_by_one(cursor, alike)


def _one_by_one(cursor: sqlite3.Cursor, steps: Sequence[Step]) -> None:
    for step in steps:
        step.run(cursor)


def _bulk(cursor: sqlite3.Cursor, sql: str, steps: Sequence[Step]) -> None:
    cursor.execute("SAVEPOINT bulk")
    try:
        cursor.executemany(sql, [step.values for step in steps])
        held = cursor.rowcount == len(steps)
    except sqlite3.IntegrityError:
        held = False
    if not held:  # once more, slowly, so that the write is named
        cursor.execute("ROLLBACK TO bulk")
        _one_by_one(cursor, steps)
    cursor.execute("RELEASE bulk")


def insert_many(table: Table, documents: Sequence[tuple[str, Body]]) -> Callable[[sqlite3.Cursor], list[str]]:
    """The ids refused as duplicates. The fast way first: usually there are none."""
    rows = [table.row(id, body) for id, body in documents]

    def one_by_one(cursor: sqlite3.Cursor) -> list[str]:
        refused: list[str] = []
        for (id, body), row in zip(documents, rows, strict=True):
            cursor.execute(table.insert_or_skip_sql, row)
            if cursor.rowcount == 0:
                refused.append(id)
            elif table.fulltext is not None:
                table.fulltext.add(cursor, id, body.get(table.fulltext.field))
        return refused

    def run(cursor: sqlite3.Cursor) -> list[str]:
        if table.fulltext is not None:
            return one_by_one(cursor)
        cursor.execute("SAVEPOINT bulk")
        cursor.executemany(table.insert_or_skip_sql, rows)
        refused: list[str] = []
        if cursor.rowcount != len(rows):
            cursor.execute("ROLLBACK TO bulk")
            refused = one_by_one(cursor)
        cursor.execute("RELEASE bulk")
        return refused

    return run


def settle(table: Table, changes: Sequence[tuple[str, int, Body]]) -> Callable[[sqlite3.Cursor], list[str]]:
    """The ids whose version was no longer current; the others are changed."""
    by_sql: dict[str, list[tuple[Any, ...]]] = {}
    for id, version, body in changes:
        assignments, values = table.assignments(body)
        sql = f"UPDATE {table.name} SET {assignments} WHERE id = ? AND version = ?"
        by_sql.setdefault(sql, []).append((*values, id, version))

    def one_by_one(cursor: sqlite3.Cursor) -> list[str]:
        lost: list[str] = []
        for sql, rows in by_sql.items():
            for row in rows:
                try:
                    cursor.execute(sql, row)
                except sqlite3.IntegrityError:
                    write = Update(table.collection.name, row[-2], {}, row[-1])
                    raise Duplicate(write, ("unique",)) from None
                if cursor.rowcount == 0:
                    lost.append(row[-2])
        return lost

    def run(cursor: sqlite3.Cursor) -> list[str]:
        cursor.execute("SAVEPOINT bulk")
        held = 0
        try:
            for sql, rows in by_sql.items():
                cursor.executemany(sql, rows)
                held += cursor.rowcount
        except sqlite3.IntegrityError:
            held = -1
        lost: list[str] = []
        if held != len(changes):
            cursor.execute("ROLLBACK TO bulk")
            lost = one_by_one(cursor)
        cursor.execute("RELEASE bulk")
        return lost

    return run


def claim(
    table: Table,
    conditions: Sequence[Condition],
    sort: Sequence[tuple[str, int]],
    limit: int,
    changes: Body,
) -> Callable[[sqlite3.Cursor], list[tuple[Any, ...]]]:
    """The claimed rows in `sort` order as they are now. The one writer makes it atomic."""
    where, bound = where_sql(conditions)
    assignments, values = table.assignments(changes)
    select = f"SELECT id FROM {table.name} WHERE {where} ORDER BY {order_sql(sort)} LIMIT ?"
    update = (
        f"UPDATE {table.name} SET {assignments} WHERE id IN (SELECT value FROM json_each(?)) "
        f"RETURNING {table.columns}"
    )

    def run(cursor: sqlite3.Cursor) -> list[tuple[Any, ...]]:
        ids = [row[0] for row in cursor.execute(select, (*bound, limit))]
        if not ids:
            return []
        listed = msgspec.json.encode(ids).decode()
        changed = {row[0]: row for row in cursor.execute(update, (*values, listed))}
        return [changed[id] for id in ids]

    return run


def delete_some(table: Table, conditions: Sequence[Condition], limit: int) -> Callable[[sqlite3.Cursor], int]:
    """How many documents were removed."""
    where, bound = where_sql(conditions)
    chosen = f"SELECT id FROM {table.name} WHERE {where} LIMIT ?"

    def run(cursor: sqlite3.Cursor) -> int:
        if table.fulltext is not None:
            for (id,) in cursor.execute(chosen, (*bound, limit)).fetchall():
                table.unindexing(id)(cursor)
        cursor.execute(f"DELETE FROM {table.name} WHERE id IN ({chosen})", (*bound, limit))
        return cursor.rowcount

    return run


def next_number(table: Table, counter: str, amount: int) -> Callable[[sqlite3.Cursor], int]:
    """The last number of the reserved ones."""
    sql = (
        f"INSERT INTO {table.name} ({table.columns}) VALUES (?, 1, ?, '{{}}') "
        'ON CONFLICT (id) DO UPDATE SET version = version + 1, "f_value" = "f_value" + '
        'excluded."f_value" RETURNING "f_value"'
    )

    def run(cursor: sqlite3.Cursor) -> int:
        row: tuple[int] = cursor.execute(sql, (counter, amount)).fetchall()[0]
        return row[0]

    return run
