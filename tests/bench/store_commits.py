"""Measures commits of the embedded store against plain sqlite3, one commit each.

    python -m tests.bench.store_commits [seconds]

A command, not a test. Prints units per second: the floor (sqlite3 alone, same file system,
same durability), 64 callers with single inserts, and 64 callers with units of seven writes
as the intake of a message makes them.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from hub.store.documents import Add, Collection, Insert
from hub.store.sqlite import SqliteDocuments, open_sqlite

CALLERS = 64
TEXT = "我在福州市鼓楼区想咨询身份证补办需要带什么材料" * 3

COLLECTIONS = (
    Collection("events", {"channel": str, "at": int}, (("channel", "at"),)),
    Collection("contacts", {"blind": str}, (), (("blind",),)),
    Collection("messages", {"conversation": str, "at": int}, (("conversation", "at"),)),
    Collection(
        "cases",
        {"state": str, "unit": str, "at": int, "reference": str},
        (("state", "at"), ("unit", "at")),
        (("reference",),),
    ),
    Collection("history", {"case": str, "at": int}, (("case", "at"),)),
    Collection("outbox", {"state": str, "not_before": int}, (("state", "not_before"),)),
    Collection("tallies", {"taken": int}),
)


class WallClock:
    """The wall clock, as the store wants it."""

    def now_ms(self) -> int:
        """Milliseconds UTC."""
        return time.time_ns() // 1_000_000


def floor(path: Path, seconds: float) -> float:
    """Rows per second of one plain connection that commits every row."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE t (id TEXT PRIMARY KEY, at INTEGER, body TEXT) WITHOUT ROWID")
    connection.execute("CREATE INDEX i ON t (at, id)")
    done = 0
    start = time.perf_counter()
    while time.perf_counter() - start < seconds:
        connection.execute("INSERT INTO t VALUES (?, ?, ?)", (f"{done:026}", done, TEXT))
        done += 1
    rate = done / (time.perf_counter() - start)
    connection.close()
    return rate


async def measure(seconds: float, unit: Callable[[str], Awaitable[None]]) -> float:
    """Units per second of `CALLERS` callers, each waiting for its own commit."""
    end = time.perf_counter() + seconds
    done = 0

    async def caller() -> None:
        nonlocal done
        while time.perf_counter() < end:
            done += 1
            # ids grow with time, as the hub's do: neighbours share a page of the file
            await unit(f"{done:026}")

    start = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(CALLERS)))
    return done / (time.perf_counter() - start)


async def engine(path: Path, seconds: float) -> tuple[float, float]:
    """Single inserts and units of seven writes, per second."""
    store: SqliteDocuments = await open_sqlite(path, COLLECTIONS, clock=WallClock())

    async def single(id: str) -> None:
        await store.commit((Insert("events", id, {"channel": "sms", "at": 1, "text": TEXT}),))

    async def seven(id: str) -> None:
        id = "u" + id
        tally = await store.get("tallies", "contacts")
        change = Insert("contacts", id, {"blind": id, "pii": TEXT, "known": tally is not None})
        await store.commit(
            (
                Insert("events", id, {"channel": "sms", "at": 1, "text": TEXT}),
                change,
                Insert("messages", id, {"conversation": id[:-2], "at": 2, "text": TEXT}),
                Insert(
                    "cases",
                    id,
                    {"state": "new", "unit": "fz", "at": 3, "reference": id, "title": TEXT},
                ),
                Insert("history", id, {"case": id, "at": 3, "what": "opened"}),
                Insert("outbox", id, {"state": "ready", "not_before": 4, "text": TEXT}),
                Add("tallies", "today", {"taken": 1, "cases": 1}),
            )
        )

    rates = await measure(seconds, single), await measure(seconds, seven)
    await store.close()
    return rates


def main() -> None:
    """Prints the three figures."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 3.0
    with tempfile.TemporaryDirectory() as folder:
        plain = floor(Path(folder) / "floor.db", seconds)
        single, seven = asyncio.run(engine(Path(folder) / "engine.db", seconds))
    print(f"plain sqlite3, one commit each   {plain:9.0f} /s")
    print(f"64 callers, single inserts       {single:9.0f} /s   {single / plain:.1f} x")
    print(f"64 callers, units of 7 writes    {seven:9.0f} /s   {seven * 7:.0f} writes/s")


if __name__ == "__main__":
    main()
