"""Counted groups on MongoDB: documents of one collection, changed in the transaction of the write.

The groups of a busy collection would be few documents that every transaction changes, and all but one of them
would wait or be played again. So each group is spread over several documents, chosen by the id of what was
written, and read as their sum.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from motor.motor_asyncio import AsyncIOMotorClientSession, AsyncIOMotorCollection
from pymongo import UpdateOne
from pymongo.errors import BulkWriteError, DuplicateKeyError, OperationFailure

from hub.store.counting import Group, changes, counted_fields, group_text, kept_as
from hub.store.documents import Collection

COUNTS = "_counts"
"""The collection that holds them: no collection of the port, so that nothing copies or digests it."""

_DUPLICATE_KEY = 11000
_SPREAD = 8
_AMOUNT = "n"

Rows = AsyncIOMotorCollection[dict[str, Any]]
Session = AsyncIOMotorClientSession | None
Grown = dict[tuple[tuple[str, ...], Group], int]


class GroupAppeared(Exception):
    """Two transactions made the same group at once; the unit is to be played again."""


async def before(collection: Collection, rows: Rows, where: Mapping[str, Any], session: Session) -> Any:
    """The counted fields of a document, or None."""
    return await rows.find_one(where, dict.fromkeys(counted_fields(collection), 1), session=session)


async def keep(counts: Rows, collection: Collection, id: str, grown: Grown, session: Session) -> None:
    """Adds what the write of one document changed. Raises `GroupAppeared`."""
    updates = [
        UpdateOne({"_id": _id(collection, fields, group, id)}, {"$inc": {_AMOUNT: amount}}, upsert=True)
        for (fields, group), amount in sorted(grown.items(), key=lambda item: str(item[0]))
    ]
    if not updates:
        return
    try:
        await counts.bulk_write(updates, session=session)
    except (BulkWriteError, DuplicateKeyError, OperationFailure) as error:
        failed = (error.details or {}).get("writeErrors", [{"code": error.code}])
        if any(one.get("code") == _DUPLICATE_KEY for one in failed):
            raise GroupAppeared from None
        raise


async def read(
    counts: Rows, collection: Collection, fields: Sequence[str], within: Sequence[Any]
) -> dict[Group, int]:
    """The groups that have documents."""
    name = kept_as(collection, fields)
    whole = group_text(within)
    if len(within) == len(fields):
        begins, ends = f"{name} {whole} ", f"{name} {whole}!"  # "!" follows the blank
    elif within:
        begins, ends = f"{name} {whole[:-1]},", f"{name} {whole[:-1]}-"  # "-" follows the comma
    else:
        begins, ends = f"{name} ", f"{name}!"
    found: dict[Group, int] = {}
    async for row in counts.find({"_id": {"$gte": begins, "$lt": ends}}):
        text = row["_id"].removeprefix(name + " ").rpartition(" ")[0]
        group = tuple(msgspec.json.decode(text))
        found[group] = found.get(group, 0) + int(row[_AMOUNT])
    return {group: number for group, number in found.items() if number}


async def prepare(counts: Rows, rows: Rows, collection: Collection) -> None:
    """Counts what is there when the declaration is new."""
    marker = {"_id": f"declared {collection.name}"}
    wanted = msgspec.json.encode(collection.counted).decode()
    declared = await counts.find_one(marker)
    if (declared or {}).get("as", "[]") == wanted:
        return
    await _remake(counts, rows, collection)
    await counts.update_one(marker, {"$set": {"as": wanted}}, upsert=True)


async def recount(counts: Rows, rows: Rows, collection: Collection, *, mend: bool) -> int:
    """The groups that are kept wrong."""
    wrong = 0
    for fields in collection.counted:
        right, kept = await _grouped(rows, fields), await read(counts, collection, fields, ())
        wrong += sum(right.get(key) != kept.get(key) for key in right.keys() | kept.keys())
    if mend and wrong:
        await _remake(counts, rows, collection)
    return wrong


async def _remake(counts: Rows, rows: Rows, collection: Collection) -> None:
    await counts.delete_many({"_id": {"$gte": f"{collection.name}:", "$lt": f"{collection.name};"}})
    made = [
        {"_id": f"{kept_as(collection, fields)} {group_text(group)} 0", _AMOUNT: number}
        for fields in collection.counted
        for group, number in (await _grouped(rows, fields)).items()
    ]
    if made:
        await counts.insert_many(made)


async def _grouped(rows: Rows, fields: Iterable[str]) -> dict[Group, int]:
    """Counted one by one, which every server does alike."""
    names = tuple(fields)
    found: dict[Group, int] = {}
    async for row in rows.find({}, dict.fromkeys(names, 1)):
        group: Group = tuple(_plain(row.get(name)) for name in names)
        found[group] = found.get(group, 0) + 1
    return found


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, int) else value


def _id(collection: Collection, fields: Sequence[str], group: Group, id: str) -> str:
    plain = [_plain(value) for value in group]
    return f"{kept_as(collection, fields)} {group_text(plain)} {zlib.crc32(id.encode()) % _SPREAD}"


def grown_by(collection: Collection, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> Grown:
    """What the write of one document changes; a change names the fields it sets."""
    after = {**old, **new} if old is not None and new is not None else new
    return changes(collection, _ints(old), _ints(after))


def _ints(body: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if body is None else {name: _plain(value) for name, value in body.items()}
