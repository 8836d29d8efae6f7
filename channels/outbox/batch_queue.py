"""What one task hands to others in bulk, with a bound on what is not done yet.

A queue of asyncio wakes a waiting task for every single piece; here pieces that are there are taken
without giving up the turn, and only who finds nothing waits.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class BatchQueue(Generic[T]):
    """`limit`: no more pieces than this are ever handed over and not `done`."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._undone = 0
        self._waiting: deque[T] = deque()
        self._closed = False
        self._news = asyncio.Event()
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
        self._news.set()

    def done(self, number: int) -> None:
        """So many pieces have come to their end, wherever they went."""
        self._undone -= number
        self._room.set()

    def close(self) -> None:
        """Nothing more will be added."""
        self._closed = True
        self._news.set()

    async def one(self) -> T | None:
        """The next piece; None when there will be none."""
        return self._waiting.popleft() if self._waiting or await self._some() else None

    async def all(self, *, after_seconds: float = 0.0) -> list[T]:
        """Everything that is waiting; nothing at all when there will be no more.

        after_seconds: how long the first piece waits for others to come with it.
        """
        if await self._some() and after_seconds and not self._closed:
            await asyncio.sleep(after_seconds)
        pieces = list(self._waiting)
        self._waiting.clear()
        return pieces

    async def _some(self) -> bool:
        while not self._waiting:
            if self._closed:
                return False
            self._news.clear()
            await self._news.wait()
        return True
