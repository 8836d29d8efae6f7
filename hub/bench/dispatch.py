"""Dispatch: an outbox of planned rows to the local carrier, claim → intent → post → settle.

Against a bare aiohttp client that posts the same bodies, as many at once, to the same carrier. The
two take turns, so that what else the machine does falls on both. At the end the carrier must have
taken every row exactly once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from hub.bench.child import BenchFailed, Child, child
from hub.bench.figure import Figure

_TURNS = 5
_ROWS, _FLOOR = 100_000, 10_000
_SMALL_ROWS, _SMALL_FLOOR = 200, 50


@dataclass(slots=True)
class _Side:
    sender: Child
    per_second: list[float] = field(default_factory=list)
    cpu_us: list[float] = field(default_factory=list)

    async def turn(self, **command: int) -> int:
        before = self.sender.cpu_seconds()
        answer = await self.sender.ask(**command)
        sent = int(answer["sent"])
        self.per_second.append(sent / answer["seconds"])
        self.cpu_us.append((self.sender.cpu_seconds() - before) / sent * 1e6)
        return sent


async def dispatch(folder: Path, *, small: bool = False) -> Sequence[Figure]:
    """Texts per second and processor time per text."""
    rows, floor_count = (_SMALL_ROWS, _SMALL_FLOOR) if small else (_ROWS, _FLOOR)
    async with (
        child("carrier") as carrier,
        child("dispatch_worker", "hub", str(folder), carrier.ready["url"], str(rows)) as hub_sender,
        child("dispatch_worker", "floor", str(folder), carrier.ready["url"], "0") as floor_sender,
    ):
        hub, floor = _Side(hub_sender), _Side(floor_sender)
        await floor_sender.ask(first=0, count=floor_count // 5)  # warm-up
        left, posted = rows, floor_count // 5
        for turn in range(_TURNS, 0, -1):
            if left:  # a turn also sends what was in flight when its number was reached
                left -= await hub.turn(count=max(1, left // turn))
            posted += await floor.turn(first=posted, count=floor_count)
        while left > 0:
            left -= await hub.turn(count=left)
        carried = await carrier.ask()
    if carried["taken"] != rows + posted or carried["distinct"] != carried["taken"]:
        raise BenchFailed(f"dispatch: {rows} rows and {posted} posts became {dict(carried)}")
    return (
        Figure("dispatch", median(hub.per_second), "texts/s", median(floor.per_second), "ratio ≥ 0.5"),
        Figure("dispatch.cpu", median(hub.cpu_us), "µs/text", median(floor.cpu_us)),
    )
