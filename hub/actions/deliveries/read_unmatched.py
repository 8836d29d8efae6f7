"""Receipts that found no message: shown to whoever decides about deliveries, because a carrier or a setting
of ours does something other than was agreed. Nothing is decided here; they go after their time."""

from __future__ import annotations

from dataclasses import dataclass

from hub.actions.deliveries.decide_delivery import require_decider
from hub.actions.deliveries.match_receipts import EARLY_MS
from hub.model.agent import Agent
from hub.repositories.deliveries.parts import DeliveryPart, DeliveryParts
from hub.runtime.clock import Clock


@dataclass(frozen=True, slots=True)
class Unmatched:
    """One page, the oldest first; `next` continues it. count: of all of them."""

    receipts: tuple[DeliveryPart, ...]
    count: int
    next: str | None


class ReadUnmatched:
    """Reads."""

    def __init__(self, parts: DeliveryParts, clock: Clock) -> None:
        self._parts = parts
        self._clock = clock

    async def __call__(self, agent: Agent, *, after: str | None = None) -> Unmatched:
        """Those that waited longer than any answer takes. Raises `Forbidden`."""
        require_decider(agent)
        before = self._clock.now_ms() - EARLY_MS
        page = await self._parts.unmatched(before=before, after=after)
        count = await self._parts.how_many_unmatched(before=before)
        return Unmatched(page.parts, count, page.next)
