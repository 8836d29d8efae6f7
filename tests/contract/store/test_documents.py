"""The contract of the storage port, on every engine: one document, its unique keys, and the whole store."""

from __future__ import annotations

import asyncio

import pytest

from hub.store.documents import (
    Add,
    Body,
    Conflict,
    Delete,
    Documents,
    Duplicate,
    Insert,
    StoreUnavailable,
    Update,
)
from tests.contract.store.declared import fill

# -- one document ----------------------------------------------------------------------


async def test_what_was_inserted_is_read_back_as_it_was(store: Documents) -> None:
    body: Body = {
        "state": "new",
        "due_at": 1_767_225_600_123,
        "score": 0.25,
        "unit": None,
        "text": "我的身份证丢了，怎么办？🙂 𠮷",
        "big": 2**53,
        "deep": {"list": [1, 2.5, None, True, {"键": "值"}], "empty": {}},
        "flag": False,
    }
    await store.commit([Insert("cases", "c1", body)])
    found = await store.get("cases", "c1")
    assert found is not None
    assert (found.id, found.version, found.body) == ("c1", 1, body)
    assert type(found.body["due_at"]) is int
    assert type(found.body["flag"]) is bool


async def test_what_is_not_there_is_none(store: Documents) -> None:
    assert await store.get("cases", "nobody") is None
    assert await store.find_one("cases", {"reference": "nobody"}) is None


async def test_none_and_missing_stay_different(store: Documents) -> None:
    await store.commit([Insert("cases", "a", {"unit": None}), Insert("cases", "b", {})])
    found = await store.get_many("cases", ["a", "b"])
    assert found["a"].body == {"unit": None}
    assert found["b"].body == {}
    await store.commit([Update("cases", "a", {"unit": "fz"}, 1)])
    await store.commit([Update("cases", "a", {"unit": None}, 2)])
    found = await store.get_many("cases", ["a"])
    assert found["a"].body == {"unit": None}


async def test_an_update_merges_top_level_fields_and_raises_the_version(store: Documents) -> None:
    await store.commit([Insert("cases", "c1", {"state": "new", "x": {"a": 1}, "y": 1})])
    await store.commit([Update("cases", "c1", {"state": "open", "x": {"b": 2}}, 1)])
    found = await store.get("cases", "c1")
    assert found is not None
    assert found.version == 2
    assert found.body == {"state": "open", "x": {"b": 2}, "y": 1}


async def test_a_stale_update_is_a_conflict_that_names_the_write(store: Documents) -> None:
    await store.commit([Insert("cases", "c1", {"state": "new"})])
    await store.commit([Update("cases", "c1", {"state": "open"}, 1)])
    late = Update("cases", "c1", {"state": "closed"}, 1)
    with pytest.raises(Conflict) as caught:
        await store.commit([late])
    assert caught.value.write == late
    found = await store.get("cases", "c1")
    assert found is not None
    assert found.body["state"] == "open"


async def test_in_a_bulk_of_equal_updates_the_stale_one_is_named_and_nothing_is_changed(
    store: Documents,
) -> None:
    await fill(store, 40)
    await store.commit([Update("cases", "c17", {"priority": 99}, 1)])
    updates = [Update("cases", f"c{n:02}", {"state": "closed"}, 1) for n in range(40)]
    with pytest.raises(Conflict) as caught:
        await store.commit([*updates, Add("tallies", "b1", {"taken": 40})])
    assert caught.value.write == updates[17]
    others = [write for write in updates if write.id != "c17"]
    assert await store.count("cases", {"state": "closed"}) in ({}, {"": 0})
    await store.commit([*others, Add("tallies", "b1", {"taken": 39})])
    assert await store.count("cases", {"state": "closed"}) == {"": 39}
    counters = await store.get("tallies", "b1")
    assert counters is not None
    assert counters.body == {"taken": 39}


async def test_an_absent_document_cannot_be_updated_or_deleted(store: Documents) -> None:
    for write in (Update("cases", "no", {"state": "x"}, 1), Delete("cases", "no", 1)):
        with pytest.raises(Conflict):
            await store.commit([write])


async def test_deleting_wants_the_current_version(store: Documents) -> None:
    await store.commit([Insert("cases", "c1", {}), Insert("cases", "c2", {})])
    await store.commit([Update("cases", "c1", {"state": "open"}, 1)])
    with pytest.raises(Conflict):
        await store.commit([Delete("cases", "c1", 1)])
    await store.commit([Delete("cases", "c1", 2)])
    assert await store.get("cases", "c1") is None
    assert await store.get("cases", "c2") is not None


async def test_a_megabyte_of_chinese_comes_back_whole(store: Documents) -> None:
    text = "办事指南" * 87_500
    assert len(text.encode()) > 1_000_000
    await store.commit([Insert("parts", "big", {"unit": "fz", "text": text})])
    found = await store.find("parts", {"unit": "fz"}, limit=1)
    assert found[0].body["text"] == text
    await store.commit([Update("parts", "big", {"seen": True}, 1)])
    again = await store.get("parts", "big")
    assert again is not None
    assert again.body["text"] == text


async def test_odd_text_is_kept(store: Documents) -> None:
    odd = "'; DROP TABLE cases; -- \" $ne {} \u200b\n\t\\ "
    await store.commit([Insert("cases", odd, {"reference": odd, "free": odd})])
    found = await store.find_one("cases", {"reference": odd})
    assert found is not None
    assert (found.id, found.body["free"]) == (odd, odd)


# -- unique keys -----------------------------------------------------------------------


async def test_a_taken_id_is_a_duplicate(store: Documents) -> None:
    await store.commit([Insert("cases", "c1", {"state": "new"})])
    again = Insert("cases", "c1", {"state": "other"})
    with pytest.raises(Duplicate) as caught:
        await store.commit([again])
    assert caught.value.write == again
    assert caught.value.key == ("id",)


async def test_a_taken_unique_key_is_a_duplicate_that_names_the_key(store: Documents) -> None:
    await store.commit([Insert("cases", "c1", {"reference": "A", "year": 2026, "serial": 1})])
    with pytest.raises(Duplicate) as caught:
        await store.commit([Insert("cases", "c2", {"reference": "A"})])
    assert caught.value.key == ("reference",)
    with pytest.raises(Duplicate) as caught:
        await store.commit([Insert("cases", "c3", {"year": 2026, "serial": 1})])
    assert caught.value.key == ("year", "serial")
    await store.commit([Insert("cases", "c4", {"year": 2026, "serial": 2})])
    with pytest.raises(Duplicate) as caught:
        await store.commit([Update("cases", "c4", {"serial": 1}, 1)])
    assert caught.value.write == Update("cases", "c4", {"serial": 1}, 1)


async def test_documents_without_the_key_are_exempt_from_it(store: Documents) -> None:
    await store.commit([Insert("cases", "a", {"reference": None}), Insert("cases", "b", {})])
    await store.commit([Insert("cases", "c", {"reference": None, "year": 2026})])
    await store.commit([Insert("cases", "d", {"year": 2026, "serial": None})])
    assert await store.count("cases", {}) == {"": 4}


async def test_of_many_racing_for_one_key_one_wins(store: Documents) -> None:
    async def race(n: int) -> bool:
        try:
            await store.commit([Insert("cases", f"c{n}", {"reference": "one"})])
        except Duplicate:
            return False
        return True

    assert sum(await asyncio.gather(*(race(n) for n in range(16)))) == 1


# -- the whole -------------------------------------------------------------------------


async def test_a_scan_sees_every_document_in_id_order(store: Documents) -> None:
    rows: list[tuple[str, Body]] = [(f"{n * 7919 % 1201:05}", {"n": n}) for n in range(1201)]
    await store.insert_many("parts", rows)
    assert [d.id async for d in store.scan("parts")] == [f"{n:05}" for n in range(1201)]


async def test_the_clock_is_in_milliseconds(store: Documents) -> None:
    assert 1_600_000_000_000 < await store.now_ms() < 4_000_000_000_000


async def test_a_closed_store_refuses_everything(store: Documents) -> None:
    await store.commit([Insert("cases", "c1", {})])
    await store.close()
    await store.close()
    with pytest.raises(StoreUnavailable):
        await store.get("cases", "c1")
    with pytest.raises(StoreUnavailable):
        await store.find("cases", {}, limit=1)
    with pytest.raises(StoreUnavailable):
        await store.commit([Insert("cases", "c2", {})])
