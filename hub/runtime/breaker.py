"""Leaves something alone that fails again and again: some failures in a row, then a pause, then one try."""

from __future__ import annotations

from hub.runtime.clock import Clock


class Breaker:
    """In memory: each process finds out for itself."""

    def __init__(
        self, clock: Clock, *, failures: int = 5, pause_seconds: int = 60, longest_seconds: int = 0
    ) -> None:
        """longest_seconds: each try that fails doubles the pause up to this; 0 = it stays as it is."""
        self._clock = clock
        self._failures = failures
        self._first_ms = pause_seconds * 1000
        self._longest_ms = max(pause_seconds, longest_seconds) * 1000
        self._failed = 0
        self._pause_ms = 0
        self._next_at = 0
        self._trying = False

    @property
    def is_open(self) -> bool:
        """Whether it is left alone, but for tries."""
        return self._failed >= self._failures

    def allows(self) -> bool:
        """Whether it may be asked now. While it pauses, one try per pause."""
        if not self.is_open:
            return True
        now = self._clock.now_ms()
        if now < self._next_at:
            return False
        self._next_at = now + self._pause_ms
        self._trying = True
        return True

    def succeeded(self) -> None:
        """It answered."""
        self._failed = 0

    def failed(self) -> None:
        """It did not. What was asked before the pause began and ends now makes it no longer."""
        if not self.is_open:
            self._failed += 1
            self._pause_ms = self._first_ms
        elif self._trying:
            self._pause_ms = min(2 * self._pause_ms, self._longest_ms)
        else:
            return
        self._trying = False
        self._next_at = self._clock.now_ms() + self._pause_ms
