"""On SQLite a short list is found by the event loop itself, one that is much work in the thread; the answer
is the same."""

from __future__ import annotations

from pathlib import Path

from hub.runtime.clock import FakeClock
from hub.store.documents import Collection
from hub.store.sqlite import open_sqlite

_ROWS = Collection("rows", fields={"kind": str, "number": int}, indexes=(("kind", "number"),))
_MANY = 3_000


async def test_a_list_that_is_much_work_is_found_beside_the_event_loop(tmp_path: Path) -> None:
    documents = await open_sqlite(tmp_path / "hub.db", [_ROWS], clock=FakeClock())
    try:
        await documents.insert_many(
            "rows", [(f"{number:05}", {"kind": "a", "number": number}) for number in range(_MANY)]
        )
        first = {"kind": "a"}
        found = await documents.find("rows", first, sort=(("number", 1),), limit=3)
        assert [one.id for one in found] == ["00000", "00001", "00002"]
        assert not documents._overran

        last = {"kind": "a", "number": {"$ne": -1}, "id": {"$gte": f"{_MANY - 2:05}"}}
        for _ in range(5):  # every row of the kind is looked at
            found = await documents.find("rows", last, sort=(("number", 1),), limit=3)
            assert [one.id for one in found] == [f"{_MANY - 2:05}", f"{_MANY - 1:05}"]
        assert list(documents._overran.values()) == [3]
    finally:
        await documents.close()
