"""Whether an agent takes new cases just now, and in which languages."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Readiness(StrEnum):
    """What an agent says of themselves."""

    READY = "ready"  # 可接单
    BUSY = "busy"  # 忙碌: at work, but nothing new, please
    AWAY = "away"  # 离开


@dataclass(frozen=True, slots=True)
class Availability:
    """One agent. until: ms UTC, after which they count as away: nobody is asked to sign off.

    languages: codes as in `Origin.language`, and dialects by name. assigned_at: when a case was given to them
    last (ms UTC), so that equals take turns.
    """

    id: str
    readiness: Readiness
    until: int
    languages: tuple[str, ...] = ("zh",)
    assigned_at: int = 0

    def takes(self, now: int) -> bool:
        """Whether a new case may be given to them."""
        return self.readiness is Readiness.READY and now < self.until
