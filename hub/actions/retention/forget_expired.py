"""Deletes rows that have done their work: logins that are over, spent set-up links, old query locks.

Everything else stays: cases, their history, messages, recordings and evidence are kept as the law
says and never deleted here. Rows go a thousand at a time, so that nobody waits for it; doing it
twice, or by several processes at once, is harmless.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from hub.runtime.clock import Clock
from hub.store.documents import Documents

log = logging.getLogger(__name__)

STEP = 1_000


@dataclass(frozen=True, slots=True)
class Rule:
    """Rows of `collection` go `keep_seconds` after the instant in their field `over_at`."""

    collection: str
    over_at: str
    keep_seconds: int


class ForgetExpired:
    """One round over all rules."""

    def __init__(self, documents: Documents, clock: Clock, rules: Sequence[Rule]) -> None:
        self._documents = documents
        self._clock = clock
        self._rules = rules

    async def __call__(self) -> int:
        """How many rows were deleted."""
        return sum([await self._forget(rule) for rule in self._rules])

    async def _forget(self, rule: Rule) -> int:
        over = {rule.over_at: {"$lt": self._clock.now_ms() - rule.keep_seconds * 1000}}
        gone = 0
        while True:
            step = await self._documents.delete(rule.collection, over, limit=STEP)
            gone += step
            if step < STEP:
                break
        if gone:
            log.info("retention.deleted", extra={"collection": rule.collection, "rows": gone})
        return gone
