# ruff: noqa: S608 — only declared, checked names are spelled into SQL; every value is bound
"""One collection as one table: its statements, and documents to rows and back.

Declared fields are typed columns and leave the JSON text, so that a claim or a settled
delivery rewrites a few columns and no text. A column that is NULL says nothing about
whether the field was None or missing: an explicit None is kept as `null` in the JSON.
On reading a column that holds something wins over the JSON.

Statements are made once per shape (the set of written fields); the driver then finds them
prepared in its cache.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import msgspec

from hub.store.counting import check_uncounted
from hub.store.documents import (
    Add,
    Body,
    Collection,
    Conflict,
    Delete,
    Duplicate,
    Insert,
    Stored,
    Undeclared,
    Update,
    Write,
)
from hub.store.query import check_name, check_value
from hub.store.sqlite.counts import Counts
from hub.store.sqlite.fulltext import FullText
from hub.store.sqlite.where import column, table_name

SQL_TYPES: dict[type, str] = {str: "TEXT", int: "INTEGER", float: "REAL"}


class Step(NamedTuple):
    """One write, ready to run: nothing is decided or encoded in the writer thread."""

    sql: str
    values: Sequence[Any]
    write: Write
    must_hit: bool = False
    before: Callable[[sqlite3.Cursor], None] | None = None
    after: Callable[[sqlite3.Cursor], None] | None = None

    @property
    def plain_update(self) -> bool:
        """Whether it is an update of one row and of nothing beside it."""
        return self.must_hit and self.before is None and self.after is None and type(self.write) is Update

    @property
    def plain_insert(self) -> bool:
        """Whether it is one statement that puts in one new row."""
        return type(self.write) is Insert and self.after is None

    def run(self, cursor: sqlite3.Cursor) -> None:
        """Executes it; raises `Conflict` or `Duplicate` naming the write."""
        if self.before is not None:
            self.before(cursor)
        try:
            cursor.execute(self.sql, self.values)
        except sqlite3.IntegrityError as error:
            raise Duplicate(self.write, _broken_key(error)) from None
        if self.must_hit and cursor.rowcount == 0:
            raise Conflict(self.write)
        if self.after is not None:
            self.after(cursor)


def _broken_key(error: sqlite3.IntegrityError) -> tuple[str, ...]:
    # "UNIQUE constraint failed: c_cases.f_reference, c_cases.f_year"
    columns = str(error).partition(": ")[2].split(", ")
    return tuple(c.rpartition(".")[2].removeprefix("f_") for c in columns)


class Table:
    """The statements of one collection."""

    def __init__(self, collection: Collection) -> None:
        self.collection = collection
        self.name = table_name(collection.name)
        self._fields = tuple(collection.fields.items())
        self._names = tuple(collection.fields)
        self._types = tuple(collection.fields.values())
        self._nothing = (None,) * len(self._names)
        self._good_names = set(collection.fields)
        self._encoder = msgspec.json.Encoder()
        self._decoder = msgspec.json.Decoder(dict[str, Any])
        names = ["id", "version", *(column(f) for f in collection.fields), "body"]
        self.columns = ", ".join(names)
        marks = ", ".join("?" * len(self._fields))
        self.insert_sql = (
            f"INSERT INTO {self.name} ({self.columns}) VALUES (?, 1{', ' if marks else ''}{marks}, ?)"
        )
        self.insert_or_skip_sql = self.insert_sql + " ON CONFLICT DO NOTHING"
        self.by_id_sql = f"SELECT {self.columns} FROM {self.name} WHERE id = ?"
        self._delete_sql = f"DELETE FROM {self.name} WHERE id = ? AND version = ?"
        self._assignments: dict[tuple[str, ...], str] = {}
        self._plain: dict[tuple[str, ...], tuple[tuple[type, ...], str]] = {}
        self._upserts: dict[tuple[str, ...], str] = {}
        self.fulltext = FullText(collection, collection.search, self.body) if collection.search else None
        self.counts = Counts(collection, self.name)

    # -- rows ----------------------------------------------------------------------

    def row(self, id: str, body: Body) -> tuple[Any, ...]:
        """The values of `insert_sql`."""
        if type(id) is not str:
            check_value(self.collection, "id", id)
        rest = dict(body)
        # Every stored document passes here: the usual one without a step of ours per field.
        values = tuple(map(rest.pop, self._names, self._nothing))
        if tuple(map(type, values)) != self._types:
            self._look_closer(values, body, rest)
        if not self._good_names.issuperset(rest):
            for name in rest:
                self._learn(name)
        return (id, *values, self._encoder.encode(rest).decode())

    def _look_closer(self, values: Sequence[Any], body: Body, rest: Body) -> None:
        for (name, declared), value in zip(self._fields, values, strict=True):
            if value is None:
                if name in body:
                    rest[name] = None
            elif type(value) is not declared:
                check_value(self.collection, name, value)

    def body(self, row: Sequence[Any]) -> Body:
        """The body of a row read with `columns`."""
        body = self._decoder.decode(row[-1])
        at = 2
        for name, _ in self._fields:
            if row[at] is not None:
                body[name] = row[at]
            at += 1
        return body

    def stored(self, row: Sequence[Any]) -> Stored:
        """The document of a row read with `columns`."""
        return Stored(row[0], row[1], self.body(row))

    def _learn(self, name: str) -> None:
        check_name(self.collection, name)
        self._good_names.add(name)

    # -- writes --------------------------------------------------------------------

    def step(self, write: Write) -> Step:
        """Any write as a step."""
        match write:
            case Insert():
                return self._insert(write)
            case Update():
                return self._update(write)
            case Add():
                return self._add(write)
            case Delete():
                return self._delete(write)

    def _insert(self, write: Insert) -> Step:
        values = self.row(write.id, write.body)
        if self.fulltext is None:
            return Step(self.insert_sql, values, write)
        return Step(self.insert_sql, values, write, after=self._indexing(write.id, write.body))

    def _update(self, write: Update) -> Step:
        assignments, values = self.assignments(write.set)
        sql = f"UPDATE {self.name} SET {assignments} WHERE id = ? AND version = ?"
        values += (write.id, write.version)
        if self.fulltext is None or self.fulltext.field not in write.set:
            return Step(sql, values, write, must_hit=True)
        return Step(
            sql,
            values,
            write,
            must_hit=True,
            before=self.unindexing(write.id),
            after=self._indexing(write.id, write.set),
        )

    def _delete(self, write: Delete) -> Step:
        before = self.unindexing(write.id) if self.fulltext else None
        values = (write.id, write.version)
        return Step(self._delete_sql, values, write, must_hit=True, before=before)

    def _add(self, write: Add) -> Step:
        check_uncounted(self.collection, "Add")
        names = tuple(write.amounts)
        declared = [n for n in names if n in self.collection.fields]
        loose = [n for n in names if n not in self.collection.fields]
        for name, amount in write.amounts.items():
            self._learn(name)
            if type(amount) is not int:
                raise Undeclared(f"{write.collection}.{name}: only integers are added")
        sql = self._upserts.get(names)
        if sql is None:
            sql = self._upserts[names] = self._upsert_sql(declared, loose)
        start = self._encoder.encode({n: write.amounts[n] for n in loose}).decode()
        values = [write.id, *(write.amounts[n] for n in declared), start]
        values += [write.amounts[n] for n in loose]
        return Step(sql, values, write)

    def _upsert_sql(self, declared: list[str], loose: list[str]) -> str:
        columns = [column(n) for n in declared]
        sums = ["version = version + 1"]
        sums += [f"{c} = coalesce({c}, 0) + excluded.{c}" for c in columns]
        if loose:
            paths = [f"'$.\"{n}\"', coalesce(json_extract(body, '$.\"{n}\"'), 0) + ?" for n in loose]
            sums.append(f"body = json_set(body, {', '.join(paths)})")
        listed = ", ".join(["id", "version", *columns, "body"])
        marks = ", ".join(["?", "1", *("?" for _ in columns), "?"])
        return (
            f"INSERT INTO {self.name} ({listed}) VALUES ({marks}) "
            f"ON CONFLICT (id) DO UPDATE SET {', '.join(sums)}"
        )

    def assignments(self, changes: Body) -> tuple[str, tuple[Any, ...]]:
        """The SET list that merges top-level `changes`, and its values."""
        # The dispatcher writes the same few fields for ever: that statement is found by their names.
        names, given = tuple(changes), tuple(changes.values())
        plain = self._plain.get(names)
        if plain is not None and tuple(map(type, given)) == plain[0]:
            return plain[1], given
        fields = self.collection.fields
        shape: list[str] = []
        in_columns: list[Any] = []
        in_body: list[Any] = []
        for name, value in changes.items():
            declared = fields.get(name)
            if declared is None:
                if name not in self._good_names:
                    self._learn(name)
                shape.append(name)
                in_body.append(self._encoder.encode(value).decode())
            elif value is None:
                shape.append("-" + name)
            else:
                if type(value) is not declared:
                    check_value(self.collection, name, value)
                shape.append(name)
                in_columns.append(value)
        key = tuple(shape)
        sql = self._assignments.get(key)
        if sql is None:
            sql = self._assignments[key] = self._assignments_sql(key)
        types = tuple(map(type, given))
        if all(fields.get(name) is declared for name, declared in zip(names, types, strict=True)):
            self._plain[names] = types, sql
        return sql, (*in_columns, *in_body)

    def _assignments_sql(self, shape: Iterable[str]) -> str:
        parts = ["version = version + 1"]
        paths: list[str] = []
        for name in shape:
            if name.startswith("-"):
                parts.append(f"{column(name[1:])} = NULL")
                paths.append(f"'$.\"{name[1:]}\"', json('null')")
            elif name in self.collection.fields:
                parts.append(f"{column(name)} = ?")
            else:
                paths.append(f"'$.\"{name}\"', json(?)")
        if paths:
            parts.append(f"body = json_set(body, {', '.join(paths)})")
        return ", ".join(parts)

    # -- full text -----------------------------------------------------------------

    def _indexing(self, id: str, body: Body) -> Callable[[sqlite3.Cursor], None]:
        fulltext = self.fulltext
        if fulltext is None:
            return lambda cursor: None
        value = body.get(fulltext.field)
        return lambda cursor: fulltext.add(cursor, id, value)

    def unindexing(self, id: str) -> Callable[[sqlite3.Cursor], None]:
        """Takes the document out of the full text; does nothing where there is none."""
        fulltext, select = self.fulltext, self.by_id_sql
        if fulltext is None:
            return lambda cursor: None
        return lambda cursor: fulltext.remove(cursor, select, id)
