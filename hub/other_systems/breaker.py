"""Leaves a system alone that fails again and again: some failures in a row, then a pause, then one try."""

from __future__ import annotations

from hub.runtime.clock import Clock


class Breaker:
    """In memory: each process finds out for itself."""

    def __init__(self, clock: Clock, *, failures: int = 5, pause_seconds: int = 60) -> None:
        self._clock = clock
        self._failures = failures
        self._pause_ms = pause_seconds * 1000
        self._failed = 0
        self._next_at = 0

    def allows(self) -> bool:
        """Whether it may be asked now. While it pauses, one try per pause."""
        if self._failed < self._failures:
            return True
        now = self._clock.now_ms()
        if now < self._next_at:
            return False
        self._next_at = now + self._pause_ms
        return True

    def succeeded(self) -> None:
        """It answered."""
        self._failed = 0

    def failed(self) -> None:
        """It did not."""
        self._failed += 1
        if self._failed >= self._failures:
            self._next_at = self._clock.now_ms() + self._pause_ms
