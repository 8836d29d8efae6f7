"""A loop for work that is done now and then: at the start, and a pause after each time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable


async def repeat(work: Callable[[], Awaitable[object]], *, pause_seconds: float) -> None:
    """For the supervisor."""
    while True:
        await work()
        await asyncio.sleep(pause_seconds)
