"""Memory: the resident size of a serving hub, at rest and with 2,000 open chat streams.

The streams are held by a process of their own; each belongs to another browser. There is no floor:
the goals are sizes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from hub.bench.child import BenchFailed, child
from hub.bench.figure import Figure

STREAMS = 2000
_SETTLE_SECONDS = 2.0
_MB = 1_000_000


async def memory(folder: Path, *, small: bool = False) -> Sequence[Figure]:
    """Megabytes (10⁶ bytes) resident."""
    wanted, settle = (20, 0.1) if small else (STREAMS, _SETTLE_SECONDS)
    async with (
        child("intake_server", "hub", str(folder), "http://127.0.0.1:9") as server,
        child("streams") as browsers,
    ):
        await asyncio.sleep(settle)
        idle = server.rss_bytes()
        answer = await browsers.ask(port=server.ready["port"], count=wanted)
        if answer["open"] != wanted:
            raise BenchFailed(f"memory: only {answer['open']} of {wanted} streams are open")
        await asyncio.sleep(settle)
        busy = server.rss_bytes()
    return (
        Figure("memory.idle", idle / _MB, "MB", goal="< 150"),
        Figure("memory.streams", busy / _MB, "MB", goal=f"< 250 with {wanted:,} streams"),
        Figure("memory.per_stream", (busy - idle) / wanted / 1000, "kB"),
    )
