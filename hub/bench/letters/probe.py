"""How long an event loop was held, seen from inside it."""

from __future__ import annotations

import asyncio
import time

_TICK_SECONDS = 0.005


class Probe:
    """Ticks. delay_ms: the latest that a tick came. held_ms: the most that the loop's own thread worked
    between two ticks, at least what any one step took; a busy machine adds to the first only."""

    def __init__(self) -> None:
        self.delay_ms = 0.0
        self.held_ms = 0.0

    async def watch(self) -> None:
        """Until it is cancelled."""
        while True:
            wall, worked = time.perf_counter(), time.thread_time()
            await asyncio.sleep(_TICK_SECONDS)
            self.held_ms = max(self.held_ms, (time.thread_time() - worked) * 1000)
            self.delay_ms = max(self.delay_ms, (time.perf_counter() - wall - _TICK_SECONDS) * 1000)
