"""What one task hands to others in bulk, with a bound on what is not done yet.

A queue of asyncio wakes a waiting task for every single piece; here pieces that are there are taken
without giving up the turn, and only who finds nothing waits.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Generic, TypeVar

T = TypeVar("T")


class BatchQueue(Generic[T]):
    """`limit`: no more pieces than this are ever handed over and not `done`."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._undone = 0
        self._waiting: deque[T] = deque()
        self._closed = False
        self._takers: deque[asyncio.Future[None]] = deque()
        self._plenty = asyncio.Event()
        self._room = asyncio.Event()

    @property
    def is_full(self) -> bool:
        """Whether nothing more fits."""
        return self._undone >= self._limit

    async def room(self, least: int = 1) -> int:
        """Waits until at least `least` pieces more fit; how many do."""
        while self._limit - self._undone < least:
            self._room.clear()
            await self._room.wait()
        return self._limit - self._undone

    def add(self, pieces: Sequence[T]) -> None:
        """Hands over. Ask for room before."""
        self._undone += len(pieces)
        self._waiting.extend(pieces)
        if len(self._waiting) * 2 >= self._limit:
            self._plenty.set()
        self._wake(len(pieces))

    def done(self, number: int) -> None:
        """So many pieces have come to their end, wherever they went."""
        self._undone -= number
        self._room.set()

    def close(self) -> None:
        """Nothing more will be added."""
        self._closed = True
        self._plenty.set()
        self._wake(len(self._takers))

    async def one(self) -> T | None:
        """The next piece; None when there will be none."""
        return self._waiting.popleft() if self._waiting or await self._some() else None

    async def all(self, *, after_seconds: float = 0.0) -> list[T]:
        """Everything that is waiting; nothing at all when there will be no more.

        after_seconds: how long the first piece waits for others to come with it, if there is room for more.
        """
        if await self._some() and after_seconds:
            with suppress(TimeoutError):
                async with asyncio.timeout(after_seconds):
                    await self._plenty.wait()
        pieces = list(self._waiting)
        self._waiting.clear()
        if not self._closed:
            self._plenty.clear()
        return pieces

    async def _some(self) -> bool:
        while not self._waiting:
            if self._closed:
                return False
            taker: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._takers.append(taker)
            await taker
        return True

    def _wake(self, number: int) -> None:
        """As many as there are pieces: the others would find nothing."""
        while number and self._takers:
            taker = self._takers.popleft()
            if not taker.done():
                taker.set_result(None)
                number -= 1
