"""Lets a fresh delivery leave at once: an action rings, the dispatch loop wakes."""

from __future__ import annotations

import asyncio


class Wake:
    """One bell for one sleeper."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        """Wakes the sleeper now or, if it is busy, before its next sleep."""
        self._event.set()

    async def wait(self, *, at_most_seconds: float) -> None:
        """Returns at the next ring, or when the time is over."""
        try:
            async with asyncio.timeout(at_most_seconds):
                await self._event.wait()
        except TimeoutError:
            pass
        self._event.clear()
