"""The carrier as who asks it sees it: one question about one number, and what it said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from hub.model.alarms.carrier_data import Asked, Outcome, Position, Subscriber


@dataclass(frozen=True, slots=True)
class CarrierAnswer:
    """What came of a question. data: when it was answered, of the kind that was asked for."""

    outcome: Outcome
    data: Subscriber | Position | None = None


class SubscriberSource(Protocol):
    """A carrier's system (`hub/other_systems/subscriber_system.py`)."""

    async def ask(self, asked: Asked, number: str, *, reference: str, officer: str) -> CarrierAnswer:
        """number: E.164. reference, officer: number of the case and login of who asks, for the carrier's own
        record of it. Returns within the configured time; never raises."""
