"""FAQ: how long one decision over the shipped entries takes.

The floor is `process.extractOne` with `WRatio` over the same wordings: what matching by similarity
alone costs. No question is asked twice, so that nothing is answered from memory.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import cycle, islice
from statistics import median
from time import perf_counter

from rapidfuzz import fuzz, process

from hub.bench.figure import Figure
from knowledge_base.answer import decide
from knowledge_base.importer import shipped
from knowledge_base.matcher import Snapshot

_QUESTIONS = 3000


async def faq(*, small: bool = False) -> Sequence[Figure]:
    """Microseconds per question, the median and the slowest hundredth."""
    entries = shipped()
    snapshot = Snapshot.build(entries)
    wordings = [wording for entry in entries for wording in (entry.question, *entry.variants)]
    asked = islice(cycle(wordings), 60 if small else _QUESTIONS)
    questions = [f"你好，我住{number}号，{wording}" for number, wording in enumerate(asked)]
    ours = _times(lambda question: decide(snapshot, question), questions)
    floor = _times(lambda question: process.extractOne(question, wordings, scorer=fuzz.WRatio), questions)
    return (
        Figure("faq.p50", median(ours), "µs", median(floor)),
        Figure("faq.p99", _slow(ours), "µs", _slow(floor)),
    )


def _times(work: Callable[[str], object], questions: Sequence[str]) -> list[float]:
    times = []
    for question in questions:
        began = perf_counter()
        work(question)
        times.append((perf_counter() - began) * 1e6)
    return times


def _slow(times: Sequence[float]) -> float:
    return sorted(times)[len(times) * 99 // 100]
