# ruff: noqa: S608 — only declared, checked names are spelled into SQL; every value is bound
"""Makes and evolves the tables of the declared collections.

A declaration may change between two starts. Nothing is ever lost by that: a new field is
filled from the JSON text, a field no longer declared goes back into it. Indexes are made
and dropped to match. What *documents mean* is changed by `hub/store/migrations.py`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from hub.store.documents import Refused
from hub.store.sqlite.counts import CREATE_COUNTS
from hub.store.sqlite.table import SQL_TYPES, Table
from hub.store.sqlite.where import column

APPLICATION_ID = 0x43434855
LAYOUT = 1
"""The way tables are laid out in the file; a file with a newer one is refused."""


def prepare(connection: sqlite3.Connection, tables: Iterable[Table]) -> None:
    """Brings the file to the declarations in one transaction. Raises `Refused`."""
    cursor = connection.cursor()
    cursor.execute("BEGIN IMMEDIATE")
    try:
        cursor.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        cursor.execute(f"PRAGMA user_version = {LAYOUT}")
        cursor.execute("CREATE TABLE IF NOT EXISTS m_meta (key TEXT PRIMARY KEY, value TEXT)")
        cursor.execute(CREATE_COUNTS)
        for table in tables:
            fresh = _drop_old_counts(cursor, table)
            _prepare_table(cursor, table)
            if fresh:
                table.counts.start(cursor)
            _prepare_indexes(cursor, table)
            _prepare_fulltext(cursor, table)
        cursor.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.rollback()
        raise


def check_kind(connection: sqlite3.Connection) -> None:
    """Refuses another program's file and a newer layout, before anything is written to it."""
    cursor = connection.cursor()
    (application,) = cursor.execute("PRAGMA application_id").fetchone()
    (layout,) = cursor.execute("PRAGMA user_version").fetchone()
    (tables,) = cursor.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application != APPLICATION_ID and tables:
        raise Refused(
            "该文件是其他程序的数据库，请换一个路径。 / "
            "This file is another program's database; choose another path."
        )
    if layout > LAYOUT:
        raise Refused(
            f"数据库格式版本 {layout} 高于本程序支持的 {LAYOUT}，请升级程序。 / "
            f"The file has layout {layout}, this program knows {LAYOUT}; upgrade the program."
        )


def _drop_old_counts(cursor: sqlite3.Cursor, table: Table) -> bool:
    """Whether they are to be made anew. Before the columns they are made of may go."""
    key, counts = f"counts:{table.collection.name}", table.counts
    row = cursor.execute("SELECT value FROM m_meta WHERE key = ?", (key,)).fetchone()
    if (row[0] if row else "") == counts.marker:
        return False
    counts.drop(cursor)
    cursor.execute("DELETE FROM m_meta WHERE key = ?", (key,))
    if counts.marker:
        cursor.execute("INSERT INTO m_meta VALUES (?, ?)", (key, counts.marker))
    return bool(counts.marker)


def _prepare_table(cursor: sqlite3.Cursor, table: Table) -> None:
    wanted = {column(f).strip('"'): SQL_TYPES[t] for f, t in table.collection.fields.items()}
    fields = "".join(f'"{name}" {kind}, ' for name, kind in wanted.items())
    cursor.execute(
        f"CREATE TABLE IF NOT EXISTS {table.name} (id TEXT NOT NULL PRIMARY KEY, "
        f"version INTEGER NOT NULL, {fields}body TEXT NOT NULL) WITHOUT ROWID"
    )
    info = cursor.execute(f"PRAGMA table_info({table.name})").fetchall()
    present = {row[1]: row[2] for row in info if row[1].startswith("f_")}
    for name, kind in present.items():
        if wanted.get(name) != kind:
            _fold_into_body(cursor, table, name)
    new = {name: kind for name, kind in wanted.items() if present.get(name) != kind}
    for name, kind in new.items():
        cursor.execute(f'ALTER TABLE {table.name} ADD COLUMN "{name}" {kind}')
    if new:  # all at once: a table may hold millions of rows
        found = (f'"{n}" = CAST(json_extract(body, \'$."{n[2:]}"\') AS {kind})' for n, kind in new.items())
        cursor.execute(f"UPDATE {table.name} SET {', '.join(found)}")


def _fold_into_body(cursor: sqlite3.Cursor, table: Table, name: str) -> None:
    indexes = cursor.execute(f"PRAGMA index_list({table.name})").fetchall()
    for index in indexes:
        listed = cursor.execute(f'PRAGMA index_info("{index[1]}")').fetchall()
        if any(row[2] == name for row in listed):
            cursor.execute(f'DROP INDEX "{index[1]}"')
    cursor.execute(
        f'UPDATE {table.name} SET body = json_set(body, \'$."{name[2:]}"\', "{name}") '
        f'WHERE "{name}" IS NOT NULL'
    )
    cursor.execute(f'ALTER TABLE {table.name} DROP COLUMN "{name}"')


def _prepare_indexes(cursor: sqlite3.Cursor, table: Table) -> None:
    collection = table.collection
    wanted: dict[str, str] = {}
    for key in collection.unique:
        listed = ", ".join(column(f) for f in key)
        name = f"u_{collection.name}_{'_'.join(key)}"
        wanted[name] = f'CREATE UNIQUE INDEX "{name}" ON {table.name} ({listed})'
    for key in collection.indexes:
        listed = ", ".join([*(column(f) for f in key), "id"])
        name = f"i_{collection.name}_{'_'.join(key)}"
        wanted[name] = f'CREATE INDEX "{name}" ON {table.name} ({listed})'
    rows = cursor.execute(
        "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql NOT NULL "
        "ORDER BY rowid",
        (table.name.strip('"'),),
    ).fetchall()
    present = [row[0] for row in rows]
    # Of two indexes that serve a query alike SQLite takes the one that was made last: they stand as declared.
    kept = {name for name, declared in zip(present, wanted, strict=False) if name == declared}
    for name in present:
        if name not in kept:
            cursor.execute(f'DROP INDEX "{name}"')
    for name, sql in wanted.items():
        if name not in kept:
            try:
                cursor.execute(sql)
            except sqlite3.IntegrityError as error:
                raise Refused(
                    f"集合 {collection.name} 中已有重复数据，无法建立唯一约束 {name}。 / "
                    f"{collection.name} already holds duplicates of the unique key {name}."
                ) from error


def _prepare_fulltext(cursor: sqlite3.Cursor, table: Table) -> None:
    key = f"search:{table.collection.name}"
    row = cursor.execute("SELECT value FROM m_meta WHERE key = ?", (key,)).fetchone()
    marker = table.fulltext.marker if table.fulltext else None
    if (row[0] if row else None) == marker:
        return
    for name in (f'"s_{table.collection.name}"', f'"k_{table.collection.name}"'):
        cursor.execute(f"DROP TABLE IF EXISTS {name}")
    cursor.execute("DELETE FROM m_meta WHERE key = ?", (key,))
    if table.fulltext is None:
        return
    for sql in table.fulltext.create_sql():
        cursor.execute(sql)
    reader = cursor.connection.cursor()
    for document in reader.execute(f"SELECT {table.columns} FROM {table.name} ORDER BY id"):
        table.fulltext.add(cursor, document[0], table.body(document).get(table.fulltext.field))
    cursor.execute("INSERT INTO m_meta VALUES (?, ?)", (key, marker))
