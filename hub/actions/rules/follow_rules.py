"""Keeps the rules in force in this process equal to what the store says, whoever approved them where."""

from __future__ import annotations

import asyncio

from hub.actions.rules.in_force import RulesInForce
from hub.repositories.rule_books import RuleBookRepository


class FollowRules:
    """For the supervised job, and before anything is decided about rules."""

    def __init__(self, revisions: RuleBookRepository, rules: RulesInForce) -> None:
        self._revisions = revisions
        self._rules = rules
        self._alone = asyncio.Lock()

    async def look(self) -> None:
        """Takes what was approved since the last look."""
        async with self._alone:
            for kind in self._rules.books:
                new = await self._revisions.approved_since(kind, self._rules.newest(kind))
                if new:
                    self._rules.take(kind, new)
