"""Gives the cases of earlier releases their nearest limit and their place in the queue, a page at a time.

What it writes follows from the case and the rules alone, so doing it again, or beside another process, is
harmless.
"""

from __future__ import annotations

from hub.actions.cases.all_cases.take_over import Told
from hub.model.cases.clock import Rules
from hub.model.cases.queue.timing import scheduled
from hub.repositories.cases import CaseRepository
from hub.runtime.clock import Clock


class PutInOrder:
    """All of them, once."""

    def __init__(self, cases: CaseRepository, rules: Rules, clock: Clock) -> None:
        self._cases = cases
        self._rules = rules
        self._clock = clock

    async def __call__(self, told: Told) -> None:
        """Places what is there now; what arrives meanwhile has its place."""
        looked, total, now = 0, await self._cases.everything(), self._clock.now_ms()
        async for page in self._cases.pages():
            placed = [(scheduled(found.value, now, self._rules), found.version) for found in page]
            lost = await self._cases.reschedule(placed)
            while lost:
                again = [found for id in lost if (found := await self._cases.get(id)) is not None]
                lost = await self._cases.reschedule(
                    [(scheduled(found.value, now, self._rules), found.version) for found in again]
                )
            looked += len(page)
            told(looked, max(looked, total))
