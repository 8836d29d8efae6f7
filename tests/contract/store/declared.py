"""The collections of the store's contract tests, rows for one of them, and a clock that stands still."""

from __future__ import annotations

from hub.store.documents import Body, Collection, Documents

CASES = Collection(
    "cases",
    fields={
        "state": str,
        "unit": str,
        "priority": int,
        "due_at": int,
        "score": float,
        "reference": str,
        "year": int,
        "serial": int,
    },
    indexes=(("state", "due_at"), ("priority",), ("unit",), ("score",)),
    unique=(("reference",), ("year", "serial")),
)
ENTRIES = Collection("entries", fields={"topic": str}, indexes=(("topic",),), search="text")
TALLIES = Collection("tallies", fields={"taken": int})
LOTS = Collection(
    "lots",
    fields={"place": str, "size": int, "note": str},
    indexes=(("place",),),
    counted=(("place",), ("place", "size")),
)
PARTS = Collection("parts", fields={"unit": str}, indexes=(("unit",),))

COLLECTIONS = (CASES, ENTRIES, TALLIES, PARTS, LOTS)


class StandingClock:
    """A clock that shows what it was set to."""

    def __init__(self, now: int = 1_767_225_600_000) -> None:
        self.now = now

    def now_ms(self) -> int:
        """Milliseconds UTC."""
        return self.now


async def fill(store: Documents, count: int = 10) -> None:
    rows: list[tuple[str, Body]] = [
        (f"c{n:02}", {"state": "new" if n % 2 else "open", "due_at": n // 3, "priority": n})
        for n in range(count)
    ]
    assert await store.insert_many("cases", rows) == []
