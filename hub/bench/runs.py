"""Runs the benches that were named and prints what they measured."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from hub.bench.casework.cases import COUNT, cases
from hub.bench.casework.desk import desk
from hub.bench.casework.queue import queue
from hub.bench.casework.search import search
from hub.bench.child import BenchFailed
from hub.bench.crash.crash import crash
from hub.bench.dispatch import dispatch
from hub.bench.faq import Given, faq
from hub.bench.figure import Figure, as_json, as_table
from hub.bench.flood import FULL, SMALL, Flood, flood
from hub.bench.gateways.gateways import PROTOCOLS, gateways
from hub.bench.gateways.soak import SMALL as SHORT
from hub.bench.gateways.soak import Load, soak
from hub.bench.imports import imports
from hub.bench.intake import intake
from hub.bench.letters.letters import letters
from hub.bench.memory import memory
from hub.bench.outbox.outbox import WARNED, outbox
from hub.bench.store import store

MINUTES = 30.0


@dataclass(frozen=True, slots=True)
class Task:
    """folder: to work in, empty. small: sizes that only show that a bench works; the figures mean nothing.
    given: the set for `faq`. count: for `cases`, `queue`, `search`, `outbox`, `letters`. warned: for
    `outbox`. mongodb: for `cases` and `crash`. flood: for `texts`. minutes: for `soak`."""

    folder: Path
    small: bool
    given: Given | None
    count: int
    mongodb: str
    flood: Flood
    warned: int = WARNED
    minutes: float = MINUTES


async def _gateways(protocol: str, task: Task) -> Sequence[Figure]:
    return await gateways(protocol, small=task.small)


Bench = Callable[[Task], Awaitable[Sequence[Figure]]]

BENCHES: Mapping[str, Bench] = {
    "intake": lambda task: intake(task.folder, small=task.small),
    "dispatch": lambda task: dispatch(task.folder, small=task.small),
    "crash": lambda task: crash(task.folder, mongodb=task.mongodb, small=task.small),
    "outbox": lambda task: outbox(task.folder, count=task.count, warned=task.warned, small=task.small),
    "letters": lambda task: letters(task.folder, count=task.count, small=task.small),
    "store": lambda task: store(task.folder, small=task.small),
    "memory": lambda task: memory(task.folder, small=task.small),
    "cases": lambda task: cases(task.folder, count=task.count, mongodb=task.mongodb, small=task.small),
    "search": lambda task: search(task.folder, count=task.count, small=task.small),
    "queue": lambda task: queue(task.folder, count=task.count, small=task.small),
    "texts": lambda task: flood(task.folder, SMALL if task.small else task.flood),
    "desk": lambda task: desk(task.folder, small=task.small),
    "faq": lambda task: faq(task.given, small=task.small),
    "import": lambda task: imports(task.folder, small=task.small),
    **{name: partial(_gateways, name) for name in PROTOCOLS},
    "soak": lambda task: soak(task.folder, SHORT if task.small else Load(60 * task.minutes)),
}
"""By the name given on the command line, in the order they are run."""
_ONLY_BY_NAME = frozenset({"soak"})


def run(
    names: Sequence[str],
    *,
    as_json: bool,
    small: bool = False,
    given: Given | None = None,
    count: int = COUNT,
    mongodb: str = "",
    flood: Flood = FULL,
    warned: int = WARNED,
    minutes: float = MINUTES,
) -> int:
    """Runs the named benches (without a name all but `soak`) and prints figures. Returns the exit code."""
    if "carrier" in names:
        names = [name for name in names if name != "carrier"] or PROTOCOLS
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"unknown bench: {', '.join(unknown)}; there are {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    task = partial(
        Task,
        small=small,
        given=given,
        count=count,
        mongodb=mongodb,
        flood=flood,
        warned=warned,
        minutes=minutes,
    )
    try:
        figures = asyncio.run(
            _run(names or tuple(name for name in BENCHES if name not in _ONLY_BY_NAME), task)
        )
    except BenchFailed as problem:
        print(problem, file=sys.stderr)
        return 1
    print(_as_json(figures) if as_json else as_table(figures))
    return 0


_as_json = as_json


async def _run(names: Sequence[str], task: Callable[[Path], Task]) -> list[Figure]:
    figures: list[Figure] = []
    for name in names:
        with tempfile.TemporaryDirectory(prefix="hub-bench-") as folder:
            figures += await BENCHES[name](task(Path(folder)))
    return figures
