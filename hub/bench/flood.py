"""Texts at a steady rate, more than can be encoded: how long each waits until it is on disk with its answer,
and how long it takes until all whose meaning was due are looked at.

One process takes them in, as it would from a carrier: what the carrier's request costs is measured by
`intake`. Meanwhile the job looks again, as in a server. The floor puts as many rows into the same store, at
the same rate. Everybody writes once; of many texts that come at once most are equal to some other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hub.bench.child import BenchFailed, child
from hub.bench.figure import Figure

_GIVEN_UP = 1200.0


@dataclass(frozen=True, slots=True)
class Flood:
    """rate: texts a second. different: how many different ones there are."""

    rate: int = 500
    seconds: int = 60
    different: int = 1000


FULL = Flood()
SMALL = Flood(rate=20, seconds=1, different=10)


async def flood(folder: Path, sizes: Flood = FULL) -> Sequence[Figure]:
    """What one waits, what is taken in, and the time until all is looked at."""
    rate, count = sizes.rate, sizes.rate * sizes.seconds
    async with child("flood_worker", str(folder)) as worker:
        floor = await worker.ask(step="floor", rate=rate, count=count)
        hub = await worker.ask(step="hub", rate=rate, count=count, different=sizes.different)
        again, left = 0.0, True
        while left and again < _GIVEN_UP:
            looked = await worker.ask(step="again")
            again, left = again + looked["seconds"], looked["left"]
    if left:
        raise BenchFailed(f"texts: {left} of {hub['due']} that were due are not looked at")
    return (
        Figure("texts.p50", hub["p50"], "ms", floor["p50"]),
        Figure("texts.p99", hub["p99"], "ms", floor["p99"], f"< 60 at {FULL.rate}/s"),
        Figure("texts.taken", hub["per_second"], "texts/s", floor["per_second"]),
        Figure("texts.cpu", hub["cpu_us"], "µs/text", floor["cpu_us"]),
        Figure("texts.due", hub["due"], "texts"),
        Figure("texts.looked_again", again, "s", goal="< 600"),
    )
