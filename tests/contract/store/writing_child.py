"""A process that writes until it is killed, and says on stdout what was acknowledged.

    python -m tests.contract.store.writing_child sqlite FILE ROUND
    python -m tests.contract.store.writing_child mongo URL DATABASE ROUND

64 callers commit units of four documents and a counter; when a unit was acknowledged its
name goes out as one line, in one write, so that a line is there whole or not at all.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from hub.store.documents import Add, Documents, Insert
from hub.store.mongo import open_mongo
from hub.store.sqlite import open_sqlite
from tests.contract.store.declared import COLLECTIONS, StandingClock

CALLERS = 64


async def write_forever(store: Documents, name: str) -> None:
    """Units `{name}-{n}`, each of `-a -b -c -d` in three collections and one more in the tally."""
    number = 0
    while True:
        unit = f"{name}-{number}"
        await store.commit(
            (
                Insert("parts", f"{unit}-a", {"unit": unit, "text": "正文" * 100}),
                Insert("cases", f"{unit}-b", {"state": "new", "due_at": number}),
                Insert("parts", f"{unit}-c", {"unit": unit}),
                Insert("lots", f"{unit}-d", {"place": "fz", "size": number % 3}),
                Add("tallies", "units", {"taken": 1}),
            )
        )
        os.write(1, f"{unit}\n".encode())
        number += 1


async def main(engine: str, *where: str) -> None:
    """Opens the store and starts the callers."""
    clock = StandingClock()
    store: Documents
    if engine == "sqlite":
        store = await open_sqlite(Path(where[0]), COLLECTIONS, clock=clock)
    else:
        store = await open_mongo(where[0], where[1], COLLECTIONS, clock=clock)
    await asyncio.gather(*(write_forever(store, f"{where[-1]}-{n}") for n in range(CALLERS)))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
