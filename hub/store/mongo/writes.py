"""The unit of work on MongoDB.

Several writes are one transaction with the driver's retry loop: a write conflict with
another transaction plays the whole unit again, and then either holds or finds its version
gone. One write is atomic by itself and needs no transaction. Runs of inserts into one
collection travel together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from motor.motor_asyncio import AsyncIOMotorClientSession, AsyncIOMotorCollection
from pymongo.errors import BulkWriteError, DuplicateKeyError, OperationFailure

from hub.store.counting import check_uncounted, counted_fields
from hub.store.documents import (
    Add,
    Collection,
    Conflict,
    Delete,
    Duplicate,
    Insert,
    Undeclared,
    Update,
    Write,
)
from hub.store.mongo import counts
from hub.store.mongo.shape import VERSION, to_changes, to_document
from hub.store.query import check_name

DUPLICATE_KEY = 11000


@dataclass(frozen=True, slots=True)
class Target:
    """A declared collection, where its documents are, and where its groups are counted."""

    declared: Collection
    rows: AsyncIOMotorCollection[dict[str, Any]]
    counts: AsyncIOMotorCollection[dict[str, Any]]


Prepared = tuple[Write, dict[str, Any]]
"""A write with the document or update it stands for, checked before anything is sent."""


def prepare(collection: Collection, write: Write) -> Prepared:
    """Checks a write and shapes it. Raises `Undeclared`."""
    match write:
        case Insert():
            return write, to_document(collection, write.id, write.body)
        case Update():
            return write, to_changes(collection, write.set)
        case Add():
            check_uncounted(collection, "Add")
            for name, amount in write.amounts.items():
                check_name(collection, name)
                if type(amount) is not int:
                    raise Undeclared(f"{write.collection}.{name}: only integers are added")
            return write, {"$inc": {**write.amounts, VERSION: 1}}
        case Delete():
            return write, {}


async def run_all(
    writes: Sequence[Prepared],
    targets: Mapping[str, Target],
    session: AsyncIOMotorClientSession | None,
) -> None:
    """Runs prepared writes in order, inside `session`'s transaction if there is one."""
    at = 0
    while at < len(writes):
        first = writes[at][0]
        end = at + 1
        if isinstance(first, Insert):
            while end < len(writes) and _goes_along(first, writes[end][0]):
                end += 1
        target = targets[first.collection]
        for write, shaped in writes[at:end] if target.declared.counted else ():
            await _count(write, shaped, target, session)
        if end - at > 1:
            await _insert_run(writes[at:end], target, session)
        else:
            await _run(writes[at], target, session)
        at = end


async def _count(
    write: Write, shaped: dict[str, Any], target: Target, session: AsyncIOMotorClientSession | None
) -> None:
    """Counts what a write will change, before it: the old groups are what stands there now."""
    declared, old, new = target.declared, None, None
    match write:
        case Insert():
            new = shaped
        case Update() if set(write.set).isdisjoint(counted_fields(declared)):
            return
        case Update() | Delete():
            current = {"_id": write.id, VERSION: write.version}
            old = await counts.before(declared, target.rows, current, session)
            if old is None:
                raise Conflict(write)
            new = shaped["$set"] if isinstance(write, Update) else None
        case Add():
            return
    grown = counts.grown_by(declared, old, new)
    await counts.keep(target.counts, declared, write.id, grown, session)


def _goes_along(first: Insert, other: Write) -> bool:
    return isinstance(other, Insert) and other.collection == first.collection


async def _insert_run(
    writes: Sequence[Prepared],
    target: Target,
    session: AsyncIOMotorClientSession | None,
) -> None:
    try:
        await target.rows.insert_many([document for _, document in writes], session=session)
    except BulkWriteError as error:
        for failed in (error.details or {}).get("writeErrors", ()):
            if failed.get("code") == DUPLICATE_KEY:
                write = writes[failed["index"]][0]
                raise Duplicate(write, taken_key(failed, target.declared)) from None
        raise


async def _run(prepared: Prepared, target: Target, session: AsyncIOMotorClientSession | None) -> None:
    write, shaped = prepared
    try:
        match write:
            case Insert():
                await target.rows.insert_one(shaped, session=session)
            case Update():
                current = {"_id": write.id, VERSION: write.version}
                if (await target.rows.update_one(current, shaped, session=session)).matched_count == 0:
                    raise Conflict(write)
            case Add():
                await target.rows.update_one({"_id": write.id}, shaped, upsert=True, session=session)
            case Delete():
                current = {"_id": write.id, VERSION: write.version}
                if (await target.rows.delete_one(current, session=session)).deleted_count == 0:
                    raise Conflict(write)
    except (DuplicateKeyError, OperationFailure) as error:
        if not is_duplicate(error):
            raise
        if isinstance(write, Add) and session is None:
            # two callers created the same document at once; it exists now
            await target.rows.update_one({"_id": write.id}, shaped, session=session)
            return
        raise Duplicate(write, taken_key(error.details or {"errmsg": str(error)}, target.declared)) from None


def is_duplicate(error: OperationFailure) -> bool:
    """Whether a unique key refused the write."""
    return isinstance(error, DuplicateKeyError) or error.code == DUPLICATE_KEY


def taken_key(details: Any, collection: Collection) -> tuple[str, ...]:
    """The fields of the unique key that refused, from what the server said.

    Servers before 4.2 and nx-27017 send no key pattern, only the index's name in a sentence.
    """
    pattern = details.get("keyPattern")
    if pattern:
        return tuple("id" if name == "_id" else name for name in pattern)
    said = str(details.get("errmsg", ""))
    for key in sorted(collection.unique, key=len, reverse=True):
        if f"u_{'__'.join(key)}" in said or f"_{'_'.join(key)}'" in said:
            return key
    return ("id",)
