"""A unit of work holds whole or not at all, and nothing is counted twice, on every engine."""

from __future__ import annotations

import asyncio

import pytest

from hub.store.documents import (
    Add,
    Conflict,
    Delete,
    Documents,
    Duplicate,
    Insert,
    Update,
    Write,
)

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
