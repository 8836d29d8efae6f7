"""Many documents at once, and work that is shared by claims, on every engine."""

from __future__ import annotations

import asyncio

from hub.store.documents import (
    Body,
    Documents,
    Update,
)
from tests.contract.store.declared import fill

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
