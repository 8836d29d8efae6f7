"""A store that is opened to be read only makes nothing in it."""

from __future__ import annotations

from uuid import uuid4

import pytest
from motor.motor_asyncio import AsyncIOMotorClient

from hub.store.documents import Collection
from hub.store.mongo import open_mongo
from tests.contract.store.declared import StandingClock

THINGS = (Collection("things", fields={"n": int}, indexes=(("n",),)),)


@pytest.mark.mongodb
async def test_no_index_is_made_in_a_database_that_is_only_read(mongo_url: str) -> None:
    name = f"t{uuid4().hex[:16]}"
    store = await open_mongo(mongo_url, name, THINGS, clock=StandingClock(), prepared=False)
    try:
        assert await store.find("things", {}, limit=1) == []
    finally:
        await store.close()
    plain = mongo_url.partition("?")[0]
    client: AsyncIOMotorClient[dict[str, object]] = AsyncIOMotorClient(plain)
    try:
        assert await client[name].list_collection_names() == []
    finally:
        client.close()
