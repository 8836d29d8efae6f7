"""Brings the cases that were stored before there were clocks under them, a page in one commit.

A case that has its clocks is not touched, so what is left to do is what has none: after a crash, and beside
another process, it simply goes on.
"""

from __future__ import annotations

from collections.abc import Callable

from hub.actions.cases.all_cases.before_clocks import taken_over
from hub.model.cases.case import Case
from hub.model.cases.clock import Rules
from hub.repositories.cases import CaseRepository
from hub.runtime.clock import Clock
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate, Write

_TRIES = 5

Told = Callable[[int, int], None]
"""Progress: cases that were looked at, and how many there are."""


class TakeOver:
    """All of them, once."""

    def __init__(self, documents: Documents, cases: CaseRepository, rules: Rules, clock: Clock) -> None:
        self._documents = documents
        self._cases = cases
        self._rules = rules
        self._clock = clock

    async def __call__(self, told: Told) -> None:
        """Takes over what is there now; what arrives meanwhile has its clocks."""
        looked, total = 0, await self._cases.everything()
        async for number, found in self._cases.before_clocks():
            await self._page(found)
            looked += number
            told(looked, max(looked, total))

    async def _page(self, found: list[Versioned[Case]]) -> None:
        if not found:
            return
        try:
            await self._documents.commit([write for one in found for write in await self._writes(one)])
        except (Conflict, Duplicate):
            for one in found:
                await self._alone(one.value.id)

    async def _alone(self, case_id: str) -> None:
        """One of a page in which somebody else changed something."""
        for tries_left in reversed(range(_TRIES)):
            found = await self._cases.get(case_id)
            if found is None or found.value.proceeding.registered_at:
                return
            try:
                await self._documents.commit(await self._writes(found))
            except (Conflict, Duplicate):
                if not tries_left:
                    raise
            else:
                return

    async def _writes(self, found: Versioned[Case]) -> list[Write]:
        history = await self._cases.whole_history(found.value.id)
        step = taken_over(found.value, history, self._clock.now_ms(), self._rules)
        return self._cases.step_writes(step, found.version, migrated=True)
