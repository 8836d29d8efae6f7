"""Intake: signed SMS webhook → committed case and queued reply, 64 in flight.

Hub and floor run in processes of their own and take turns (A B A B …), so that what else the machine
does falls on both; the medians are compared. At the end it is checked that every text became one
message, one queued reply and (but for a wording the knowledge base has learnt since) one case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from hub.bench.child import BenchFailed, Child, child
from hub.bench.figure import Figure

IN_FLIGHT = 64


@dataclass(frozen=True, slots=True)
class _Sizes:
    rounds: int
    hub: int
    floor: int
    warm_up: int


_FULL = _Sizes(rounds=7, hub=3000, floor=9000, warm_up=1500)
_SMALL = _Sizes(rounds=1, hub=40, floor=80, warm_up=10)


@dataclass(slots=True)
class _Side:
    """One server and what was measured of it, one entry per round."""

    server: Child
    first: int
    per_second: list[float] = field(default_factory=list)
    cpu_us: list[float] = field(default_factory=list)
    p99_ms: list[float] = field(default_factory=list)

    async def round(self, load: Child, count: int, *, measured: bool = True) -> None:
        before = self.server.cpu_seconds()
        answer = await load.ask(
            port=self.server.ready["port"], first=self.first, count=count, in_flight=IN_FLIGHT
        )
        if answer["failed"] or answer["answers"] != count:
            raise BenchFailed(f"intake: {answer['failed']} of {count} webhooks were not taken")
        self.first += count
        if measured:
            self.per_second.append(count / answer["seconds"])
            self.cpu_us.append((self.server.cpu_seconds() - before) / count * 1e6)
            self.p99_ms.append(answer["p99_ms"])


async def intake(folder: Path, *, small: bool = False) -> Sequence[Figure]:
    """Webhooks per second, processor time per webhook, and the slowest hundredth."""
    sizes = _SMALL if small else _FULL
    async with (
        child("carrier") as carrier,
        child("intake_server", "hub", str(folder), carrier.ready["url"]) as hub_server,
        child("intake_server", "floor", str(folder), "") as floor_server,
        child("load") as load,
    ):
        hub, floor = _Side(hub_server, 1), _Side(floor_server, 1)
        await hub.round(load, sizes.warm_up, measured=False)
        await floor.round(load, sizes.warm_up, measured=False)
        for _ in range(sizes.rounds):
            await hub.round(load, sizes.hub)
            await floor.round(load, sizes.floor)
        stored = await hub_server.ask()
    sent = hub.first - 1
    # A text that the knowledge base came to know is offered choices instead of becoming a case.
    whole = stored["messages"] == 2 * stored["outbox"] == 2 * sent and stored["cases"] >= 0.98 * sent
    if not whole:
        raise BenchFailed(f"intake: {sent} texts became {dict(stored)}")
    return (
        Figure("intake", median(hub.per_second), "webhooks/s", median(floor.per_second), "ratio ≥ 0.35"),
        Figure("intake.cpu", median(hub.cpu_us), "µs/webhook", median(floor.cpu_us)),
        Figure("intake.p99", median(hub.p99_ms), "ms", median(floor.p99_ms)),
    )
