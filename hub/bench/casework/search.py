"""Search: what is typed into the box of the queue, against the bare look-up of the same keys.

The floor asks the same file for the same terms with SQL alone and reads the same rows (cases, and messages
where a word stands in them): nothing is opened, decided or verified. Both sides take turns. SQLite only: the
floor is its full text.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from time import perf_counter

from hub.actions.cases.search.fill_index import FillIndex
from hub.actions.cases.search.search_cases import PAGE, SearchCases
from hub.bench.casework.case_store import CaseStore
from hub.bench.casework.search_store import COMMON, MESSAGES, SearchStore, name, rare_word, telephone
from hub.bench.child import BenchFailed
from hub.bench.figure import Figure
from hub.bench.site import settings_in
from hub.model.agent import Agent, Role
from hub.model.cases.clock import Rules
from hub.repositories.repositories import Repositories, repositories
from hub.repositories.search.search_keys import Key, KeyKind
from hub.runtime.clock import SystemClock
from hub.runtime.console import Screen
from hub.runtime.gc_tuning import spare_the_collector
from hub.settings.profiles import load_profile
from hub.settings.work_calendar import shipped_calendar
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import Documents
from hub.store.keyed_terms import VERSION, KeyedTerms
from hub.wiring.store import open_store

COUNT = 1_000_000
SMALL = 300
_EACH = 200
_WARM = 20
_GOAL = "p95 < 300 ms; ratio ≤ 4"
_NOWHERE = "http://127.0.0.1:9"
_READER = Agent("h", "h", "", (Role.HANDLER,), 0)
_LOOK = """SELECT k.id FROM "s_case_search" s JOIN "k_case_search" k ON k.n = s.rowid
WHERE "s_case_search" MATCH ? ORDER BY s.rowid DESC LIMIT ?"""
_PAGES = "SELECT sum(pgsize) FROM dbstat WHERE name = ?"
_OF_INDEX = ("s_case_search_data", "s_case_search_idx", "s_case_search_docsize", "k_case_search")
_BESIDE = ("c_case_search", "sqlite_autoindex_k_case_search_1")


@dataclass(frozen=True, slots=True)
class Asked:
    """One search: what is typed, and the keys and words that the floor looks up."""

    typed: str
    keys: tuple[Key, ...] = ()
    words: tuple[str, ...] = ()
    number: str = ""


async def search(folder: Path, *, count: int = COUNT, small: bool = False) -> Sequence[Figure]:
    """Milliseconds of a first page by kind of search, and the size of the index in MB."""
    count = SMALL if small else count
    clock, vault = SystemClock(), Vault(KeyRing.fresh())
    settings = settings_in(folder, api_base=_NOWHERE)
    documents = await open_store(settings, clock, migrated=False)
    stores = repositories(documents, vault, cities={})
    try:
        rules = Rules(load_profile("national"), shipped_calendar())
        cases = CaseStore(documents, stores.cases, rules, clock.now_ms())
        began = perf_counter()
        with Screen().progress("生成工单 cases") as told:
            await SearchStore(documents, stores, vault, cases).keep(count, lambda done: told(done, count))
        made = count / (perf_counter() - began)
        measured = await search_figures(documents, stores, vault, settings.store.path, count=count)
        return [*measured, Figure("search.generated", made, "cases/s")]
    finally:
        await documents.close()


async def search_figures(
    documents: Documents, stores: Repositories, vault: Vault, path: Path, *, count: int
) -> list[Figure]:
    """Measures in a store that `SearchStore` filled with `count` cases. path: of its file."""
    fill = FillIndex(documents, stores.case_index, stores.cursors)
    await documents.insert_many("cursors", [(f"case_search:{VERSION}", {"after": "~"})])  # none is missing
    bench = _Bench(SearchCases(stores, fill, SystemClock()), vault, path)
    try:
        spare_the_collector()
        figures = [one for kind, asked in _kinds(count).items() for one in await bench.measure(kind, asked)]
        return [*figures, *bench.sizes(count)]
    finally:
        bench.close()


class _Bench:
    """The search and the bare look-ups in the same file."""

    def __init__(self, search: SearchCases, vault: Vault, path: Path) -> None:
        self._search = search
        self._terms = KeyedTerms(vault.subkey(f"case_search:{VERSION}"))
        self._file = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)

    def close(self) -> None:
        """Ends the reading of the file."""
        self._file.close()

    async def measure(self, kind: str, asked: Sequence[Asked]) -> list[Figure]:
        """The median, the slowest of twenty and the slowest of a hundred."""
        ours: list[float] = []
        floor: list[float] = []
        for one in asked:

            async def searched(one: Asked = one) -> int:
                return len((await self._search(_READER, one.typed)).cases)

            async def looked(one: Asked = one) -> int:
                return self._look(one)

            first, second = (searched, looked) if len(ours) % 2 else (looked, searched)
            times: dict[object, float] = {}
            found: dict[object, int] = {}
            for work in (first, second):
                found[work], times[work] = await _timed(work)
            if not found[searched] or found[searched] != min(found[looked], PAGE):
                raise BenchFailed(f"search: {kind} finds {found[searched]} of {found[looked]} cases")
            ours.append(times[searched])
            floor.append(times[looked])
        warm = min(_WARM, len(ours) // 5)
        return [
            Figure(
                f"search.{kind}.p{place}",
                _percentile(ours[warm:], place),
                "ms",
                _percentile(floor[warm:], place),
                _GOAL,
            )
            for place in (50, 95, 99)
        ]

    def _look(self, one: Asked) -> int:
        """The same look-up, and the same rows read: nothing else."""
        file = self._file
        if one.number:
            row = file.execute('SELECT * FROM "c_cases" WHERE f_reference = ?', (one.number,)).fetchall()
            return len(row)
        terms = {self._terms.of_value(kind, value) for kind, value in one.keys}
        for word in one.words:
            terms |= self._terms.of_text(word)
        match = " AND ".join(f'"{term}"' for term in sorted(terms))
        ids = [id for (id,) in file.execute(_LOOK, (match, PAGE + 5))]
        for id in ids:
            file.execute('SELECT * FROM "c_cases" WHERE id = ?', (id,)).fetchall()
            if one.words:
                file.execute('SELECT * FROM "c_messages" WHERE f_case_id = ?', (id,)).fetchall()
        return len(ids)

    def sizes(self, count: int) -> list[Figure]:
        """MB of the full text, of the terms kept beside it, and of everything."""
        (pages,), (bytes_each,) = (
            self._file.execute(f"PRAGMA {one}").fetchone() for one in ("page_count", "page_size")
        )
        index, beside = (sum(self._size(name) for name in names) for names in (_OF_INDEX, _BESIDE))
        return [
            Figure("search.cases", count, "cases"),
            Figure("search.messages", count * MESSAGES, "messages"),
            Figure("search.size.index", index / 1e6, "MB"),
            Figure("search.size.terms", beside / 1e6, "MB"),
            Figure("search.size.file", pages * bytes_each / 1e6, "MB"),
        ]

    def _size(self, name: str) -> int:
        return int(self._file.execute(_PAGES, (name,)).fetchone()[0] or 0)


def _kinds(count: int) -> Mapping[str, list[Asked]]:
    """What is asked for, by kind."""
    chance = random.Random(4711)
    each = min(_EACH, count)
    numbers = [chance.randrange(count) for _ in range(each)]
    common = [COMMON[at % len(COMMON)] for at in range(each)]
    pairs = [(COMMON[at % 2], "施工") for at in range(each)]
    return {
        "common": [Asked(word, words=(word,)) for word in common],
        "two words": [Asked(" ".join(pair), words=pair) for pair in pairs],
        "long word": [Asked("夜间施工噪声", words=("夜间施工噪声",)) for _ in range(each)],
        "rare": [Asked(rare_word(number), words=(rare_word(number),)) for number in numbers],
        "name": [Asked(name(number), keys=((KeyKind.NAME, name(number)),)) for number in numbers],
        "tail": [
            Asked(telephone(number)[-4:], keys=((KeyKind.PHONE_TAIL, telephone(number)[-4:]),))
            for number in numbers
        ],
        "number": [Asked(f"{number:014}", number=f"{number:014}") for number in numbers],
    }


async def _timed(work: Callable[[], Awaitable[int]]) -> tuple[int, float]:
    """What it gave, and the milliseconds it took."""
    began = perf_counter()
    found = await work()
    return found, (perf_counter() - began) * 1000


def _percentile(times: list[float], place: int) -> float:
    return quantiles(times, n=100, method="inclusive")[place - 1]
