"""`Documents` on MongoDB."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol
from uuid import uuid4

from motor.motor_asyncio import (
    AsyncIOMotorClient,
    AsyncIOMotorClientSession,
    AsyncIOMotorCollection,
)
from pymongo import ReturnDocument, UpdateOne
from pymongo.errors import BulkWriteError, ConfigurationError, OperationFailure, PyMongoError
from pymongo.read_concern import ReadConcern

from hub.store import terms
from hub.store.counting import check_counted, check_uncounted, counted_fields
from hub.store.documents import (
    Body,
    Collection,
    Conflict,
    Delete,
    Duplicate,
    Insert,
    Refused,
    Sort,
    Stored,
    StoreUnavailable,
    Undeclared,
    Update,
    Where,
    Write,
)
from hub.store.internal import COUNTERS, all_collections
from hub.store.mongo import counts, indexes
from hub.store.mongo.server import check_server, driver_options, split_test_option
from hub.store.mongo.shape import (
    TOKEN,
    VERSION,
    behind,
    both,
    field_name,
    search_filter,
    to_changes,
    to_document,
    to_filter,
    to_sort,
    to_stored,
)
from hub.store.mongo.writes import DUPLICATE_KEY, Target, is_duplicate, prepare, run_all, taken_key
from hub.store.query import (
    check_limit,
    check_served,
    check_sort,
    check_unsearched,
    decode_cursor,
    encode_cursor,
    every,
    full_sort,
    parse_where,
)

_CLAIM_ATTEMPTS = 20
_BULK_PAGE = 1_000
_COUNTED_PAGE = 100
_UNIT_ATTEMPTS = 20


class Clock(Protocol):
    """Where the time comes from (see `hub/runtime/clock.py`); leases go by the server's instead."""

    def now_ms(self) -> int:
        """Milliseconds UTC."""


async def open_mongo(
    url: str, database: str, collections: Sequence[Collection], *, clock: Clock, prepared: bool = True
) -> MongoDocuments:
    """Connects, refuses a server without transactions, and makes the indexes unless told to write nothing.

    Raises `Refused` for a wrong URL or server kind, `StoreUnavailable` when nobody answers.
    """
    declared = all_collections(collections)
    plain_url, standalone_allowed = split_test_option(url)
    try:
        client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(
            plain_url, **driver_options(plain_url)
        )
    except (ConfigurationError, ValueError) as error:
        raise Refused(f"MongoDB 地址无效 / The MongoDB URL is not valid: {error}") from error
    try:
        with _unavailable():
            hello = await client.admin.command("hello")
            real = check_server(hello, standalone_allowed=standalone_allowed)
            for collection in declared.values() if prepared else ():
                await indexes.prepare(client[database], collection, with_id=real)
                if collection.counted:
                    held = client[database]
                    await counts.prepare(held[counts.COUNTS], held[collection.name], collection)
    except BaseException:
        client.close()
        raise
    return MongoDocuments(client, database, declared, real=real)


@contextmanager
def _unavailable() -> Iterator[None]:
    """What the driver could not mend by itself is `StoreUnavailable`."""
    try:
        yield
    except PyMongoError as error:
        raise StoreUnavailable(f"MongoDB: {type(error).__name__}") from error


class MongoDocuments:
    """See `hub.store.documents.Documents`; made by `open_mongo`."""

    def __init__(
        self,
        client: AsyncIOMotorClient[dict[str, Any]],
        database: str,
        declared: Mapping[str, Collection],
        *,
        real: bool,
    ) -> None:
        self._client = client
        # nothing is read that a change of the primary could take back; nx-27017 would insert
        # the read concern of a transaction as a document
        self._read_concern = ReadConcern("majority") if real else ReadConcern()
        held = client.get_database(database, read_concern=self._read_concern)
        self._counts = held[counts.COUNTS]
        self._targets = {name: Target(one, held[name], self._counts) for name, one in declared.items()}
        # see `server.TEST_OPTION`; a real server does this better
        self._turn = asyncio.Semaphore(1_000 if real else 1)
        self._closed = False

    # -- reading -------------------------------------------------------------------

    async def get(self, collection: str, id: str) -> Stored | None:
        _, target = self._open(collection)
        with _unavailable():
            document = await target.find_one({"_id": id})
        return to_stored(document) if document else None

    async def get_many(self, collection: str, ids: Sequence[str]) -> dict[str, Stored]:
        _, target = self._open(collection)
        if not ids:
            return {}
        check_limit(len(ids))
        found = await self._all(target.find({"_id": {"$in": list(ids)}}))
        return {document.id: document for document in found}

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
        declared, target = self._open(collection)
        conditions = parse_where(declared, where)
        check_sort(declared, sort)
        check_served(declared, conditions, sort)
        check_limit(limit)
        whole = full_sort(sort)
        wanted = to_filter(declared, conditions)
        if after is not None:
            wanted = both(wanted, behind(declared, whole, decode_cursor(declared, sort, after)))
        return await self._all(target.find(wanted).sort(to_sort(whole)).limit(limit))

    def cursor(self, document: Stored, sort: Sort = ()) -> str:
        return encode_cursor(document, sort)

    async def count(self, collection: str, where: Where, *, by: str | None = None) -> dict[str, int]:
        declared, target = self._open(collection)
        conditions = parse_where(declared, where)
        grouping = () if by is None else ((by, 1),)
        check_sort(declared, grouping)
        check_served(declared, conditions, grouping)
        wanted = to_filter(declared, conditions)
        with _unavailable():
            if by is None:
                return {"": await target.count_documents(wanted)}
            group = {"_id": f"${field_name(by)}", "number": {"$sum": 1}}
            rows = await target.aggregate([{"$match": wanted}, {"$group": group}]).to_list(None)
        return {"" if row["_id"] is None else str(row["_id"]): int(row["number"]) for row in rows}

    async def counted(
        self, collection: str, fields: Sequence[str], within: Sequence[str | int | None] = ()
    ) -> dict[tuple[Any, ...], int]:
        declared, _ = self._open(collection)
        check_counted(declared, fields, within)
        with _unavailable():
            return await counts.read(self._counts, declared, fields, within)

    async def recount(self, collection: str, *, mend: bool = False) -> int:
        declared, target = self._open(collection)
        with _unavailable():
            return await counts.recount(self._counts, target, declared, mend=mend)

    async def search(
        self, collection: str, text: str, *, where: Where | None = None, limit: int
    ) -> list[Stored]:
        declared, target = self._open(collection)
        field = declared.search
        if field is None:
            raise Undeclared(f"{collection} has no search field")
        check_limit(limit)
        conditions = parse_where(declared, where or {})
        wanted = terms.query_terms(text)
        if not wanted:
            return []
        found: list[Stored] = []
        with _unavailable():
            matching = both(search_filter(wanted), to_filter(declared, conditions))
            async for row in target.find(matching).sort([("_id", -1)]):
                document = to_stored(row)
                if terms.holds(document.body.get(field), text):
                    found.append(document)
                    if len(found) == limit:
                        break
        return found

    def scan(self, collection: str) -> AsyncIterator[Stored]:
        return every(self, collection)

    # -- writing -------------------------------------------------------------------

    async def commit(self, writes: Sequence[Write]) -> None:
        prepared = [prepare(self._open(write.collection)[0], write) for write in writes]
        with _unavailable():
            if len(prepared) <= 1 and not any(self._is_counted(write) for write, _ in prepared):
                async with self._turn:
                    await run_all(prepared, self._targets, None)
                return

            async def unit(session: AsyncIOMotorClientSession) -> None:
                await run_all(prepared, self._targets, session)

            for tries_left in reversed(range(_UNIT_ATTEMPTS)):
                try:
                    async with self._turn, await self._client.start_session() as session:
                        await session.with_transaction(unit, read_concern=self._read_concern)
                except counts.GroupAppeared:
                    if not tries_left:
                        raise StoreUnavailable("MongoDB: a group was made again and again") from None
                else:
                    return

    async def insert_many(self, collection: str, documents: Sequence[tuple[str, Body]]) -> list[str]:
        declared, target = self._open(collection)
        if declared.counted:
            return await self._insert_counted(collection, documents)
        shaped = [to_document(declared, id, body) for id, body in documents]
        refused: list[str] = []
        for start in range(0, len(shaped), _BULK_PAGE):
            page = shaped[start : start + _BULK_PAGE]
            try:
                with _unavailable():
                    async with self._turn:
                        await _insert_unordered(target, page)
            except _SomeRefused as some:
                refused.extend(page[at]["_id"] for at in some.places)
        return refused

    async def _insert_counted(self, collection: str, documents: Sequence[tuple[str, Body]]) -> list[str]:
        """A page as one unit; one by one where something of it is there already."""
        refused: list[str] = []
        for start in range(0, len(documents), _COUNTED_PAGE):
            page = [Insert(collection, id, body) for id, body in documents[start : start + _COUNTED_PAGE]]
            try:
                await self.commit(page)
            except Duplicate:
                for write in page:
                    try:
                        await self.commit([write])
                    except Duplicate:
                        refused.append(write.id)
        return refused

    async def claim(
        self, collection: str, where: Where, *, sort: Sort, limit: int, set: Body
    ) -> list[Stored]:
        declared, target = self._open(collection)
        conditions = parse_where(declared, where)
        check_sort(declared, sort)
        check_served(declared, conditions, sort)
        check_limit(limit)
        check_unsearched(declared, set)
        check_uncounted(declared, "claim")
        wanted = to_filter(declared, conditions)
        order = to_sort(full_sort(sort))
        with _unavailable():
            for _ in range(_CLAIM_ATTEMPTS):
                candidates = target.find(wanted, {"_id": 1}).sort(order).limit(limit)
                ids = [row["_id"] async for row in candidates]
                if not ids:
                    return []
                token = uuid4().hex
                change = to_changes(declared, set)
                change["$set"] = {**change.get("$set", {}), TOKEN: token}
                async with self._turn:
                    done = await target.update_many(both({"_id": {"$in": ids}}, wanted), change)
                if done.modified_count:
                    ours = {"_id": {"$in": ids}, TOKEN: token}
                    got = {row["_id"]: to_stored(row) async for row in target.find(ours)}
                    return [got[id] for id in ids if id in got]
        return []  # others were faster every time; the caller comes back soon anyway

    async def settle(self, collection: str, changes: Sequence[tuple[str, int, Body]]) -> list[str]:
        declared, target = self._open(collection)
        token, groups, counting = uuid4().hex, frozenset(counted_fields(declared)), False
        updates: list[UpdateOne] = []
        for id, version, body in changes:
            check_unsearched(declared, body)
            counting = counting or not groups.isdisjoint(body)
            change = to_changes(declared, body)
            change["$set"] = {**change.get("$set", {}), TOKEN: token}
            updates.append(UpdateOne({"_id": id, VERSION: version}, change))
        if not updates:
            return []
        if counting:
            return await self._lost([Update(collection, id, body, at) for id, at, body in changes])
        ids = [id for id, _, _ in changes]
        with _unavailable():
            async with self._turn:
                try:
                    done = await target.bulk_write(updates, ordered=False)
                except BulkWriteError as error:
                    raise _settle_duplicate(error, declared, changes) from None
            if done.matched_count == len(updates):
                return []
            ours = target.find({"_id": {"$in": ids}, TOKEN: token}, {"_id": 1})
            held = {row["_id"] async for row in ours}
        return [id for id in ids if id not in held]

    async def delete(self, collection: str, where: Where, *, limit: int) -> int:
        declared, target = self._open(collection)
        conditions = parse_where(declared, where)
        check_served(declared, conditions)
        check_limit(limit)
        wanted = to_filter(declared, conditions)
        if declared.counted:
            found = await self.find(collection, where, limit=limit)
            lost = await self._lost([Delete(collection, one.id, one.version) for one in found])
            return len(found) - len(lost)
        with _unavailable():
            ids = [row["_id"] async for row in target.find(wanted, {"_id": 1}).limit(limit)]
            if not ids:
                return 0
            async with self._turn:
                done = await target.delete_many(both({"_id": {"$in": ids}}, wanted))
        return int(done.deleted_count)

    async def next_number(self, counter: str, *, amount: int = 1) -> int:
        _, target = self._open(COUNTERS.name)
        check_limit(amount)
        with _unavailable():
            async with self._turn:
                after = await _created_or_raised(
                    lambda: target.find_one_and_update(
                        {"_id": counter},
                        {"$inc": {"value": amount, VERSION: 1}},
                        upsert=True,
                        return_document=ReturnDocument.AFTER,
                    )
                )
        return int(after["value"]) - amount + 1

    async def now_ms(self) -> int:
        """The server's clock: leases are compared by hosts that disagree about the time."""
        self._check_open()
        with _unavailable():
            hello = await self._client.admin.command("hello")
        return int(hello["localTime"].timestamp() * 1000)

    async def close(self) -> None:
        self._closed = True
        self._client.close()

    # -- inside --------------------------------------------------------------------

    def _is_counted(self, write: Write) -> bool:
        return bool(self._targets[write.collection].declared.counted)

    async def _lost(self, writes: Sequence[Update | Delete]) -> list[str]:
        """Each by itself; the ids of those somebody else changed first."""
        lost: list[str] = []
        for write in writes:
            try:
                await self.commit([write])
            except Conflict:
                lost.append(write.id)
        return lost

    def _check_open(self) -> None:
        if self._closed:
            raise StoreUnavailable("the store is closed")

    def _open(self, collection: str) -> tuple[Collection, AsyncIOMotorCollection[dict[str, Any]]]:
        self._check_open()
        target = self._targets.get(collection)
        if target is None:
            raise Undeclared(f"no collection {collection!r} is declared")
        return target.declared, target.rows

    async def _all(self, rows: Any) -> list[Stored]:
        with _unavailable():
            return [to_stored(row) async for row in rows]


class _SomeRefused(Exception):
    """Places in a bulk insert that a unique key refused."""

    def __init__(self, places: list[int]) -> None:
        super().__init__(places)
        self.places = places


async def _insert_unordered(
    target: AsyncIOMotorCollection[dict[str, Any]], page: list[dict[str, Any]]
) -> None:
    try:
        await target.insert_many(page, ordered=False)
    except BulkWriteError as error:
        failed = (error.details or {}).get("writeErrors", ())
        if any(one.get("code") != DUPLICATE_KEY for one in failed) or not failed:
            raise
        raise _SomeRefused([one["index"] for one in failed]) from None


def _settle_duplicate(
    error: BulkWriteError, collection: Collection, changes: Sequence[tuple[str, int, Body]]
) -> Exception:
    for failed in (error.details or {}).get("writeErrors", ()):
        if failed.get("code") == DUPLICATE_KEY:
            id, version, body = changes[failed["index"]]
            return Duplicate(Update(collection.name, id, body, version), taken_key(failed, collection))
    return error


async def _created_or_raised(attempt: Callable[[], Awaitable[Any]]) -> Any:
    # two upserts of one absent document: the loser finds it on the second try
    try:
        return await attempt()
    except OperationFailure as error:
        if not is_duplicate(error):
            raise
        return await attempt()
