"""The desk: handlers with open pages hear of changes, 20 a second, from one hub over loopback.

The floor is a bare aiohttp server that writes as many bytes as often to as many streams; its times are from
the write to the page, without the 300 ms in which the hub gathers changes. The processor time
is that of the server alone and holds everything the hub does meanwhile: it takes the texts, hands the cases
on, renders the case that is fetched anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hub.bench.casework.case_store import id_of
from hub.bench.child import BenchFailed, child
from hub.bench.figure import Figure

SERVER, READERS = "casework.desk_server", "casework.desk_pages"
PAGES = (300, 20)
_FULL = (20.0, 20.0)
_SMALL = (4.0, 1.5)
"""Changes a second, and for how many seconds."""
_CASES = 600
_GOALS = {300: "< 60 % of a core", 20: "< 15 % of a core"}
_MOST = 0.98
"""Of all changes at all pages: a row that looks the same again is not sent again."""


async def desk(folder: Path, *, small: bool = False) -> Sequence[Figure]:
    """Milliseconds from a change being sent to it standing at a page, and the server's share of a core."""
    figures: list[Figure] = []
    for pages in (4,) if small else PAGES:
        place = folder / f"{pages}"
        place.mkdir()
        cases = 60 if small else _CASES
        figures += await _with(place, pages, cases, pace=_SMALL if small else _FULL)
    return figures


async def _with(folder: Path, pages: int, cases: int, *, pace: tuple[float, float]) -> list[Figure]:
    rate, seconds = pace
    async with (
        child("carrier") as carrier,
        child(
            "casework.desk_server", "hub", str(folder), carrier.ready["url"], str(pages), str(cases)
        ) as hub,
        child(READERS) as handlers,
    ):
        count = (await hub.ask())["cases"]
        await handlers.ask(
            port=hub.ready["port"],
            handlers=hub.ready["handlers"],
            cases=[id_of(number) for number in range(cases)],
            open=count,
            pages=pages,
            rate=rate,
            seconds=seconds,
        )
        before = hub.cpu_seconds()
        heard = await handlers.answer(seconds * 3 + 30)
        used = (hub.cpu_seconds() - before) / heard["seconds"]
    if heard["heard"] < _MOST * heard["wanted"]:
        raise BenchFailed(f"desk: {heard['heard']} of {heard['wanted']} changes were heard")
    floor = await _floor(pages, heard, seconds)
    name = f"desk.{pages} pages"
    return [
        Figure(f"{name}.p50", heard["p50_ms"], "ms", floor["p50_ms"]),
        Figure(f"{name}.p99", heard["p99_ms"], "ms", floor["p99_ms"], "< 1,000"),
        Figure(f"{name}.cpu", used * 100, "% of a core", floor["cpu"] * 100, _GOALS.get(pages, "")),
        Figure(f"{name}.bytes", heard["bytes"] * heard["writes"] / heard["seconds"] / 1000, "kB/s a page"),
    ]


async def _floor(pages: int, heard: Mapping[str, Any], seconds: float) -> dict[str, float]:
    """The server's share of a core (`cpu`), and the times of a round at a page."""
    async with child(SERVER, "floor") as server, child(READERS) as readers:
        await readers.ask(floor=True, port=server.ready["port"], pages=pages)
        before = server.cpu_seconds()
        every = heard["seconds"] / max(1.0, heard["writes"])
        await server.ask(bytes=int(heard["bytes"]), every=every, seconds=seconds)
        used = (server.cpu_seconds() - before) / seconds
        return {**await readers.ask(times=True), "cpu": used}
