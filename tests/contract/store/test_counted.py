"""Counts of groups are what counting the documents gives, on every engine and after every way of writing."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hub.store.copying import copy
from hub.store.digest import digest
from hub.store.documents import (
    Add,
    Collection,
    Conflict,
    Delete,
    Documents,
    Duplicate,
    Insert,
    Undeclared,
    Update,
)
from hub.store.sqlite import open_sqlite
from tests.contract.store.conftest import Engine
from tests.contract.store.declared import COLLECTIONS, LOTS, StandingClock

PLACE, BOTH = ("place",), ("place", "size")


async def fill(store: Documents) -> None:
    """Three in fz of sizes 1, 1, 2; one in xm without a size; one of nowhere."""
    lots = [("a", "fz", 1), ("b", "fz", 1), ("c", "fz", 2), ("d", "xm", None), ("e", None, 2)]
    refused = await store.insert_many("lots", [(id, {"place": at, "size": size}) for id, at, size in lots])
    assert refused == []


async def test_every_group_is_read_without_its_documents(store: Documents) -> None:
    await fill(store)
    assert await store.counted("lots", PLACE) == {("fz",): 3, ("xm",): 1, (None,): 1}
    assert await store.counted("lots", BOTH, ["fz"]) == {("fz", 1): 2, ("fz", 2): 1}
    assert await store.counted("lots", BOTH, ["fz", 2]) == {("fz", 2): 1}
    assert await store.counted("lots", BOTH, ["f"]) == await store.counted("lots", BOTH, ["fz", 9]) == {}


async def test_every_way_of_writing_counts(store: Documents) -> None:
    await fill(store)
    assert await store.insert_many("lots", [("a", {"place": "xm"}), ("f", {"place": "xm"})]) == ["a"]
    await store.commit([Update("lots", "a", {"place": "xm"}, 1), Delete("lots", "b", 1)])
    await store.commit([Update("lots", "c", {"note": "x"}, 1)])  # of no group
    assert await store.settle("lots", [("c", 2, {"size": 7}), ("d", 9, {"size": 7})]) == ["d"]
    assert await store.delete("lots", {"place": None}, limit=5) == 1
    assert await store.counted("lots", BOTH) == {("xm", 1): 1, ("fz", 7): 1, ("xm", None): 2}
    assert await store.recount("lots") == 0


async def test_what_is_refused_counts_nothing(store: Documents) -> None:
    await fill(store)
    before = await store.counted("lots", BOTH)
    with pytest.raises(Conflict):
        await store.commit([Insert("lots", "g", {"place": "fz"}), Update("lots", "a", {"place": "xm"}, 9)])
    with pytest.raises(Duplicate):
        await store.commit([Update("lots", "a", {"place": "xm"}, 1), Insert("lots", "b", {"place": "fz"})])
    with pytest.raises(Conflict):
        await store.commit([Delete("lots", "z", 1)])
    assert await store.counted("lots", BOTH) == before
    assert await store.recount("lots") == 0


async def test_many_at_once_are_all_counted(store: Documents) -> None:
    """Half of them make a group that is not there yet, and each is moved by two who meet."""

    async def one(number: int) -> None:
        id = f"n{number}"
        await store.commit([Insert("lots", id, {"place": "new", "size": number % 2})])
        moves = [store.commit([Update("lots", id, {"place": place}, 1)]) for place in ("fz", "xm")]
        ends = await asyncio.gather(*moves, return_exceptions=True)
        assert [type(end) for end in ends if end is not None] == [Conflict]

    await asyncio.gather(*map(one, range(20)))
    counted = await store.counted("lots", PLACE)
    assert sum(counted.values()) == 20
    assert ("new",) not in counted
    assert await store.recount("lots") == 0


async def test_a_copy_counts_for_itself_and_the_digest_leaves_counts_out(engine: Engine) -> None:
    source, target = await engine.open(), await engine.open()
    await fill(source)
    await target.insert_many("lots", [("a", {"place": "fz", "size": 1})])
    await copy(source, target, COLLECTIONS)
    assert await target.counted("lots", BOTH) == await source.counted("lots", BOTH)
    assert await target.recount("lots") == 0
    assert await digest(source, COLLECTIONS) == await digest(target, COLLECTIONS)


async def test_what_nobody_counts_is_refused(store: Documents) -> None:
    for fields, within in ((("size",), ()), (PLACE, ("fz", 1))):
        with pytest.raises(Undeclared):
            await store.counted("lots", fields, within)
    with pytest.raises(Undeclared):
        await store.commit([Add("lots", "a", {"size": 1})])
    with pytest.raises(Undeclared):
        await store.claim("lots", {"place": "fz"}, sort=(), limit=1, set={"size": 1})


async def test_another_declaration_is_counted_when_the_file_is_opened(tmp_path: Path) -> None:
    path, clock = tmp_path / "hub.db", StandingClock()
    store = await open_sqlite(path, COLLECTIONS, clock=clock)
    await fill(store)
    await store.close()
    fewer = Collection("lots", fields={"size": str}, counted=(("size",),))
    store = await open_sqlite(path, (fewer,), clock=clock)
    assert await store.counted("lots", ("size",)) == {("1",): 2, ("2",): 2, (None,): 1}
    await store.close()
    store = await open_sqlite(path, (LOTS,), clock=clock)
    assert await store.counted("lots", PLACE) == {("fz",): 3, ("xm",): 1, (None,): 1}
    await store.commit([Delete("lots", "a", 1)])
    assert await store.counted("lots", PLACE, ["fz"]) == {("fz",): 2}
    await store.close()


async def test_a_wrong_count_is_found_and_mended(tmp_path: Path) -> None:
    path, clock = tmp_path / "hub.db", StandingClock()
    store = await open_sqlite(path, COLLECTIONS, clock=clock)
    await fill(store)
    await store.close()
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("UPDATE m_counts SET n = 9 WHERE name = 'lots:place' AND key LIKE '%fz%'")
    store = await open_sqlite(path, COLLECTIONS, clock=clock)
    assert await store.counted("lots", PLACE, ["fz"]) == {("fz",): 9}
    assert await store.recount("lots") == 1
    assert await store.recount("lots", mend=True) == 1
    assert await store.counted("lots", PLACE, ["fz"]) == {("fz",): 3}
    assert await store.recount("lots") == 0
    await store.close()
