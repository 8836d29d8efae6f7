# ruff: noqa: S608 — only declared, checked names are spelled into SQL; every value is bound
"""`Documents` on one SQLite file.

Three ways to the file: the writer thread (`writer.py`); the event loop's own read-only
connection for look-ups by id or unique key and for short lists, which take some microseconds
and would cost more in a thread; and one reader thread for long lists, counts and search, and for
short lists that turn out to be much work. A second reader thread would only fight for the
interpreter lock. In WAL mode every statement sees what
was committed before it, so a read that follows an awaited commit sees it.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol, TypeVar

import msgspec

from hub.store import terms
from hub.store.counting import check_counted, check_uncounted
from hub.store.documents import (
    Body,
    Collection,
    Refused,
    Sort,
    Stored,
    StoreUnavailable,
    Undeclared,
    Where,
    Write,
)
from hub.store.internal import COUNTERS, all_collections
from hub.store.query import (
    check_limit,
    check_served,
    check_sort,
    check_unsearched,
    decode_cursor,
    encode_cursor,
    every,
    full_sort,
    is_unique_key,
    parse_where,
)
from hub.store.sqlite import jobs, schema
from hub.store.sqlite.lock import Lock, free_lock, take_lock
from hub.store.sqlite.table import Table
from hub.store.sqlite.where import after_sql, column, order_sql, where_sql
from hub.store.sqlite.writer import Writer

_T = TypeVar("_T")
_FEW = 64
"""So many documents are read by the event loop itself: to hand them to the thread costs more than they do."""
_STEP, _STEPS = 1000, 20
"""A list is found there in so many times so many instructions of SQLite (some 2 ms), else in the thread."""
_OFTEN = 3
"""Work that took more so often is done in the thread at once."""


class Clock(Protocol):
    """Where the time comes from (see `hub/runtime/clock.py`)."""

    def now_ms(self) -> int:
        """Milliseconds UTC."""


async def open_sqlite(path: Path, collections: Sequence[Collection], *, clock: Clock) -> SqliteDocuments:
    """Opens (or makes, readable by its owner only) the file and its tables.

    Raises `Refused` when another process holds it or it is not ours to write.
    """
    tables = {name: Table(c) for name, c in all_collections(collections).items()}
    loop = asyncio.get_running_loop()
    return await asyncio.to_thread(_open, path, tables, clock, loop)


def _open(
    path: Path, tables: dict[str, Table], clock: Clock, loop: asyncio.AbstractEventLoop
) -> SqliteDocuments:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = take_lock(path)
    except OSError as error:
        raise _cannot_open(path, error) from error
    try:
        writing = _connect(path, "rw")
        try:
            schema.check_kind(writing)
            _tune(writing)
            schema.prepare(writing, tables.values())
        except BaseException:
            writing.close()
            raise
    except (sqlite3.DatabaseError, OSError) as error:
        free_lock(lock)
        raise _cannot_open(path, error) from error
    except BaseException:
        free_lock(lock)
        raise
    writer = Writer(writing, loop, name=f"store-writer-{path.name}")
    return SqliteDocuments(path, tables, clock, writer, _connect(path, "ro"), lock)


async def read_sqlite(path: Path, collections: Sequence[Collection], *, clock: Clock) -> SqliteDocuments:
    """Opens the file to read from it only, whoever has it open: no lock is taken, nothing is made or
    brought up to date, and every write is refused.

    Raises `Refused` when there is no such file, or when it was never opened by this release.
    """
    tables = {name: Table(c) for name, c in all_collections(collections).items()}
    loop = asyncio.get_running_loop()
    return await asyncio.to_thread(_read, path, tables, clock, loop)


def _read(
    path: Path, tables: dict[str, Table], clock: Clock, loop: asyncio.AbstractEventLoop
) -> SqliteDocuments:
    try:
        looking = _connect(path, "ro")
        try:
            schema.check_kind(looking)
            for table in tables.values():
                looking.execute(f"SELECT {table.columns} FROM {table.name} LIMIT 0").fetchall()
        except BaseException:
            looking.close()
            raise
        # What this writer is given fails at its BEGIN: its connection cannot write.
        writer = Writer(_connect(path, "ro"), loop, name=f"store-nowriter-{path.name}")
    except sqlite3.DatabaseError as error:
        raise _cannot_open(path, error) from error
    return SqliteDocuments(path, tables, clock, writer, looking, ())


def _cannot_open(path: Path, error: Exception) -> Refused:
    said = error.strerror if isinstance(error, OSError) else error
    return Refused(
        f"无法打开数据库 {path.name}：{said}；请检查路径、权限和磁盘。 / "
        f"Cannot open {path.name}: {said}. Check the path, permissions and the disk."
    )


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=10.0,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=1024,
    )


def _tune(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA wal_autocheckpoint = 4000")
    connection.execute("PRAGMA journal_size_limit = 67108864")
    connection.execute("PRAGMA cache_size = -32000")


class SqliteDocuments:
    """See `hub.store.documents.Documents`; made by `open_sqlite`."""

    def __init__(
        self,
        path: Path,
        tables: dict[str, Table],
        clock: Clock,
        writer: Writer,
        looking_up: sqlite3.Connection,
        lock: Lock | tuple[()],
    ) -> None:
        self._path = path
        self._tables = tables
        self._clock = clock
        self._writer = writer
        self._looking_up = looking_up
        self._lock = lock
        self._steps_left = 0
        self._overran: Counter[str] = Counter()
        self._reading = _connect(path, "ro")
        self._reader = ThreadPoolExecutor(1, thread_name_prefix=f"store-reader-{path.name}")
        self._closed = False

    # -- reading -------------------------------------------------------------------

    async def get(self, collection: str, id: str) -> Stored | None:
        table = self._table(collection)
        rows = self._look_up(table.by_id_sql, (id,))
        return table.stored(rows[0]) if rows else None

    async def get_many(self, collection: str, ids: Sequence[str]) -> dict[str, Stored]:
        table = self._table(collection)
        if not ids:
            return {}
        check_limit(len(ids))
        sql = f"SELECT {table.columns} FROM {table.name} WHERE id IN (SELECT value FROM json_each(?))"
        values = (msgspec.json.encode(list(ids)).decode(),)
        if len(ids) <= _FEW:
            return {row[0]: table.stored(row) for row in self._look_up(sql, values)}
        found = await self._read(lambda c: [table.stored(row) for row in c.execute(sql, values)])
        return {document.id: document for document in found}

    async def find_one(self, collection: str, where: Where) -> Stored | None:
        table = self._table(collection)
        conditions = parse_where(table.collection, where)
        if not is_unique_key(table.collection, conditions):
            found = await self.find(collection, where, limit=1)
            return found[0] if found else None
        text, values = where_sql(conditions)
        rows = self._look_up(f"SELECT {table.columns} FROM {table.name} WHERE {text}", values)
        return table.stored(rows[0]) if rows else None

    async def find(
        self,
        collection: str,
        where: Where,
        *,
        sort: Sort = (),
        limit: int,
        after: str | None = None,
    ) -> list[Stored]:
        table = self._table(collection)
        conditions = parse_where(table.collection, where)
        check_sort(table.collection, sort)
        check_served(table.collection, conditions, sort)
        check_limit(limit)
        text, values = where_sql(conditions)
        whole = full_sort(sort)
        if after is not None:
            behind, bound = after_sql(whole, decode_cursor(table.collection, sort, after))
            text, values = f"{text} AND {behind}", values + bound
        sql = f"SELECT {table.columns} FROM {table.name} WHERE {text} ORDER BY {order_sql(whole)} LIMIT ?"
        if self._overran[sql] < _OFTEN:
            rows = self._find_soon(sql, (*values, limit))
            if rows is not None:
                if limit > 1:  # one row is as quick as `get`
                    await asyncio.sleep(0)  # whoever reads list after list lets others in
                return [table.stored(row) for row in rows]
        return await self._read(lambda c: [table.stored(row) for row in c.execute(sql, (*values, limit))])

    def cursor(self, document: Stored, sort: Sort = ()) -> str:
        return encode_cursor(document, sort)

    async def count(self, collection: str, where: Where, *, by: str | None = None) -> dict[str, int]:
        table = self._table(collection)
        conditions = parse_where(table.collection, where)
        grouping = () if by is None else ((by, 1),)
        check_sort(table.collection, grouping)
        check_served(table.collection, conditions, grouping)
        text, values = where_sql(conditions)
        if by is None:
            sql = f"SELECT '', count(*) FROM {table.name} WHERE {text}"
        else:
            name = column(by)
            sql = f"SELECT {name}, count(*) FROM {table.name} WHERE {text} GROUP BY {name}"
        rows = await self._read(lambda c: c.execute(sql, values).fetchall())
        return {"" if value is None else str(value): number for value, number in rows}

    async def counted(
        self, collection: str, fields: Sequence[str], within: Sequence[str | int | None] = ()
    ) -> dict[tuple[Any, ...], int]:
        table = self._table(collection)
        check_counted(table.collection, fields, within)
        sql, values = table.counts.read(fields, within)
        return {tuple(msgspec.json.decode(key)): number for key, number in self._look_up(sql, values)}

    async def recount(self, collection: str, *, mend: bool = False) -> int:
        return await self._write(self._table(collection).counts.recount(mend=mend))

    async def search(
        self, collection: str, text: str, *, where: Where | None = None, limit: int
    ) -> list[Stored]:
        table = self._table(collection)
        fulltext = table.fulltext
        if fulltext is None:
            raise Undeclared(f"{collection} has no search field")
        check_limit(limit)
        conditions = parse_where(table.collection, where or {})
        wanted = terms.query_terms(text)
        if not wanted:
            return []
        condition, values = where_sql(conditions)
        filtered = f"AND d.id IN (SELECT id FROM {table.name} WHERE id = d.id AND {condition}) "
        listed = ", ".join(f"d.{name}" for name in table.columns.split(", "))
        sql = (
            f"SELECT {listed} FROM {fulltext.index} s JOIN {fulltext.numbers} k ON k.n = s.rowid "
            f"JOIN {table.name} d ON d.id = k.id WHERE {fulltext.index} MATCH ? "
            f"{filtered if conditions else ''}ORDER BY s.rowid DESC"
        )

        def run(connection: sqlite3.Connection) -> list[Stored]:
            found: list[Stored] = []
            rows = connection.execute(sql, (fulltext.match(wanted), *values))
            for row in rows:
                document = table.stored(row)
                if terms.holds(document.body.get(fulltext.field), text):
                    found.append(document)
                    if len(found) == limit:
                        break
            rows.close()  # an unfinished statement would hold its snapshot
            return found

        return await self._read(run)

    def scan(self, collection: str) -> AsyncIterator[Stored]:
        return every(self, collection)

    # -- writing -------------------------------------------------------------------

    async def commit(self, writes: Sequence[Write]) -> None:
        if writes:
            steps = [self._table(write.collection).step(write) for write in writes]
            await self._writer.submit(jobs.UnitOfWork(steps))

    async def insert_many(self, collection: str, documents: Sequence[tuple[str, Body]]) -> list[str]:
        if not documents:
            return []
        return await self._write(jobs.insert_many(self._table(collection), documents))

    async def claim(
        self, collection: str, where: Where, *, sort: Sort, limit: int, set: Body
    ) -> list[Stored]:
        table = self._table(collection)
        conditions = parse_where(table.collection, where)
        check_sort(table.collection, sort)
        check_served(table.collection, conditions, sort)
        check_limit(limit)
        check_unsearched(table.collection, set)
        check_uncounted(table.collection, "claim")
        rows = await self._write(jobs.claim(table, conditions, full_sort(sort), limit, set))
        return [table.stored(row) for row in rows]

    async def settle(self, collection: str, changes: Sequence[tuple[str, int, Body]]) -> list[str]:
        if not changes:
            return []
        table = self._table(collection)
        for _, _, body in changes:
            check_unsearched(table.collection, body)
        return await self._write(jobs.settle(table, changes))

    async def delete(self, collection: str, where: Where, *, limit: int) -> int:
        table = self._table(collection)
        conditions = parse_where(table.collection, where)
        check_served(table.collection, conditions)
        check_limit(limit)
        return await self._write(jobs.delete_some(table, conditions, limit))

    async def next_number(self, counter: str, *, amount: int = 1) -> int:
        check_limit(amount)
        last = await self._write(jobs.next_number(self._table(COUNTERS.name), counter, amount))
        return last - amount + 1

    async def now_ms(self) -> int:
        return self._clock.now_ms()

    # -- the file ------------------------------------------------------------------

    async def backup(self, target: Path) -> None:
        """A consistent copy into a new file while the store is being used."""
        await self._read(lambda c: c.execute("VACUUM INTO ?", (str(target),)).fetchall())

    async def close(self) -> None:
        """Readers first, the writer last: its connection checkpoints the file on closing."""
        if self._closed:
            return
        self._closed = True
        await asyncio.to_thread(self._reader.shutdown)
        self._looking_up.close()
        self._reading.close()
        await self._writer.close()
        free_lock(self._lock)

    # -- inside --------------------------------------------------------------------

    def _table(self, collection: str) -> Table:
        table = self._tables.get(collection)
        if table is None:
            raise Undeclared(f"no collection {collection!r} is declared")
        return table

    def _look_up(self, sql: str, values: Sequence[Any]) -> list[Any]:
        if self._closed:
            raise StoreUnavailable("the store is closed")
        try:
            return self._looking_up.execute(sql, values).fetchall()
        except sqlite3.OperationalError as error:
            raise StoreUnavailable(f"cannot read: {error.sqlite_errorname}") from error

    def _find_soon(self, sql: str, values: Sequence[Any]) -> list[Any] | None:
        """The rows, None when they are many or finding them takes too long for the event loop."""
        if self._closed:
            raise StoreUnavailable("the store is closed")
        self._steps_left = _STEPS
        self._looking_up.set_progress_handler(self._is_too_long, _STEP)
        try:
            with closing(self._looking_up.execute(sql, values)) as found:
                rows = found.fetchmany(_FEW + 1)
                return rows if len(rows) <= _FEW else None
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                self._overran[sql] += 1
                return None
            raise StoreUnavailable(f"cannot read: {error.sqlite_errorname}") from error
        finally:
            self._looking_up.set_progress_handler(None, 0)

    def _is_too_long(self) -> bool:
        self._steps_left -= 1
        return self._steps_left < 0

    async def _read(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        if self._closed:
            raise StoreUnavailable("the store is closed")
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._reader, work, self._reading)
        except sqlite3.OperationalError as error:
            raise StoreUnavailable(f"cannot read: {error.sqlite_errorname}") from error

    async def _write(self, job: Callable[[sqlite3.Cursor], _T]) -> _T:
        done: _T = await self._writer.submit(job)
        return done
