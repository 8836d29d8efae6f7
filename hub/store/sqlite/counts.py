# ruff: noqa: S608 — only declared, checked names are spelled into SQL; every value is bound
"""Counted groups of one collection: one row a group, kept by triggers.

A trigger runs in the transaction of the statement that fired it, whichever that is, so no way of writing can
forget it and nothing of it outlives a rollback.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from hub.store.counting import kept_as
from hub.store.documents import Collection
from hub.store.sqlite.where import column

CREATE_COUNTS = (
    "CREATE TABLE IF NOT EXISTS m_counts (name TEXT NOT NULL, key TEXT NOT NULL, n INTEGER NOT NULL, "
    "PRIMARY KEY (name, key)) WITHOUT ROWID"
)


class Counts:
    """The triggers and rows of one collection. marker: changes with the declaration, "" where nothing is
    counted."""

    def __init__(self, collection: Collection, table: str) -> None:
        self._collection = collection
        self._table = table
        kinds = [[collection.fields[name].__name__ for name in key] for key in collection.counted]
        self.marker = msgspec.json.encode([collection.counted, kinds]).decode() if kinds else ""

    def start(self, cursor: sqlite3.Cursor) -> None:
        """Makes the triggers and counts what is there."""
        for sql in self._triggers():
            cursor.execute(sql)
        for fields in self._collection.counted:
            cursor.execute(f"INSERT INTO m_counts {self._groups(fields)}")

    def drop(self, cursor: sqlite3.Cursor) -> None:
        """Takes away what an earlier declaration made."""
        triggers = cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?",
            (self._table.strip('"'),),
        ).fetchall()
        for (name,) in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        self._clear(cursor)

    def read(self, fields: Sequence[str], within: Sequence[Any]) -> tuple[str, list[Any]]:
        """The statement that reads the groups, and its values."""
        name = kept_as(self._collection, fields)
        sql = "SELECT key, n FROM m_counts WHERE name = ? AND n <> 0"
        if not within:
            return sql, [name]
        begins = f"json_array({', '.join('?' * len(within))})"
        if len(within) == len(fields):
            return f"{sql} AND key = {begins}", [name, *within]
        begins = f"substr({begins}, 1, length({begins}) - 1)"
        # "," is followed by "-" in the order of characters
        values = [name, *within, *within, *within, *within]
        return f"{sql} AND key > {begins} || ',' AND key < {begins} || '-'", values

    def recount(self, *, mend: bool) -> Callable[[sqlite3.Cursor], int]:
        """The groups that are kept wrong, in the one transaction of the writer."""
        names = [kept_as(self._collection, fields) for fields in self._collection.counted]

        def run(cursor: sqlite3.Cursor) -> int:
            right: dict[tuple[str, str], int] = {}
            for fields in self._collection.counted:
                right |= {(name, key): n for name, key, n in cursor.execute(self._groups(fields))}
            kept = {
                (name, key): n
                for wanted in names
                for name, key, n in cursor.execute(
                    "SELECT name, key, n FROM m_counts WHERE name = ? AND n <> 0", (wanted,)
                )
            }
            wrong = [key for key in right.keys() | kept.keys() if right.get(key) != kept.get(key)]
            if mend and wrong:
                self._clear(cursor)
                rows = [(*key, n) for key, n in right.items()]
                cursor.executemany("INSERT INTO m_counts VALUES (?, ?, ?)", rows)
            return len(wrong)

        return run

    def _clear(self, cursor: sqlite3.Cursor) -> None:
        start = f"{self._collection.name}:"
        cursor.execute("DELETE FROM m_counts WHERE substr(name, 1, ?) = ?", (len(start), start))

    def _groups(self, fields: Sequence[str]) -> str:
        columns = ", ".join(map(column, fields))
        name = kept_as(self._collection, fields)
        return f"SELECT '{name}', json_array({columns}), count(*) FROM {self._table} GROUP BY {columns}"

    def _triggers(self) -> Iterator[str]:
        grown = [self._grow(fields, "NEW", 1) for fields in self._collection.counted]
        shrunk = [self._grow(fields, "OLD", -1) for fields in self._collection.counted]
        name = self._collection.name
        yield f'CREATE TRIGGER "n_{name}_i" AFTER INSERT ON {self._table} BEGIN {" ".join(grown)} END'
        yield f'CREATE TRIGGER "n_{name}_d" AFTER DELETE ON {self._table} BEGIN {" ".join(shrunk)} END'
        for number, fields in enumerate(self._collection.counted):
            columns = list(map(column, fields))
            changed = " OR ".join(f"OLD.{one} IS NOT NEW.{one}" for one in columns)
            yield (
                f'CREATE TRIGGER "n_{name}_u{number}" AFTER UPDATE OF {", ".join(columns)} ON {self._table} '
                f"WHEN {changed} BEGIN {shrunk[number]} {grown[number]} END"
            )

    def _grow(self, fields: Sequence[str], row: str, amount: int) -> str:
        key = ", ".join(f"{row}.{column(name)}" for name in fields)
        name = kept_as(self._collection, fields)
        return (
            f"INSERT INTO m_counts VALUES ('{name}', json_array({key}), {amount}) "
            f"ON CONFLICT (name, key) DO UPDATE SET n = n + excluded.n;"
        )
