"""What the adapters and the outbox need of time and of chance."""

from __future__ import annotations

from typing import Protocol


class Clock(Protocol):
    """Milliseconds since 1970 UTC."""

    def now_ms(self) -> int: ...


class Random(Protocol):
    """The part of `random.Random` that jitter needs."""

    def random(self) -> float:
        """Uniform in [0, 1)."""
