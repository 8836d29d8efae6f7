"""Indexes of a collection on MongoDB.

Documents where a field of a unique key is None or missing are exempt: a partial index over
the field's type does that (a sparse one would still index None). Names carry the fields,
so that a Duplicate can name its key on servers that do not send a key pattern.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo import IndexModel
from pymongo.errors import OperationFailure

from hub.store.documents import Collection, Refused
from hub.store.mongo.shape import BSON_TYPES, SEARCH
from hub.store.mongo.writes import DUPLICATE_KEY


async def prepare(
    database: AsyncIOMotorDatabase[dict[str, Any]], collection: Collection, *, with_id: bool
) -> None:
    """Makes the collection and what is missing; drops our indexes no longer declared.

    Our orders end with the id, and so do the indexes, or every page would be sorted anew.
    `with_id=False` is for nx-27017, which cannot insert once an index contains `_id`.
    """
    existing = await database.list_collection_names(filter={"name": collection.name})
    if collection.name not in existing:
        # made here because a collection cannot be made inside a transaction everywhere
        try:
            await database.create_collection(collection.name)
        except OperationFailure as error:
            if error.code != _NAMESPACE_EXISTS:
                raise
    target = database[collection.name]
    wanted = {model.document["name"]: model for model in _models(collection, with_id=with_id)}
    present = {row["name"] async for row in target.list_indexes()}
    for name in present - wanted.keys():
        if name.startswith(("u_", "i_", "s_")):
            await target.drop_index(name)
    missing = [model for name, model in wanted.items() if name not in present]
    if not missing:
        return
    try:
        await target.create_indexes(missing)
    except OperationFailure as error:
        if error.code != DUPLICATE_KEY:
            raise
        raise Refused(
            f"集合 {collection.name} 中已有重复数据，无法建立唯一约束。 / "
            f"{collection.name} already holds duplicates of a unique key."
        ) from error


_NAMESPACE_EXISTS = 48


def _models(collection: Collection, *, with_id: bool) -> Iterator[IndexModel]:
    tail = [("_id", 1)] if with_id else []
    for key in collection.unique:
        exempt = {name: {"$type": BSON_TYPES[collection.fields[name]]} for name in key}
        yield IndexModel(
            [(name, 1) for name in key],
            name="u_" + "__".join(key),
            unique=True,
            partialFilterExpression=exempt,
        )
    for key in collection.indexes:
        yield IndexModel([*((name, 1) for name in key), *tail], name="i_" + "__".join(key))
    if collection.search is not None:
        yield IndexModel([(SEARCH, 1), *tail], name="s_terms")
