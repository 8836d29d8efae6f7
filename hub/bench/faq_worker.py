"""A process that holds one knowledge base and answers questions: ours, or one of the baselines.

    python -m hub.bench.faq_worker METHOD

Steps: `entries` makes a catalogue of `count`, `build` the index over it, `ask` asks `count` questions, each
once. A process for each method, so that the memory that `build` adds is that of one of them.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from statistics import median
from time import perf_counter

from hub.bench.baseline import BASELINES
from hub.bench.child import commands, tell
from hub.bench.faq_sets import OURS, catalogue, questions
from hub.runtime.gc_tuning import spare_the_collector
from knowledge_base.entry import Entry
from knowledge_base.match.matcher import Snapshot

_CHANGES = 200


async def main() -> None:
    """Answers commands until the pipe closes."""
    tell(ready=True)
    worker = _Worker(sys.argv[1])
    async for command in commands():
        tell(**worker.do(**command))


class _Worker:
    """`entries`, then `build`, then `ask`."""

    def __init__(self, method: str) -> None:
        self._method = method
        self._entries: tuple[Entry, ...] = ()
        self._first: Callable[[str], str | None] = lambda _: None
        self._snapshot: Snapshot | None = None

    def do(self, step: str, count: int = 0) -> dict[str, float | None]:
        """One step; what it measured."""
        match step:
            case "entries":
                self._entries = catalogue(count)
                spare_the_collector()  # as `hub serve` does
                return {}
            case "build":
                began = perf_counter()
                self._first, self._snapshot = _built(self._method, self._entries)
                seconds = perf_counter() - began
                if self._snapshot:
                    self._snapshot.look(self._entries[0].question, speech=True)
                spare_the_collector()
                return {"build": seconds}
            case _:
                return self._ask(count)

    def _ask(self, count: int) -> dict[str, float | None]:
        self._first(self._entries[0].question)  # what only the first question costs
        times, right = [], 0
        for question in questions(len(self._entries), count):
            began = perf_counter()
            found = self._first(question.text)
            times.append(perf_counter() - began)
            right += found == question.entry_id
        return {
            "p50": median(times) * 1e6,
            "p99": _slowest(times),
            "p99 heard": self._heard(count),
            "per_second": len(times) / sum(times),
            "top1": right / len(times),
            "change": _change(self._snapshot, self._entries) if self._snapshot else None,
        }

    def _heard(self, count: int) -> float | None:
        """The slowest hundredth of the same questions as a recogniser would give them; None for the others,
        which know no difference."""
        snapshot = self._snapshot
        if snapshot is None:
            return None
        times = []
        for question in questions(len(self._entries), count):
            began = perf_counter()
            snapshot.match(question.text, speech=True)
            times.append(perf_counter() - began)
        return _slowest(times)


def _slowest(times: Sequence[float]) -> float:
    """Microseconds that 99 of 100 stay below."""
    return sorted(times)[len(times) * 99 // 100] * 1e6


def _built(method: str, entries: Sequence[Entry]) -> tuple[Callable[[str], str | None], Snapshot | None]:
    """What finds the id of the first entry; and the snapshot, if it is ours."""
    if method != OURS:
        return BASELINES[method](entries).first, None
    snapshot = Snapshot.build(entries)

    def first(text: str) -> str | None:
        matches = snapshot.match(text, 3)
        return matches[0].entry.id if matches else None

    return first, snapshot


def _change(snapshot: Snapshot, entries: Sequence[Entry]) -> float:
    """Microseconds, the median, to take one entry out and put it back."""
    times = []
    for entry in entries[:_CHANGES]:
        began = perf_counter()
        snapshot = snapshot.with_changes((), (entry.id,)).with_changes((entry,), ())
        times.append((perf_counter() - began) / 2)
    return median(times) * 1e6


if __name__ == "__main__":
    asyncio.run(main())
