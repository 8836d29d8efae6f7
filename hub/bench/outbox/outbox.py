"""Outbox: a lesson to many is expanded and sent to the local carrier; then a warning overtakes the bulk.

Three parts, each with its floor measured in the same run:

* recipients to rows, against a bare bulk insert of as many equal rows, sealed before, into the same engine;
* rows to the carrier, against a bare aiohttp client that posts the same bodies, as many at once, before and
  after; with it the processor time of a text by whose it is, and how long the disk takes to flush: what is in
  flight waits for two flushes, so no more than that many texts leave in their time (docs/adr/0037);
* with a sender of 100 parts a second a red warning is released in the middle of the bulk: when the first and
  the last of it are accepted, against its volume divided by the rate. In its middle a desk sends a reply.

The hub is the whole one, with all its jobs, in one process, whose resident memory is looked at throughout.
The carrier must have taken everything exactly once.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

from hub.bench.child import BenchFailed, Child, child
from hub.bench.figure import Figure
from hub.runtime.console import Screen

COUNT = 1_000_000
WARNED = 20_000
PARTS_PER_SECOND = 100
_SMALL, _SMALL_WARNED = 300, 100
_PIECE = 10_000
_FLOOR, _SMALL_FLOOR = 20_000, 100
_LOOK_SECONDS = 0.25
_GIVEN_UP = 600.0
_BULK_PER_WARNED = 2
_MB = 1_000_000
_FLUSHES, _FLUSHED_BYTES = 21, 200_000


@dataclass(slots=True)
class _Memory:
    """The most a process was seen to hold."""

    server: Child
    most: int = 0

    def look(self) -> None:
        self.most = max(self.most, self.server.rss_bytes())


async def outbox(
    folder: Path, *, count: int = COUNT, warned: int = WARNED, small: bool = False
) -> Sequence[Figure]:
    """count: recipients of the lesson. warned: of the warning; 20,000 take 200 s."""
    count, warned = (_SMALL, _SMALL_WARNED) if small else (count, warned)
    floor_count = _SMALL_FLOOR if small else _FLOOR
    screen = Screen()
    async with (
        child("carrier") as carrier,
        child("outbox.server", str(folder), carrier.ready["url"]) as server,
        child("dispatch_worker", "floor", str(folder), carrier.ready["url"], "0") as floor,
    ):
        memory = _Memory(server)
        expanded, inserted = await _expand(server, memory, count, screen)
        posted = 0
        floors: list[float] = []
        flushes: list[float] = []

        async def measure_floor() -> None:
            nonlocal posted
            answer = await floor.ask(first=posted, count=floor_count)
            posted += floor_count
            floors.append(answer["sent"] / answer["seconds"])
            flushes.append(await asyncio.to_thread(_flush_seconds, folder))

        of_floor = floor.cpu_seconds()
        await measure_floor()
        before = await _used(server, carrier)
        sent = await _send(server, carrier, memory, count, posted, screen)
        loop, store, provider = [
            (now - then) / count * 1e6 for now, then in zip(await _used(server, carrier), before, strict=True)
        ]
        await measure_floor()
        floor_us = (floor.cpu_seconds() - of_floor) / posted * 1e6
        overtaken = await _overtake(server, memory, count, warned, screen)
        carried = await carrier.ask()
        if carried["distinct"] != carried["taken"]:
            raise BenchFailed(f"outbox: of {carried['taken']} texts only {carried['distinct']} are different")
    volume = warned / PARTS_PER_SECOND
    return (
        Figure("outbox.expanded", expanded, "rows/s", inserted, "ratio ≥ 0.5"),
        Figure("outbox.sent", sent, "texts/s", sum(floors) / len(floors), "ratio ≥ 0.55"),
        Figure("outbox.sent.loop", loop, "µs/text", floor_us),
        Figure("outbox.sent.store", store, "µs/text"),
        Figure("outbox.sent.carrier", provider, "µs/text"),
        Figure("outbox.flush", sum(flushes) / len(flushes) * 1000, "ms"),
        Figure("outbox.memory", memory.most / _MB, "MB", goal="< 300"),
        Figure("outbox.warning.first", overtaken["first"], "s", goal="< 3"),
        Figure("outbox.warning.last", overtaken["last"], "s", volume, "ratio ≤ 1.1"),
        Figure("outbox.reply", overtaken["reply"], "s", goal="< 3"),
    )


async def _used(server: Child, carrier: Child) -> tuple[float, float, float]:
    """Seconds of a processor so far: the server's event loop, its other threads (the store), the carrier."""
    loop = float((await server.ask(step="used"))["loop"])
    return loop, server.cpu_seconds() - loop, carrier.cpu_seconds()


def _flush_seconds(folder: Path) -> float:
    """How long the disk takes to make durable what one transaction writes: the median of a few times."""
    found: list[float] = []
    path = folder / "flushed"
    with path.open("wb", buffering=0) as file:
        for _ in range(_FLUSHES):
            file.write(bytes(_FLUSHED_BYTES))
            began = perf_counter()
            os.fsync(file.fileno())
            found.append(perf_counter() - began)
    path.unlink()
    return median(found)


async def _expand(server: Child, memory: _Memory, count: int, screen: Screen) -> tuple[float, float]:
    """Rows a second, and those of the bare insert."""
    with screen.progress("recipients") as told:
        for first in range(0, count, _PIECE):
            await server.ask(step="join", group="lesson", first=first, count=min(_PIECE, count - first))
            told(min(first + _PIECE, count), count)
    with screen.progress("expanded") as told:
        await server.ask(step="open", rate=0)
        await server.ask(step="plan", group="lesson", warning=False)
        seconds, rows = 0.0, 0
        while rows < count:
            answer = await server.ask(step="expand", rows=_PIECE)
            if not answer["rows"] > rows and not answer["more"]:
                raise BenchFailed(f"outbox: {count} recipients became {answer['rows']} rows")
            seconds, rows = seconds + answer["seconds"], answer["rows"]
            memory.look()
            told(rows, count)
    with screen.progress("bare insert") as told:
        bare = 0.0
        for first in range(0, count, _PIECE):
            answer = await server.ask(step="insert", first=first, count=min(_PIECE, count - first))
            bare += answer["seconds"]
            told(min(first + _PIECE, count), count)
    return count / seconds, count / bare


async def _send(
    server: Child, carrier: Child, memory: _Memory, count: int, before: int, screen: Screen
) -> float:
    """Texts a second until the carrier has all of them."""
    loop = asyncio.get_running_loop()
    with screen.progress("sent") as told:
        await server.ask(step="start")
        began = last = loop.time()
        taken = 0
        while taken < count:
            await asyncio.sleep(_LOOK_SECONDS)
            now = int((await carrier.ask())["taken"]) - before
            last = loop.time() if now > taken else last
            taken = now
            if loop.time() - last > _GIVEN_UP / 10:
                raise BenchFailed(f"outbox: only {taken} of {count} texts came")
            memory.look()
            told(taken, count)
        seconds = loop.time() - began
        await server.ask(step="stop")
    return count / seconds


async def _overtake(
    server: Child, memory: _Memory, before: int, warned: int, screen: Screen
) -> dict[str, float]:
    """Seconds from the release of the warning to its first and last acceptance, and those of the reply.

    Nobody of the `before` is written to again: one person gets so many lessons a week and no more.
    """
    bulk = warned * _BULK_PER_WARNED
    for group, first, count in (("bulk", before, bulk), ("warned", before + bulk, warned)):
        await server.ask(step="join", group=group, first=first, count=count)
    await server.ask(step="open", rate=PARTS_PER_SECOND)
    await server.ask(step="plan", group="bulk", warning=False)
    await server.ask(step="expand", rows=bulk)
    await server.ask(step="start")
    async with _looking(memory.look):
        with screen.progress("warned") as told:
            await _accepted(server, "bulk", PARTS_PER_SECOND // 2)
            await server.ask(step="plan", group="warned", warning=True)
            loop = asyncio.get_running_loop()
            began = loop.time()
            soonest = await _accepted(server, "warned", 1) - began
            await _accepted(server, "warned", warned // 2, told, warned)
            reply = await server.ask(step="reply")
            last = await _accepted(server, "warned", warned, told, warned) - began
    await server.ask(step="stop")
    return {"first": soonest, "last": last, "reply": reply["seconds"]}


async def _accepted(
    server: Child, group: str, wanted: int, told: Callable[[int, int], None] | None = None, of: int = 0
) -> float:
    """When (the loop's seconds) so many of a broadcast are accepted."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(_GIVEN_UP):
        while True:
            accepted = (await server.ask(step="accepted", group=group))["accepted"]
            if told is not None:
                told(accepted, of)
            if accepted >= wanted:
                return loop.time()
            await asyncio.sleep(_LOOK_SECONDS / 5)


@asynccontextmanager
async def _looking(look: Callable[[], None]) -> AsyncIterator[None]:
    async def again() -> None:
        while True:
            look()
            await asyncio.sleep(_LOOK_SECONDS)

    task = asyncio.create_task(again())
    try:
        yield
    finally:
        task.cancel()
