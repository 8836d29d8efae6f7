"""A time limit kept for many calls with one timer.

`asyncio.timeout` sets and takes back a timer for every call. When all calls have the same limit the
one that began first is the first to be late, so one timer for the oldest is enough.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

T = TypeVar("T")


class TimeLimit:
    """Ends every call that takes longer than `seconds`; at most one call per task at a time."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._began: dict[asyncio.Task[Any], float] = {}  # the oldest first
        self._late: set[asyncio.Task[Any]] = set()
        self._timer: asyncio.TimerHandle | None = None

    async def keep(self, call: Awaitable[T]) -> T:
        """What `call` gives. Raises `TimeoutError`; a cancellation from outside stays one."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a time limit is kept for tasks")
        loop = task.get_loop()
        self._began[task] = now = loop.time()
        if self._timer is None:
            self._timer = loop.call_at(now + self._seconds, self._look, loop)
        cancelled_before = task.cancelling()
        try:
            return await call
        except asyncio.CancelledError:
            if task in self._late and task.cancelling() - 1 <= cancelled_before:
                raise TimeoutError from None
            raise
        finally:
            del self._began[task]
            if task in self._late:
                self._late.remove(task)
                task.uncancel()

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        self._timer = None
        for task, began in self._began.items():
            if task in self._late:
                continue  # it is told already and takes its time to end
            if began + self._seconds > now:
                self._timer = loop.call_at(began + self._seconds, self._look, loop)
                return
            self._late.add(task)
            task.cancel()
