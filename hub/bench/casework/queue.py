"""The queue at a million cases and five million messages: what a page of it costs beside its bare reads.

The floor of a page is as many bare reads by key as the page read documents and groups of counts; nothing of
them is opened, decided or merged. Page and floor take turns, with the same store. Processor time is said too
(the mean, all threads): it stays what it is where others use the machine.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, cast

from hub.actions.cases.casework import Casework
from hub.actions.cases.queue.query import Flag, QueuePlace, QueueQuery
from hub.actions.cases.queue.read_queue import ReadQueue
from hub.actions.cases.queue.views import QueueView
from hub.actions.cases.read_cases import ReadCases
from hub.actions.staff.note_access import NoteAccess
from hub.bench.casework.cases import COUNT, figures_of, timed
from hub.bench.casework.queue_store import QueueStore, bare, case_id
from hub.bench.child import BenchFailed
from hub.bench.figure import Figure
from hub.model.agent import Agent, Role
from hub.model.cases.clock import Rules
from hub.model.units.place import Place
from hub.repositories.repositories import COLLECTIONS, Repositories, repositories
from hub.runtime.clock import SystemClock
from hub.runtime.console import Screen
from hub.runtime.gc_tuning import spare_the_collector
from hub.settings.profiles import load_profile
from hub.settings.work_calendar import shipped_calendar
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import Documents, Stored
from hub.store.files import FileStore
from hub.store.sqlite import open_sqlite

SMALL = 400
_ROUNDS, _SMALL_ROUNDS = 200, 5
_OPENED = 2_000
_AT_ONCE = 500
_GOAL = "ratio ≤ 4"
_GOALS = {"first page": f"{_GOAL}, < 150 ms", "two filters, nothing": "all of a unit is looked at"}
_HANDLER = Agent("h1", "h1", "u1", (Role.HANDLER,), 0)
_UNIT, _BELOW = frozenset({"u1"}), frozenset(f"u{number}" for number in range(12))
_BY_UNIT = {
    "of a unit": replace(_HANDLER, place=Place(_UNIT, _UNIT, routes=False)),
    "of twelve units": Agent("h1", "h1", "u1", (Role.SUPERVISOR,), 0, place=Place(_UNIT, _BELOW)),
}
"""Readers who see some of the 59 units."""
_QUERIES: Mapping[str, QueueQuery] = {
    "first page": QueueQuery(),
    "mine": QueueQuery(QueueView.MINE),
    "overdue": QueueQuery(QueueView.OVERDUE),
    "due soon": QueueQuery(QueueView.DUE_SOON),
    "one filter": QueueQuery(unit="u7"),
    "rare flag": QueueQuery(flag=Flag.DIALECT),
    "two filters": QueueQuery(unit="u7", track="APPEAL"),
    "two filters, nothing": QueueQuery(unit="u7", channel="nobody"),
    "closed of a unit": QueueQuery(QueueView.CLOSED, unit="u7"),
}


async def queue(folder: Path, *, count: int = COUNT, small: bool = False) -> Sequence[Figure]:
    """Milliseconds of pages, the median and the slowest of a hundred, each beside its floor."""
    count, rounds = (SMALL, _SMALL_ROUNDS) if small else (max(count, SMALL), _ROUNDS)
    clock, vault = SystemClock(), Vault(KeyRing.fresh())
    path, opened = folder / "hub.db", min(_OPENED, count // 10)
    began = perf_counter()
    documents: Documents = await open_sqlite(path, bare(COLLECTIONS), clock=clock)
    try:
        rules = Rules(load_profile("national"), shipped_calendar())
        store = QueueStore(documents, repositories(documents, vault, cities={}), rules, clock.now_ms())
        with Screen().progress("生成工单和消息 cases and messages") as told:
            await store.fill(count // 10, count, opened, lambda done: told(done, 6 * count))
    finally:
        await documents.close()
    documents = await open_sqlite(path, COLLECTIONS, clock=clock)
    try:
        made = perf_counter() - began
        counted = _Counting(documents)
        stores = repositories(cast("Documents", counted), vault, cities={})
        ordinary = [case_id(number) for number in range(opened) if number % 60 < 48]  # no REPORT cases
        ranks = {
            id: int(one.body["rank"])
            for ids in (ordinary[at : at + _AT_ONCE] for at in range(0, len(ordinary), _AT_ONCE))
            for id, one in (await documents.get_many("cases", ids)).items()
        }
        measured = await _measure(_pages(stores, folder, ranks), counted, opened, rounds)
    finally:
        await documents.close()
    size = path.stat().st_size / 1_000_000
    return [*measured, Figure("queue.filled", made, "s"), Figure("queue.file", size, "MB")]


class _Counting:
    """A store that remembers how much was read of it: documents, and groups of counts."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self.read = 0
        self.cursor = documents.cursor
        self.search = documents.search
        self.scan = documents.scan

    async def get(self, collection: str, id: str) -> Stored | None:
        self.read += 1
        return await self._documents.get(collection, id)

    async def get_many(self, collection: str, ids: Sequence[str]) -> dict[str, Stored]:
        self.read += len(ids)
        return await self._documents.get_many(collection, ids)

    async def find(self, collection: str, where: Mapping[str, Any], **how: Any) -> list[Stored]:
        found = await self._documents.find(collection, where, **how)
        self.read += max(1, len(found))
        return found

    async def counted(
        self, collection: str, fields: Sequence[str], within: Sequence[Any] = ()
    ) -> dict[tuple[Any, ...], int]:
        self.read += 1
        return await self._documents.counted(collection, fields, within)


Page = Callable[[], Awaitable[object]]


def _pages(stores: Repositories, folder: Path, ranks: Mapping[str, int]) -> dict[str, Page]:
    """ranks: of cases that are opened, each with its place in the list."""
    clock, calendar = SystemClock(), shipped_calendar()
    queue = ReadQueue(stores, lambda: calendar, screening_days=2)
    cases = ReadCases(
        stores,
        Casework(cast("Documents", None), stores),  # which only writes
        FileStore(folder / "files", Vault(KeyRing.fresh())),
        clock,
        NoteAccess(stores.audit, clock),
        lambda: calendar,
        screening_days=2,
    )
    walked = cycle(ranks.items())

    def of(query: QueueQuery) -> Page:
        return lambda: queue.page(_HANDLER, query)

    def case_page() -> Awaitable[object]:
        return cases.open(_HANDLER, next(walked)[0])

    def neighbour() -> Awaitable[object]:
        id, rank = next(walked)
        return queue.neighbour(_HANDLER, QueuePlace(QueueQuery(), rank), id, 1)

    def by_unit(reader: Agent) -> Page:
        return lambda: queue.page(reader, QueueQuery())

    pages: dict[str, Page] = {name: of(query) for name, query in _QUERIES.items()}
    pages |= {name: by_unit(reader) for name, reader in _BY_UNIT.items()}
    return {**pages, "case page": case_page, "next case": neighbour}


async def _measure(pages: Mapping[str, Page], counted: _Counting, opened: int, rounds: int) -> list[Figure]:
    ids = cycle(map(case_id, range(opened)))
    figures: list[Figure] = []
    spare_the_collector()
    for name, page in pages.items():
        ours, floor, worked = [], [], [0.0, 0.0]
        for _ in range(rounds):
            counted.read, began = 0, process_time()
            ours.append(await timed(page))
            worked[0] += process_time() - began
            reads = counted.read
            if not reads:
                raise BenchFailed(f"queue: {name} read nothing")

            async def bare_reads(reads: int = reads) -> None:
                for _ in range(reads):
                    await counted.get("cases", next(ids))

            began = process_time()
            floor.append(await timed(bare_reads))
            worked[1] += process_time() - began
        goal = _GOALS.get(name, _GOAL)
        figures += figures_of(f"queue.{name}", ours, floor, goal)
        mean_ms = [seconds / rounds * 1000 for seconds in worked]
        figures.append(Figure(f"queue.{name}.cpu", mean_ms[0], "ms", mean_ms[1], goal))
    return figures
