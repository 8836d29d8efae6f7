"""Runs the long-lived tasks: each is named, guarded, restarted with back-off and visible.

A task that dies unexpectedly is logged at once and started again; its state is what the health
page shows. Cancelling the supervisor cancels them all.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from hub.runtime.clock import Clock

log = logging.getLogger(__name__)

_FIRST_WAIT = 0.5
_LONGEST_WAIT = 30.0
_CALM_SECONDS = 60


@dataclass(frozen=True, slots=True)
class TaskState:
    """How a task is doing. `problem` is the class of the last error, "" if there was none."""

    running: bool
    restarts: int
    since: int
    problem: str = ""


class Supervisor:
    """Guards tasks."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._states: dict[str, TaskState] = {}

    @property
    def states(self) -> Mapping[str, TaskState]:
        """Every task by name."""
        return dict(self._states)

    async def run(self, jobs: Mapping[str, Callable[[], Awaitable[None]]]) -> None:
        """Runs all jobs until cancelled."""
        async with asyncio.TaskGroup() as group:
            for name, job in jobs.items():
                group.create_task(self._guard(name, job), name=name)

    async def _guard(self, name: str, job: Callable[[], Awaitable[None]]) -> None:
        wait = _FIRST_WAIT
        restarts = 0
        problem = ""
        while True:
            started = self._clock.now_ms()
            self._states[name] = TaskState(True, restarts, started, problem)
            try:
                await job()
                problem = "ended"
            except asyncio.CancelledError:
                self._states[name] = TaskState(False, restarts, self._clock.now_ms(), problem)
                raise
            except Exception as error:
                problem = type(error).__name__
                log.exception("task.failed", extra={"task": name})
            if self._clock.now_ms() - started > _CALM_SECONDS * 1000:
                wait = _FIRST_WAIT
            restarts += 1
            self._states[name] = TaskState(False, restarts, self._clock.now_ms(), problem)
            await asyncio.sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT)
