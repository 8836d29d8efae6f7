"""Store: durable inserts of 64 callers by group commit, against one commit per call.

The floor does what aiosqlite does, in a few lines of our own: one thread, a queue, each call its own
transaction, WAL with `synchronous=FULL` on both sides.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from time import perf_counter

from hub.bench.figure import Figure
from hub.runtime.clock import SystemClock
from hub.store.documents import Collection, Insert
from hub.store.sqlite import open_sqlite

IN_FLIGHT = 64
_ROUNDS = 5
_GROUPED, _SINGLE = 12_000, 1500
_BODY = {"state": "ready", "at": 1_790_000_000_000, "text": "晚上有人放很响的音乐，希望来看看。" * 3}

Write = Callable[[int], Awaitable[object]]


class OneCommitPerCall:
    """One writing thread behind a queue, each call a transaction of its own."""

    def __init__(self, path: Path) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode = WAL", "synchronous = FULL"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.execute(
            "CREATE TABLE rows (id TEXT PRIMARY KEY, state TEXT, at INTEGER, text TEXT) WITHOUT ROWID"
        )

    async def insert(self, id: str, state: str, at: int, text: str) -> None:
        """Durable when it returns."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._thread, self._insert, (id, state, at, text))

    def _insert(self, row: tuple[str, str, int, str]) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.execute("INSERT INTO rows VALUES (?, ?, ?, ?)", row)
        self._connection.execute("COMMIT")

    def close(self) -> None:
        """Ends the thread and closes the file."""
        self._thread.shutdown()
        self._connection.close()


async def store(folder: Path, *, small: bool = False) -> Sequence[Figure]:
    """Inserts per second with 64 callers, and with one."""
    share = 50 if small else 1
    collection = Collection("rows", fields={"state": str, "at": int})
    documents = await open_sqlite(folder / "grouped.db", [collection], clock=SystemClock())
    single = OneCommitPerCall(folder / "single.db")

    async def grouped_insert(number: int) -> None:
        await documents.commit([Insert("rows", f"{number:032x}", _BODY)])

    async def single_insert(number: int) -> None:
        await single.insert(f"{number:032x}", "ready", 1_790_000_000_000, str(_BODY["text"]))

    first = 0
    rates: dict[str, list[float]] = {"grouped": [], "single": [], "alone": [], "single alone": []}
    for _ in range(1 if small else _ROUNDS):
        for name, write, count, callers in (
            ("grouped", grouped_insert, _GROUPED // share, IN_FLIGHT),
            ("single", single_insert, _SINGLE // share, IN_FLIGHT),
            ("alone", grouped_insert, _SINGLE // share, 1),
            ("single alone", single_insert, _SINGLE // share, 1),
        ):
            rates[name].append(await _rate(write, first, count, callers))
            first += count
    await documents.close()
    single.close()
    return (
        Figure("store", median(rates["grouped"]), "inserts/s", median(rates["single"]), "ratio ≥ 5"),
        Figure("store.one_caller", median(rates["alone"]), "inserts/s", median(rates["single alone"])),
    )


async def _rate(write: Write, first: int, count: int, callers: int) -> float:
    numbers = iter(range(first, first + count))

    async def caller() -> None:
        for number in numbers:
            await write(number)

    began = perf_counter()
    await asyncio.gather(*(caller() for _ in range(callers)))
    return count / (perf_counter() - began)
