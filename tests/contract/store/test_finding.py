"""What queries find, in which order, and what is refused, on every engine."""

from __future__ import annotations

import pytest

from hub.store.documents import (
    MAX_LIMIT,
    Body,
    Documents,
    Insert,
    Undeclared,
    Update,
    Where,
)
from tests.contract.store.declared import fill

# -- finding ---------------------------------------------------------------------------


QUERIES: list[tuple[Where, list[str]]] = [
    ({"state": "new"}, ["c01", "c03", "c05", "c07", "c09"]),
    ({"state": "new", "due_at": {"$gte": 1, "$lt": 3}}, ["c03", "c05", "c07"]),
    ({"priority": {"$in": [2, 5, 99]}}, ["c02", "c05"]),
    ({"priority": {"$in": []}}, []),
    ({"priority": {"$lte": 1}}, ["c00", "c01"]),
    ({"priority": {"$gt": 8}}, ["c09"]),
    ({"priority": {"$gt": 6}, "state": {"$ne": "new"}}, ["c08"]),
    ({"unit": None, "priority": {"$lt": 2}}, ["c00", "c01"]),
    ({"priority": {"$lt": 3}, "unit": {"$ne": None}}, []),
    ({"priority": {"$lt": 2}, "unit": {"$ne": "fz"}}, ["c00", "c01"]),
    ({"priority": {"$lt": 2}, "unit": {"$in": ["fz", None]}}, ["c00", "c01"]),
    ({"priority": {"$lt": 2}, "due_at": {"$ne": None}}, ["c00", "c01"]),
    ({"id": {"$in": ["c03", "c01"]}}, ["c01", "c03"]),
    ({"id": {"$gt": "c07"}}, ["c08", "c09"]),
]


@pytest.mark.parametrize(("where", "ids"), QUERIES)
async def test_filters_find_what_they_say(store: Documents, where: Where, ids: list[str]) -> None:
    await fill(store)
    assert [d.id for d in await store.find("cases", where, limit=50)] == ids


async def test_order_follows_the_sort_and_then_the_id(store: Documents) -> None:
    await fill(store, 7)
    up = await store.find("cases", {}, sort=[("state", 1), ("due_at", -1)], limit=50)
    assert [d.id for d in up] == ["c05", "c03", "c01", "c06", "c04", "c02", "c00"]
    down = await store.find("cases", {"state": "open"}, sort=[("due_at", 1)], limit=2)
    assert [d.id for d in down] == ["c00", "c02"]
    by_id = await store.find("cases", {}, sort=[("id", -1)], limit=2)
    assert [d.id for d in by_id] == ["c06", "c05"]


SORTS = [
    (),
    (("state", 1),),
    (("state", -1),),
    (("state", 1), ("due_at", -1)),
    (("state", -1), ("due_at", 1), ("unit", 1)),
    (("id", -1),),
]


@pytest.mark.parametrize("sort", SORTS)
async def test_pages_join_without_gap_or_repeat(store: Documents, sort: tuple[tuple[str, int], ...]) -> None:
    rows: list[tuple[str, Body]] = []
    for n in range(23):
        body: Body = {"due_at": n % 3, "unit": "fz" if n % 2 else None}
        if n % 4:
            body["state"] = "new" if n % 4 == 1 else "open"
        rows.append((f"c{n:02}", body))
    await store.insert_many("cases", rows)
    whole = [d.id for d in await store.find("cases", {}, sort=sort, limit=100)]
    assert sorted(whole) == [f"c{n:02}" for n in range(23)]
    paged: list[str] = []
    after: str | None = None
    while True:
        page = await store.find("cases", {}, sort=sort, limit=5, after=after)
        paged += [d.id for d in page]
        if len(page) < 5:
            break
        after = store.cursor(page[-1], sort)
    assert paged == whole


async def test_a_cursor_of_another_order_or_of_nobody_is_refused(store: Documents) -> None:
    await fill(store, 3)
    first = (await store.find("cases", {}, limit=1))[0]
    sort = [("state", 1)]
    for cursor in ("%%%", "e30", "\u4e2d", store.cursor(first), store.cursor(first)[:-2]):
        with pytest.raises(Undeclared):
            await store.find("cases", {}, sort=sort, limit=1, after=cursor)


async def test_counts_are_by_value(store: Documents) -> None:
    await fill(store)
    await store.commit([Insert("cases", "bare", {"priority": 1})])
    assert await store.count("cases", {}) == {"": 11}
    assert await store.count("cases", {}, by="state") == {"new": 5, "open": 5, "": 1}
    assert await store.count("cases", {"state": "new"}, by="due_at") == {
        "0": 1,
        "1": 2,
        "2": 1,
        "3": 1,
    }
    assert await store.count("cases", {"state": "nothing"}) == {"": 0}


async def test_many_are_fetched_by_id_at_once(store: Documents) -> None:
    await fill(store, 200)
    ids = [f"c{n:02}" for n in range(200)]
    found = await store.get_many("cases", [*ids, "nobody"])
    assert set(found) == set(ids)
    assert found["c07"].body["priority"] == 7
    assert await store.get_many("cases", []) == {}
    assert set(await store.get_many("cases", ["c01", "x"])) == {"c01"}


# -- what is refused on every engine ---------------------------------------------------


REFUSED: list[Where] = [
    {"nothing": 1},
    {"year": {"$gt": 2000, "$ne": None}, "due_at": 4, "serial": None, "x": 1},
    {"due_at": 5},
    {"state": {"$ne": "new"}},
    {"state": {"$regex": ".*"}},
    {"state": {"$where": "1"}},
    {"state": {"$eq": "new"}},
    {"state": {"new": 1}},
    {"state": {}},
    {"state": ["new"]},
    {"state": 5},
    {"priority": "5"},
    {"priority": True},
    {"priority": {"$lt": None}},
    {"priority": {"$in": "abc"}},
    {"priority": {"$in": [{"$gt": 0}]}},
    {"$or": [{"state": "new"}]},
    {"state.x": "new"},
    {"version": 1},
]


@pytest.mark.parametrize("where", REFUSED, ids=str)
async def test_an_unserved_or_odd_query_is_refused(store: Documents, where: Where) -> None:
    with pytest.raises(Undeclared):
        await store.find("cases", where, limit=10)
    with pytest.raises(Undeclared):
        await store.find_one("cases", where)
    with pytest.raises(Undeclared):
        await store.count("cases", where)
    with pytest.raises(Undeclared):
        await store.delete("cases", where, limit=10)
    with pytest.raises(Undeclared):
        await store.claim("cases", where, sort=[], limit=1, set={"state": "x"})


async def test_unserved_orders_and_limits_are_refused(store: Documents) -> None:
    for sort in ([("due_at", 1)], [("nothing", 1)], [("state", 2)], [("state", 1), ("state", 1)]):
        with pytest.raises(Undeclared):
            await store.find("cases", {}, sort=sort, limit=1)
    for limit in (0, -1, MAX_LIMIT + 1):
        with pytest.raises(Undeclared):
            await store.find("cases", {}, limit=limit)
    with pytest.raises(Undeclared):
        await store.count("cases", {}, by="text")
    with pytest.raises(Undeclared):
        await store.search("cases", "文本", limit=1)


ODD_BODIES: list[Body] = [
    {"state": 5},
    {"priority": "5"},
    {"priority": True},
    {"priority": 1.5},
    {"score": "high"},
    {"_v": 9},
    {"$set": {}},
    {"a.b": 1},
    {"id": "x"},
]


@pytest.mark.parametrize("body", ODD_BODIES, ids=str)
async def test_a_body_that_does_not_fit_its_declaration_is_refused(store: Documents, body: Body) -> None:
    with pytest.raises(Undeclared):
        await store.commit([Insert("cases", "c1", body)])
    with pytest.raises(Undeclared):
        await store.insert_many("cases", [("c1", body)])
    await store.commit([Insert("cases", "c1", {})])
    with pytest.raises(Undeclared):
        await store.commit([Update("cases", "c1", body, 1)])
    with pytest.raises(Undeclared):
        await store.settle("cases", [("c1", 1, body)])


async def test_an_undeclared_collection_is_refused(store: Documents) -> None:
    with pytest.raises(Undeclared):
        await store.get("strangers", "a")
    with pytest.raises(Undeclared):
        await store.commit([Insert("strangers", "a", {})])
