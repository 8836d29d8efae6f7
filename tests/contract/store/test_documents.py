"""The contract of the storage port: one file, every engine."""

from __future__ import annotations

import asyncio

import pytest

from hub.store import terms
from hub.store.documents import (
    MAX_LIMIT,
    Add,
    Body,
    Conflict,
    Delete,
    Documents,
    Duplicate,
    Insert,
    StoreUnavailable,
    Undeclared,
    Update,
    Where,
    Write,
)


async def fill(store: Documents, count: int = 10) -> None:
    rows: list[tuple[str, Body]] = [
        (f"c{n:02}", {"state": "new" if n % 2 else "open", "due_at": n // 3, "priority": n})
        for n in range(count)
    ]
    assert await store.insert_many("cases", rows) == []


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


# -- the unit of work ------------------------------------------------------------------


async def test_a_unit_of_work_holds_whole(store: Documents) -> None:
    await store.commit([Insert("cases", "old", {"state": "new"}), Insert("cases", "gone", {})])
    await store.commit(
        [
            Insert("cases", "c1", {"reference": "A"}),
            Insert("parts", "p1", {"unit": "fz"}),
            Update("cases", "old", {"state": "open"}, 1),
            Delete("cases", "gone", 1),
            Add("tallies", "today", {"taken": 1}),
            Insert("parts", "p2", {"unit": "fz"}),
        ]
    )
    assert set(await store.get_many("cases", ["c1", "old", "gone"])) == {"c1", "old"}
    assert set(await store.get_many("parts", ["p1", "p2"])) == {"p1", "p2"}
    tally = await store.get("tallies", "today")
    assert tally is not None
    assert tally.body == {"taken": 1}


FAILING: list[tuple[Write, type[Exception]]] = [
    (Insert("cases", "held", {}), Duplicate),
    (Insert("cases", "fresh", {"reference": "taken"}), Duplicate),
    (Update("cases", "held", {"state": "x"}, 7), Conflict),
    (Delete("cases", "held", 7), Conflict),
]


@pytest.mark.parametrize(("failing", "error"), FAILING)
async def test_a_failing_last_write_leaves_nothing_behind(
    store: Documents, failing: Write, error: type[Duplicate | Conflict]
) -> None:
    await store.commit([Insert("cases", "held", {"reference": "taken", "state": "new"})])
    before: list[Write] = [
        Insert("cases", "n1", {"state": "new"}),
        Insert("cases", "n2", {"state": "new"}),
        Update("cases", "held", {"state": "open"}, 1),
        Add("tallies", "today", {"taken": 5}),
        Insert("entries", "e1", {"text": "身份证补办"}),
    ]
    with pytest.raises(error) as caught:
        await store.commit([*before, failing])
    assert getattr(caught.value, "write", None) == failing
    assert list(await store.get_many("cases", ["n1", "n2", "fresh"])) == []
    held = await store.get("cases", "held")
    assert held is not None
    assert (held.version, held.body["state"]) == (1, "new")
    assert await store.get("tallies", "today") is None
    assert await store.search("entries", "身份", limit=5) == []


async def test_a_unit_that_fails_halfway_disturbs_no_other(store: Documents) -> None:
    await store.commit([Insert("cases", "taken", {})])

    async def unit(n: int) -> bool:
        last = "taken" if n % 4 == 0 else f"c{n}"
        writes: list[Write] = [Insert("parts", f"p{n}", {"unit": "fz"}), Insert("cases", last, {})]
        try:
            await store.commit([*writes, Add("tallies", "today", {"taken": 1})])
        except Duplicate:
            return False
        return True

    held = await asyncio.gather(*(unit(n) for n in range(24)))
    assert held == [n % 4 != 0 for n in range(24)]
    assert await store.count("parts", {"unit": "fz"}) == {"": 18}
    tally = await store.get("tallies", "today")
    assert tally is not None
    assert tally.body["taken"] == 18


async def test_an_empty_unit_changes_nothing(store: Documents) -> None:
    await store.commit([])
    assert await store.count("cases", {}) == {"": 0}


async def test_of_many_updating_one_version_one_wins(store: Documents) -> None:
    await store.commit([Insert("cases", "c1", {"priority": 0})])

    async def race(n: int) -> bool:
        writes: list[Write] = [Update("cases", "c1", {"priority": n}, 1), Insert("parts", f"p{n}", {})]
        try:
            await store.commit(writes)
        except Conflict:
            return False
        return True

    assert sum(await asyncio.gather(*(race(n) for n in range(12)))) == 1
    assert await store.count("parts", {}) == {"": 1}


async def test_a_committed_write_is_seen_by_the_next_read(store: Documents) -> None:
    async def one(n: int) -> None:
        await store.commit([Insert("cases", f"c{n:03}", {"unit": f"u{n}"})])
        assert await store.get("cases", f"c{n:03}") is not None
        assert len(await store.find("cases", {"unit": f"u{n}"}, limit=5)) == 1

    await asyncio.gather(*(one(n) for n in range(30)))


# -- counters --------------------------------------------------------------------------


async def test_concurrent_additions_are_all_counted(store: Documents) -> None:
    async def add(n: int) -> None:
        await store.commit([Add("tallies", "today", {"taken": 1, "loose": n})])

    await asyncio.gather(*(add(n) for n in range(50)))
    found = await store.get("tallies", "today")
    assert found is not None
    assert found.body == {"taken": 50, "loose": sum(range(50))}
    assert found.version == 50


async def test_numbers_are_never_given_twice(store: Documents) -> None:
    singles, blocks = await asyncio.gather(
        asyncio.gather(*(store.next_number("case-2026") for _ in range(40))),
        asyncio.gather(*(store.next_number("case-2026", amount=3) for _ in range(10))),
    )
    given = [*singles, *(first + n for first in blocks for n in range(3))]
    assert sorted(given) == list(range(1, 71))
    assert await store.next_number("case-2027") == 1


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


# -- bulk ------------------------------------------------------------------------------


async def test_a_repeated_bulk_insert_refuses_only_what_is_there(store: Documents) -> None:
    rows: list[tuple[str, Body]] = [(f"c{n}", {"priority": n, "reference": f"r{n}"}) for n in range(6)]
    assert await store.insert_many("cases", rows[:3]) == []
    other: tuple[str, Body] = ("other", {"reference": "r5"})
    assert sorted(await store.insert_many("cases", [*rows, other])) == ["c0", "c1", "c2", "other"]
    assert await store.count("cases", {}) == {"": 6}
    assert await store.insert_many("cases", []) == []


async def test_settling_tells_which_versions_were_no_longer_current(store: Documents) -> None:
    await fill(store, 6)
    await store.commit([Update("cases", "c02", {"state": "moved"}, 1)])
    changes: list[tuple[str, int, Body]] = [
        (f"c{n:02}", 1, {"state": "done", "attempts": [n]} if n % 2 else {"state": "done"}) for n in range(6)
    ]
    assert await store.settle("cases", [*changes, ("absent", 1, {"state": "done"})]) == ["c02", "absent"]
    found = await store.get_many("cases", [f"c{n:02}" for n in range(6)])
    assert {d.id: d.body["state"] for d in found.values()} == {
        f"c{n:02}": "moved" if n == 2 else "done" for n in range(6)
    }
    assert {d.version for d in found.values()} == {2}
    assert found["c05"].body["attempts"] == [5]
    again = [(d.id, 2, {"state": "closed"}) for d in found.values()]
    assert await store.settle("cases", again) == []
    assert await store.settle("cases", []) == []


async def test_retention_deletes_in_steps(store: Documents) -> None:
    await fill(store)
    assert await store.delete("cases", {"state": "new"}, limit=3) == 3
    assert await store.delete("cases", {"state": "new"}, limit=3) == 2
    assert await store.delete("cases", {"state": "new"}, limit=3) == 0
    assert await store.count("cases", {}, by="state") == {"open": 5}


# -- claims ----------------------------------------------------------------------------


async def test_a_claim_returns_the_first_in_order_as_changed(store: Documents) -> None:
    await fill(store)
    got = await store.claim(
        "cases",
        {"state": "new", "due_at": {"$lte": 2}},
        sort=[("due_at", -1)],
        limit=2,
        set={"state": "leased", "lease": {"by": "w1", "until": 99}},
    )
    assert [d.id for d in got] == ["c07", "c05"]
    assert all(d.version == 2 and d.body["state"] == "leased" for d in got)
    assert got[0].body["lease"] == {"by": "w1", "until": 99}
    assert await store.get("cases", "c07") == got[0]
    rest = await store.claim("cases", {"state": "new"}, sort=[], limit=50, set={"state": "leased"})
    assert [d.id for d in rest] == ["c01", "c03", "c09"]
    assert await store.claim("cases", {"state": "new"}, sort=[], limit=5, set={"state": "leased"}) == []


async def test_eight_claimers_share_the_work_without_overlap_or_gap(store: Documents) -> None:
    await fill(store, 80)
    claimed: list[str] = []

    async def claimer(name: str) -> None:
        while True:
            got = await store.claim(
                "cases",
                {"state": {"$in": ["new", "open"]}},
                sort=[("priority", 1)],
                limit=7,
                set={"state": "leased", "worker": name},
            )
            claimed.extend(d.id for d in got)
            assert all(d.body["worker"] == name for d in got)
            left = await store.count("cases", {"state": {"$in": ["new", "open"]}})
            if not got and left == {"": 0}:
                return

    await asyncio.gather(*(claimer(f"w{n}") for n in range(8)))
    assert sorted(claimed) == [f"c{n:02}" for n in range(80)]


# -- search ----------------------------------------------------------------------------


async def fill_entries(store: Documents) -> None:
    texts = [
        ("e1", "身份证丢失后如何补办？携带户口簿到派出所办理。", "户政"),
        ("e2", "护照和港澳通行证的办理：出入境管理", "出入境"),
        ("e3", "公开办事，安全局势平稳", "治安"),
        ("e4", "公安机关 ABC 窗口１２３８９", "治安"),
    ]
    for id, text, topic in texts:
        await store.commit([Insert("entries", id, {"text": text, "topic": topic})])


SEARCHES = [
    ("办理", ["e1", "e2"]),
    ("补办", ["e1"]),
    ("公安", ["e4"]),
    ("公安局", []),
    ("身份证丢失", ["e1"]),
    ("通行证 办理", ["e2"]),
    ("护", ["e2"]),
    ("理", ["e1", "e2"]),
    ("abc", ["e4"]),
    ("12389", ["e4"]),
    ("？！", []),
    ("", []),
    ('" OR *', []),
]


@pytest.mark.parametrize(("text", "ids"), SEARCHES)
async def test_words_of_one_and_two_characters_are_found(store: Documents, text: str, ids: list[str]) -> None:
    await fill_entries(store)
    assert sorted(d.id for d in await store.search("entries", text, limit=10)) == ids


async def test_search_takes_filters_and_limits(store: Documents) -> None:
    await fill_entries(store)
    found = await store.search("entries", "办理", where={"topic": "户政"}, limit=10)
    assert [d.id for d in found] == ["e1"]
    assert len(await store.search("entries", "办理", limit=1)) == 1
    with pytest.raises(Undeclared):
        await store.search("entries", "办理", where={"text": "x"}, limit=1)


async def test_search_follows_changes(store: Documents) -> None:
    await fill_entries(store)
    await store.commit([Update("entries", "e1", {"text": "居住证办理"}, 1)])
    await store.commit([Update("entries", "e2", {"topic": "其他"}, 1)])
    await store.commit([Delete("entries", "e4", 1)])
    assert await store.search("entries", "身份证", limit=9) == []
    assert [d.id for d in await store.search("entries", "居住", limit=9)] == ["e1"]
    assert [d.id for d in await store.search("entries", "护照", limit=9)] == ["e2"]
    assert await store.search("entries", "公安", limit=9) == []
    assert await store.delete("entries", {"topic": "治安"}, limit=9) == 1
    assert await store.search("entries", "局势", limit=9) == []
    await store.insert_many("entries", [("e9", {"text": "局势平稳", "topic": "治安"})])
    assert [d.id for d in await store.search("entries", "局势", limit=9)] == ["e9"]


async def test_keyed_terms_are_found_whole_and_only_whole(store: Documents) -> None:
    await store.commit([Insert("entries", "k1", {"text": terms.keyed(["a1f0", "b2e4", "c3"])})])
    await store.commit([Insert("entries", "k2", {"text": terms.keyed(["a1f0"])})])
    assert [d.id for d in await store.search("entries", terms.keyed(["a1f0", "c3"]), limit=9)] == ["k1"]
    assert await store.search("entries", terms.keyed(["a1"]), limit=9) == []
    both = await store.search("entries", terms.keyed(["a1f0"]), limit=9)
    assert sorted(d.id for d in both) == ["k1", "k2"]


async def test_packed_terms_are_found_changed_and_forgotten_as_others(store: Documents) -> None:
    many = [f"t{n:05x}" for n in range(400)]
    await store.commit([Insert("entries", "p1", {"text": terms.packed(many)})])
    await store.commit([Insert("entries", "p2", {"text": terms.packed(many[:1])})])
    assert [d.id for d in await store.search("entries", terms.keyed(many[5:90]), limit=9)] == ["p1"]
    found = await store.search("entries", terms.keyed(many[:1]), limit=9)
    assert [d.id for d in found] == ["p2", "p1"]  # the last that came first
    assert terms.index_terms(found[1].body["text"]) == many
    await store.commit([Update("entries", "p1", {"text": terms.packed([])}, 1)])
    await store.commit([Delete("entries", "p2", 1)])
    assert await store.search("entries", terms.keyed(many[:1]), limit=9) == []


async def test_what_comes_in_at_once_is_all_found(store: Documents) -> None:
    await asyncio.gather(
        *(
            store.commit([Insert("entries", f"m{n}", {"topic": "t", "text": f"玻璃幕墙{n}"})])
            for n in range(5)
        )
    )
    found = await store.search("entries", "幕墙", limit=9)
    assert sorted(one.id for one in found) == [f"m{n}" for n in range(5)]


async def test_the_search_field_is_not_changed_in_bulk(store: Documents) -> None:
    await fill_entries(store)
    with pytest.raises(Undeclared):
        await store.settle("entries", [("e1", 1, {"text": "x"})])
    with pytest.raises(Undeclared):
        await store.claim("entries", {"topic": "户政"}, sort=[], limit=1, set={"text": "x"})


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
