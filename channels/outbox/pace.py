"""The pace of one sender: a token bucket in SMS parts per second that learns from the provider.

A provider that accepts faster than it delivers holds a queue in which a later emergency waits,
whatever our own priority is; so we pace to the contract rate and slow down when told.
A batch is only claimed while tokens are left and is then paid in full, so the balance may fall
below zero once: the mean rate still holds, and a long message never starves.
"""

from __future__ import annotations

from channels.clock import Clock

SHRINK = 0.7
"""Factor on the rate when the provider says slow down (429, SMPP 0x58, CMPP 8)."""
GROWTH = 0.05
"""Recovery per `GROWTH_SECONDS`, as a share of the contract rate."""
GROWTH_SECONDS = 10.0
FLOOR = 0.05
"""The rate never falls below this share of the contract rate, or it could not recover."""


class TokenBucket:
    """Tokens of one sender. `parts_per_second` of 0 means: no limit.

    burst_seconds: how many seconds' worth may be saved up; kept short so that the provider's own
    queue stays short.
    """

    def __init__(self, parts_per_second: float, clock: Clock, *, burst_seconds: float = 0.5) -> None:
        self._contract = parts_per_second
        self._rate = parts_per_second
        self._burst_seconds = burst_seconds
        self._clock = clock
        self._tokens = self._burst
        self._filled_at = clock.now_ms()
        self._grown_at = self._filled_at

    @property
    def rate(self) -> float:
        """Parts per second at the moment."""
        self._refill()
        return self._rate

    @property
    def _burst(self) -> float:
        return max(1.0, self._rate * self._burst_seconds)

    def grant(self, want: int, *, urgent: bool = False) -> int:
        """How many messages may be claimed now, at most `want`; 0 while the balance is used up.

        urgent: may borrow one burst, so that a warning never queues behind bulk for a token.
        """
        if not self._contract:
            return want
        self._refill()
        credit = self._burst if urgent else 0.0
        return max(0, min(want, int(self._tokens + credit + 1e-9)))

    def spend(self, parts: int) -> None:
        """Pays for what is about to leave; the balance may fall below zero."""
        if self._contract:
            self._refill()
            self._tokens -= parts

    def give_back(self, parts: int) -> None:
        """Returns what did not leave after all."""
        if self._contract:
            self._tokens = min(self._burst, self._tokens + parts)

    def wait_seconds(self) -> float:
        """How long until one token is there; 0 when one is."""
        if not self._contract:
            return 0.0
        self._refill()
        return max(0.0, (1.0 - self._tokens) / self._rate)

    def slow_down(self) -> None:
        """The provider asked for less."""
        if self._contract:
            self._refill()
            self._rate = max(self._contract * FLOOR, self._rate * SHRINK)
            self._tokens = min(self._tokens, self._burst)
            self._grown_at = self._clock.now_ms()

    def _refill(self) -> None:
        now = self._clock.now_ms()
        steps = int((now - self._grown_at) / 1000 / GROWTH_SECONDS)
        if steps > 0:
            self._rate = min(self._contract, self._rate + steps * GROWTH * self._contract)
            self._grown_at += int(steps * GROWTH_SECONDS * 1000)
        if now > self._filled_at:
            self._tokens = min(self._burst, self._tokens + (now - self._filled_at) / 1000 * self._rate)
            self._filled_at = now
