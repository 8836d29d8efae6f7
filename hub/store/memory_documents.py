"""`Documents` in memory: the third engine of the storage port, for tests that need a store and no file.

It is held to the same contract as the others (`tests/contract/store/`), so it refuses what they refuse. A
document passes through JSON on its way in and out: nobody shares a value with the store, and what JSON cannot
hold fails here as it fails on SQLite. A write lets the other tasks run first, as a writer thread or a server
would: a caller that read before them can be too late.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from hub.runtime.clock import Clock
from hub.store import terms
from hub.store.counting import check_counted, check_uncounted
from hub.store.documents import (
    Add,
    Body,
    Collection,
    Conflict,
    Delete,
    Duplicate,
    Insert,
    Sort,
    Stored,
    StoreUnavailable,
    Undeclared,
    Update,
    Where,
    Write,
)
from hub.store.internal import COUNTERS, all_collections
from hub.store.query import (
    Condition,
    check_limit,
    check_name,
    check_served,
    check_sort,
    check_unsearched,
    check_value,
    decode_cursor,
    encode_cursor,
    every,
    full_sort,
    meets,
    parse_where,
    value_of,
)


@dataclass(slots=True)
class _Table:
    """One collection: its documents by id, and who holds the values of each unique key."""

    collection: Collection
    rows: dict[str, Stored] = field(default_factory=dict)
    holders: dict[tuple[str, ...], dict[tuple[Any, ...], str]] = field(default_factory=dict)

    def values(self, key: tuple[str, ...], row: Stored) -> tuple[Any, ...] | None:
        """The values of a unique key; None where the document is exempt from it."""
        found = tuple(row.body.get(name) for name in key)
        return None if None in found else found

    def put(self, id: str, row: Stored | None) -> None:
        """Replaces a document; None removes it. Raises KeyError with the unique key another one holds."""
        if row is not None:
            for key in self.collection.unique:
                values = self.values(key, row)
                if values is not None and self.holders.setdefault(key, {}).get(values, id) != id:
                    raise KeyError(key)
        before = self.rows.pop(id, None)
        for key in self.collection.unique:
            held = self.holders.setdefault(key, {})
            if before is not None and (old := self.values(key, before)) is not None:
                del held[old]
            if row is not None and (new := self.values(key, row)) is not None:
                held[new] = id
        if row is not None:
            self.rows[id] = row

    def checked(self, body: Mapping[str, Any]) -> Body:
        """The body as JSON holds it, checked against the declaration."""
        for name, value in body.items():
            check_name(self.collection, name)
            if value is not None and name in self.collection.fields:
                check_value(self.collection, name, value)
        plain = _copy(body)
        for name, declared in self.collection.fields.items():
            if declared is float and plain.get(name) is not None:
                plain[name] = float(plain[name])
        return plain

    def matching(
        self, conditions: Sequence[Condition], whole: Sequence[tuple[str, int]] = ()
    ) -> list[Stored]:
        """The documents that meet every condition, in order; None and missing come first."""
        found = [row for row in self.rows.values() if all(meets(row, one) for one in conditions)]
        for name, direction in reversed(whole):
            found.sort(key=lambda row: _rank(value_of(row, name)), reverse=direction < 0)
        return found


class MemoryDocuments:
    """See `hub.store.documents.Documents`. Gone when nobody holds it any more."""

    def __init__(self, collections: Sequence[Collection], *, clock: Clock) -> None:
        self._tables = {name: _Table(c) for name, c in all_collections(collections).items()}
        self._clock = clock
        self._closed = False

    # -- reading -------------------------------------------------------------------

    async def get(self, collection: str, id: str) -> Stored | None:
        row = self._table(collection).rows.get(id)
        return None if row is None else _given(row)

    async def get_many(self, collection: str, ids: Sequence[str]) -> dict[str, Stored]:
        table = self._table(collection)
        if ids:
            check_limit(len(ids))
        return {id: _given(table.rows[id]) for id in ids if id in table.rows}

    async def find_one(self, collection: str, where: Where) -> Stored | None:
        found = await self.find(collection, where, limit=1)
        return found[0] if found else None

    async def find(
        self,
        collection: str,
        where: Where,
        *,
        sort: Sort = (),
        limit: int,
        after: str | None = None,
    ) -> list[Stored]:
        table, conditions = self._asked(collection, where, sort)
        check_limit(limit)
        whole = full_sort(sort)
        found = table.matching(conditions, whole)
        if after is not None:
            place = decode_cursor(table.collection, sort, after)
            found = [row for row in found if _is_behind(row, whole, place)]
        return [_given(row) for row in found[:limit]]

    def cursor(self, document: Stored, sort: Sort = ()) -> str:
        return encode_cursor(document, sort)

    async def count(self, collection: str, where: Where, *, by: str | None = None) -> dict[str, int]:
        table, conditions = self._asked(collection, where, () if by is None else ((by, 1),))
        found = table.matching(conditions)
        if by is None:
            return {"": len(found)}
        counts: dict[str, int] = {}
        for row in found:
            value = value_of(row, by)
            name = "" if value is None else str(value)
            counts[name] = counts.get(name, 0) + 1
        return counts

    async def counted(
        self, collection: str, fields: Sequence[str], within: Sequence[str | int | None] = ()
    ) -> dict[tuple[Any, ...], int]:
        table = self._table(collection)
        check_counted(table.collection, fields, within)
        groups = Counter(tuple(row.body.get(name) for name in fields) for row in table.rows.values())
        return {group: number for group, number in groups.items() if group[: len(within)] == tuple(within)}

    async def recount(self, collection: str, *, mend: bool = False) -> int:
        self._table(collection)
        return 0  # nothing is kept: whoever asks counts

    async def search(
        self, collection: str, text: str, *, where: Where | None = None, limit: int
    ) -> list[Stored]:
        table = self._table(collection)
        name = table.collection.search
        if name is None:
            raise Undeclared(f"{collection} has no search field")
        check_limit(limit)
        conditions = parse_where(table.collection, where or {})
        wanted = terms.query_terms(text)
        if not wanted:
            return []
        found: list[Stored] = []
        for row in reversed(table.matching(conditions)):
            content = row.body.get(name)
            kept = terms.index_terms(content)
            if terms.holds(content, text) and all(_is_among(term, kept) for term in wanted):
                found.append(_given(row))
        return found[:limit]

    def scan(self, collection: str) -> AsyncIterator[Stored]:
        return every(self, collection)

    # -- writing -------------------------------------------------------------------

    async def commit(self, writes: Sequence[Write]) -> None:
        for write in writes:
            self._check(write)
        await self._turn()
        with self._all_or_nothing() as write_one:
            for write in writes:
                write_one(write)

    async def insert_many(self, collection: str, documents: Sequence[tuple[str, Body]]) -> list[str]:
        refused: list[str] = []
        for id, body in documents:
            self._check(Insert(collection, id, body))
        await self._turn()
        for id, body in documents:
            try:
                self._write(Insert(collection, id, body))
            except Duplicate:
                refused.append(id)
        return refused

    async def claim(
        self, collection: str, where: Where, *, sort: Sort, limit: int, set: Body
    ) -> list[Stored]:
        table, conditions = self._asked(collection, where, sort)
        check_limit(limit)
        check_unsearched(table.collection, set)
        check_uncounted(table.collection, "claim")
        table.checked(set)
        await self._turn()
        claimed = table.matching(conditions, full_sort(sort))[:limit]
        with self._all_or_nothing() as write:
            for row in claimed:
                write(Update(collection, row.id, set, row.version))
        return [_given(table.rows[row.id]) for row in claimed]

    async def settle(self, collection: str, changes: Sequence[tuple[str, int, Body]]) -> list[str]:
        table = self._table(collection)
        for _, _, body in changes:
            check_unsearched(table.collection, body)
            table.checked(body)
        await self._turn()
        lost: list[str] = []
        with self._all_or_nothing() as write:
            for id, version, body in changes:
                try:
                    write(Update(collection, id, body, version))
                except Conflict:
                    lost.append(id)
        return lost

    async def delete(self, collection: str, where: Where, *, limit: int) -> int:
        table, conditions = self._asked(collection, where)
        check_limit(limit)
        await self._turn()
        chosen = table.matching(conditions)[:limit]
        for row in chosen:
            table.put(row.id, None)
        return len(chosen)

    async def next_number(self, counter: str, *, amount: int = 1) -> int:
        check_limit(amount)
        table = self._table(COUNTERS.name)
        await self._turn()
        self._write(Add(COUNTERS.name, counter, {"value": amount}))
        last: int = table.rows[counter].body["value"]
        return last - amount + 1

    async def now_ms(self) -> int:
        return self._clock.now_ms()

    async def close(self) -> None:
        self._closed = True

    # -- inside --------------------------------------------------------------------

    def _table(self, collection: str) -> _Table:
        if self._closed:
            raise StoreUnavailable("the store is closed")
        table = self._tables.get(collection)
        if table is None:
            raise Undeclared(f"no collection {collection!r} is declared")
        return table

    def _asked(self, collection: str, where: Where, sort: Sort = ()) -> tuple[_Table, tuple[Condition, ...]]:
        table = self._table(collection)
        conditions = parse_where(table.collection, where)
        check_sort(table.collection, sort)
        check_served(table.collection, conditions, sort)
        return table, conditions

    async def _turn(self) -> None:
        await asyncio.sleep(0)
        if self._closed:
            raise StoreUnavailable("the store is closed")

    def _check(self, write: Write) -> None:
        """Refuses what no engine may hold before anything of the unit is written."""
        table = self._table(write.collection)
        check_value(table.collection, "id", write.id)
        match write:
            case Insert():
                table.checked(write.body)
            case Update():
                table.checked(write.set)
            case Add():
                check_uncounted(table.collection, "Add")
                for name, amount in write.amounts.items():
                    check_name(table.collection, name)
                    if type(amount) is not int:
                        raise Undeclared(f"{write.collection}.{name}: only integers are added")

    @contextmanager
    def _all_or_nothing(self) -> Iterator[Callable[[Write], None]]:
        done: list[tuple[_Table, str, Stored | None]] = []

        def write(one: Write) -> None:
            table = self._table(one.collection)
            done.append((table, one.id, table.rows.get(one.id)))
            self._write(one)

        try:
            yield write
        except (Conflict, Duplicate):
            for table, id, before in reversed(done):
                table.put(id, before)
            raise

    def _write(self, write: Write) -> None:
        table = self._table(write.collection)
        old = table.rows.get(write.id)
        match write:
            case Insert():
                if old is not None:
                    raise Duplicate(write)
                new: Stored | None = Stored(write.id, 1, table.checked(write.body))
            case Update():
                if old is None or old.version != write.version:
                    raise Conflict(write)
                new = Stored(write.id, old.version + 1, old.body | table.checked(write.set))
            case Add():
                kept = old or Stored(write.id, 0, {})
                sums = {name: (kept.body.get(name) or 0) + amount for name, amount in write.amounts.items()}
                new = replace(kept, version=kept.version + 1, body=kept.body | sums)
            case Delete():
                if old is None or old.version != write.version:
                    raise Conflict(write)
                new = None
        try:
            table.put(write.id, new)
        except KeyError as taken:
            raise Duplicate(write, taken.args[0]) from None


def _copy(body: Mapping[str, Any]) -> Body:
    copied: Body = msgspec.json.decode(msgspec.json.encode(dict(body)))
    return copied


def _given(row: Stored) -> Stored:
    return replace(row, body=_copy(row.body))


def _rank(value: Any) -> tuple[bool, Any]:
    return (False, 0) if value is None else (True, value)


def _is_behind(row: Stored, whole: Sequence[tuple[str, int]], place: Sequence[Any]) -> bool:
    for (name, direction), value in zip(whole, place, strict=True):
        here, there = _rank(value_of(row, name)), _rank(value)
        if here != there:
            return here > there if direction > 0 else here < there
    return False


def _is_among(term: terms.QueryTerm, kept: Sequence[str]) -> bool:
    return any(one.startswith(term.text) for one in kept) if term.prefix else term.text in kept
