"""Computes due dates again once a revision that moves them is in force, and notes how many changed.

Rule protected: a due date follows from events and rules; doing it twice changes nothing, so a crash costs
only time. Which dates there are is the business of the clocks: they hand in `recompute`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from hub.actions.rules.follow_rules import FollowRules
from hub.repositories.rule_books import RuleBookRepository
from hub.runtime.clock import Clock
from hub.store.documents import Conflict, Documents

Recompute = Callable[[int], Awaitable[int]]
"""Computes every due date with the rules in force in this process; how many last days are different from what
they were before an instant (ms UTC)."""


class RecomputeDue:
    """For the supervised job of the process that leads."""

    def __init__(
        self,
        documents: Documents,
        revisions: RuleBookRepository,
        follow: FollowRules,
        clock: Clock,
        recompute: Recompute,
    ) -> None:
        self._documents = documents
        self._revisions = revisions
        self._follow = follow
        self._clock = clock
        self._recompute = recompute

    async def step(self) -> bool:
        """Does it for what came into force; whether there was something to do."""
        found = await self._revisions.not_counted()
        now = self._clock.now_ms()
        due = [one for one in found if one.value.in_force_from <= now]
        if not due:
            return False
        await self._follow.look()
        changed = await self._recompute(min(one.value.in_force_from for one in due))
        for one in due:
            counted = replace(one.value, due_changed=changed)
            try:
                await self._documents.commit([self._revisions.update(counted, one.version)])
            except Conflict:
                continue  # another process counted it
            changed = 0  # several revisions at once: the first one says what all of them moved
        return True
