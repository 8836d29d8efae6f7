"""A loop for work that one process at a time does: by lease, step after step, a pause when there is nothing.

The lease saves work; what protects against doing something twice are the versions underneath.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from hub.repositories.leases import Lease, LeaseRepository


async def alone(
    leases: LeaseRepository, name: str, step: Callable[[], Awaitable[bool]], *, pause_seconds: float
) -> None:
    """For the supervisor. `step` says whether there is more to do at once."""
    lease: Lease | None = None
    try:
        while True:
            lease = await leases.hold(lease, name)
            if lease is None or not await step():
                await asyncio.sleep(pause_seconds)
    finally:
        if lease is not None:
            await leases.give_back(lease)
