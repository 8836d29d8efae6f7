"""The storage port: documents in collections, written as data, all or nothing.

This is the only thing the rest of the hub knows about a database. Two adapters
implement it (`hub/store/sqlite`, `hub/store/mongo`) and one contract test file
runs on both. Three rules hold on every engine:

* a **unit of work** is a tuple of writes given to `commit`: it decides nothing,
  so an action first reads, then decides, then commits once, and no network call
  happens in between;
* a filter may only name fields the collection declares, and only in an order an
  index serves, so that nothing works on one engine alone;
* documents carry an integer `version` that grows by one with every change; an
  update names the version it read, and a stale one is a `Conflict`, never a lost
  update.

Times inside documents are integer milliseconds UTC: text times sort wrongly when
the fraction is zero, and a BSON date is milliseconds as well.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

type_of_field = type[str] | type[int] | type[float]

Body = dict[str, Any]
"""A document's content: JSON values only, keys are field names."""

Where = Mapping[str, Any]
"""A query as data: `{"state": "ready", "not_before": {"$lte": 5}}`.

A plain value means equality; operators are `$in $lt $lte $gt $gte $ne`.
"""

Sort = Sequence[tuple[str, int]]
"""Fields with 1 (ascending) or -1 (descending); the id is the last tie-breaker."""

MAX_LIMIT = 10_000
"""No single read returns more documents than this."""


@dataclass(frozen=True)
class Collection:
    """A declared collection.

    fields: queryable top-level fields of the body with their types.
    indexes: field tuples that serve filters and sorts, leading field first; of two that serve a query alike
        the later one is taken.
    unique: field tuples whose values are unique; documents where any of the
        fields is None or missing are exempt.
    counted: field tuples whose groups are counted with every write, leading fields first (see `counting.py`).
    search: field holding the text for `search`, or None. It must never hold
        readable personal text (see the search terms of `hub/store/crypto.py`).
    """

    name: str
    fields: Mapping[str, type_of_field] = field(default_factory=dict)
    indexes: tuple[tuple[str, ...], ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    search: str | None = None
    counted: tuple[tuple[str, ...], ...] = ()

    @cached_property
    def leading(self) -> frozenset[str]:
        """The fields that an index begins with."""
        return frozenset({"id", *(key[0] for key in (*self.indexes, *self.unique))})


@dataclass(frozen=True, slots=True)
class Stored:
    """A document as it was read. `version` starts at 1."""

    id: str
    version: int
    body: Body


@dataclass(frozen=True, slots=True)
class Insert:
    """A new document; a taken id or unique key raises `Duplicate`."""

    collection: str
    id: str
    body: Body


@dataclass(frozen=True, slots=True)
class Update:
    """Sets top-level fields (the others stay) if `version` is still current."""

    collection: str
    id: str
    set: Body
    version: int


@dataclass(frozen=True, slots=True)
class Add:
    """Adds to integer fields without reading them first; creates the document if absent.

    The way counters are kept: it never conflicts and returns nothing.
    """

    collection: str
    id: str
    amounts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Delete:
    """Removes a document if `version` is still current; an absent one is a `Conflict`."""

    collection: str
    id: str
    version: int


Write = Insert | Update | Add | Delete


class StoreError(Exception):
    """Root of what the store raises."""


class Conflict(StoreError):
    """Somebody else changed the document first. Read again and decide again."""

    def __init__(self, write: Write) -> None:
        super().__init__(f"{write.collection}/{write.id} was changed meanwhile")
        self.write = write


class Duplicate(StoreError):
    """The id or a unique key is taken. Usually: this was done before."""

    def __init__(self, write: Write, key: tuple[str, ...] = ("id",)) -> None:
        super().__init__(f"{write.collection}/{write.id}: {'+'.join(key)} is taken")
        self.write = write
        self.key = key


class Undeclared(StoreError):
    """A filter or sort that no declared field or index serves. A programming error."""


class NoCursor(Undeclared):
    """A text that is no cursor of this collection and order: an address somebody changed."""


class StoreUnavailable(StoreError):
    """The store cannot write now (disk full, server away, closed).

    Nothing was committed, unless the connection to a server broke at the very commit: then nobody
    knows. Ids are deterministic, so doing it again is harmless: it is done, or it is a `Duplicate`.
    """


class Refused(StoreError):
    """The store must not be opened: held by another process, wrong server kind, newer schema.

    The message says what is wrong and how to mend it.
    """


class Documents(Protocol):
    """The port. Every method may raise `StoreUnavailable`."""

    async def get(self, collection: str, id: str) -> Stored | None:
        """One document by id, or None."""

    async def get_many(self, collection: str, ids: Sequence[str]) -> dict[str, Stored]:
        """The documents that exist among `ids` (at most `MAX_LIMIT`), by id."""

    async def find_one(self, collection: str, where: Where) -> Stored | None:
        """One document by a unique key or an indexed equality, or None."""

    async def find(
        self,
        collection: str,
        where: Where,
        *,
        sort: Sort = (),
        limit: int,
        after: str | None = None,
    ) -> list[Stored]:
        """Up to `limit` documents in `sort` order (then id).

        `after` is the `cursor` of the last document of the page before.
        Raises `Undeclared` when a field is not declared or no index starts with a
        filtered or sorted field.
        """

    def cursor(self, document: Stored, sort: Sort = ()) -> str:
        """An opaque text that makes `find(..., after=...)` go on behind `document`."""

    async def count(self, collection: str, where: Where, *, by: str | None = None) -> dict[str, int]:
        """Counts by the values of `by` (as text), or `{"": total}` without it."""

    async def counted(
        self, collection: str, fields: Sequence[str], within: Sequence[str | int | None] = ()
    ) -> dict[tuple[Any, ...], int]:
        """How many documents each group of `fields` (a tuple of `Collection.counted`) has, without looking at
        them; groups without any are left out. within: the values of the leading fields, for some groups only.
        """

    async def recount(self, collection: str, *, mend: bool = False) -> int:
        """Counts the documents; how many groups were kept wrong. mend: they are right from then on.

        Where several processes write nobody should be writing meanwhile.
        """

    async def search(
        self, collection: str, text: str, *, where: Where | None = None, limit: int
    ) -> list[Stored]:
        """Documents whose search field holds every term of `text` (see `Collection.search`).

        Those that came last first: by when they were last indexed, or on a server by id.
        """

    async def commit(self, writes: Sequence[Write]) -> None:
        """The unit of work: all of `writes` or nothing, durable when it returns.

        Raises `Conflict` or `Duplicate` naming the write that failed.
        """

    async def insert_many(self, collection: str, documents: Sequence[tuple[str, Body]]) -> list[str]:
        """Unordered bulk insert; the ids refused as duplicates. Harmless to repeat."""

    async def claim(
        self, collection: str, where: Where, *, sort: Sort, limit: int, set: Body
    ) -> list[Stored]:
        """Atomically sets `set` on up to `limit` matching documents and returns them as changed.

        Two claimers never get the same document, provided `set` makes it stop matching `where`.
        """

    async def settle(self, collection: str, changes: Sequence[tuple[str, int, Body]]) -> list[str]:
        """Bulk version-checked updates `(id, version, set)`; the ids that no longer matched."""

    async def delete(self, collection: str, where: Where, *, limit: int) -> int:
        """Retention in steps: removes up to `limit` matching documents, returns how many."""

    async def next_number(self, counter: str, *, amount: int = 1) -> int:
        """Reserves `amount` numbers of a named counter, durably; the first of them (from 1)."""

    def scan(self, collection: str) -> AsyncIterator[Stored]:
        """Every document in id order, for copying and digests."""

    async def now_ms(self) -> int:
        """The store's own clock, which leases use where several hosts write."""

    async def close(self) -> None:
        """Finishes what was accepted, then refuses everything."""
