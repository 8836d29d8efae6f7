"""Keeps a listener open in one process at a time, and has receipts told over its connections.

Who is connected to the process that ends connects again and reaches the one that took over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from channels.listener.server import Server
from hub.actions.departments.listener.tell_connected import TellConnected
from hub.repositories.leases import Lease, LeaseRepository

_PAUSE_SECONDS = 0.5
_LOOK_EVERY = 4
"""Rounds between two looks at which keys still work."""


class Opened(Protocol):
    """What listens."""

    async def step(self) -> None:
        """What is to be done all the time."""

    async def close(self) -> None:
        """In peace: what is under way is answered first."""


class Connections:
    """A server that listens, and what tells receipts over it."""

    def __init__(self, server: Server, tell: TellConnected) -> None:
        self._server = server
        self._tell = tell
        self._rounds = 0

    async def step(self) -> None:
        await self._tell.step()
        if self._rounds % _LOOK_EVERY == 0:
            await self._server.look()
        self._rounds += 1

    async def close(self) -> None:
        await self._tell.close()
        await self._server.close()


async def keep_listening(leases: LeaseRepository, name: str, start: Callable[[], Awaitable[Opened]]) -> None:
    """For the supervisor. start: raises `OSError` when the port cannot be had."""
    lease: Lease | None = None
    opened: Opened | None = None
    try:
        while True:
            lease = await leases.hold(lease, name)
            if lease is not None and opened is None:
                opened = await start()
            elif lease is None and opened is not None:
                await opened.close()
                opened = None
            if opened is not None:
                await opened.step()
            await asyncio.sleep(_PAUSE_SECONDS)
    finally:
        if opened is not None:
            await opened.close()
        if lease is not None:
            await leases.give_back(lease)
