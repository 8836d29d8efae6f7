"""A clock that can be put back, so that the sample cases of last week are received last week."""

from __future__ import annotations

from hub.runtime.clock import Clock


class ShiftedClock:
    """Another clock minus `behind_ms`; it goes on while it is behind, and is only ever put forward."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._behind_ms = 0
        self._latest = 0

    def now_ms(self) -> int:
        """Never earlier than what was told before."""
        self._latest = max(self._latest, self._clock.now_ms() - self._behind_ms)
        return self._latest

    def true_ms(self) -> int:
        """The other clock."""
        return self._clock.now_ms()

    def put_back(self, *, minutes: float) -> None:
        """From now on `minutes` before the other clock."""
        self._behind_ms = int(minutes * 60_000)
