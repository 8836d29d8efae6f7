"""A message whose meaning was not there in time: somebody has to look again."""

from __future__ import annotations

from dataclasses import dataclass

LATE_MS = 600_000
"""What waits longer than this is told to the operator."""


@dataclass(frozen=True, slots=True)
class MeaningDue:
    """id: of the message. rank: 0 where words already told of danger, which is looked at first."""

    id: str
    conversation_id: str
    at: int
    rank: int
