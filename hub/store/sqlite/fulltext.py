# ruff: noqa: S608 — only declared, checked names are spelled into SQL; every value is bound
"""Full text of one collection: a contentless FTS5 table over the terms of `terms.py`.

Contentless with `detail=none` is the smallest form (about 90 bytes a document) and holds
no readable text beside the terms. Its price: a row can only be taken out by telling the
table the very terms it was put in with, so they are made again from the old document.
FTS rows are numbered; `k_…` maps numbers to ids, because document tables have no rowid.
The `ascii` tokenizer splits our blank-separated terms at blanks only; newer Unicode
characters would be separators to `unicode61`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from hub.store import terms
from hub.store.documents import Body, Collection


class FullText:
    """Keeps and asks the search index of `collection`, whose search field is `field`."""

    def __init__(self, collection: Collection, field: str, body_of: Callable[[Any], Body]) -> None:
        self.field = field
        self.marker = f"{terms.VERSION}:{field}"
        self._body_of = body_of
        self.index = f'"s_{collection.name}"'
        self.numbers = f'"k_{collection.name}"'

    def create_sql(self) -> tuple[str, ...]:
        """Statements that make the empty index."""
        return (
            f"CREATE TABLE {self.numbers} (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE)",
            f"CREATE VIRTUAL TABLE {self.index} USING fts5(terms, content='', detail=none, tokenize='ascii')",
        )

    def add(self, cursor: sqlite3.Cursor, id: str, value: object) -> None:
        """Indexes a document; one without terms is not in the index."""
        listed = terms.index_terms(value)
        if not listed:
            return
        cursor.execute(f"INSERT INTO {self.numbers}(id) VALUES (?)", (id,))
        cursor.execute(
            f"INSERT INTO {self.index}(rowid, terms) VALUES (last_insert_rowid(), ?)",
            (" ".join(listed),),
        )

    def remove(self, cursor: sqlite3.Cursor, select_sql: str, id: str) -> None:
        """Takes a document out, before it is changed; `select_sql` reads it by id."""
        number = cursor.execute(f"SELECT n FROM {self.numbers} WHERE id = ?", (id,)).fetchone()
        row = cursor.execute(select_sql, (id,)).fetchone()
        if number is None or row is None:
            return
        listed = terms.index_terms(self._body_of(row).get(self.field))
        cursor.execute(
            f"INSERT INTO {self.index}({self.index}, rowid, terms) VALUES ('delete', ?, ?)",
            (number[0], " ".join(listed)),
        )
        cursor.execute(f"DELETE FROM {self.numbers} WHERE n = ?", number)

    def match(self, wanted: list[terms.QueryTerm]) -> str:
        """The FTS5 query: every term, quoted."""
        return " AND ".join(
            '"' + term.text.replace('"', '""') + '"' + ("*" if term.prefix else "") for term in wanted
        )
