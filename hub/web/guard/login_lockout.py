"""Slows down guessing of passwords: a delay that grows, never a lock that a stranger can cause.

Failures are counted per account and per address. A browser whose owner logged in there before is counted
apart (`hub/web/guard/devices.py`), so that a stranger who keeps guessing cannot keep the owner out.
Source: OWASP ASVS 5.0.0, 6.1.1 and 6.3.1. The counts live in the process and are bounded; which browsers
are known stands in the store.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from hub.runtime.clock import Clock

FREE_TRIES = 3
LONGEST_MS = 60_000
FORGET_MS = 15 * 60_000
BOUND = 10_000


@dataclass(frozen=True, slots=True)
class _Failures:
    count: int
    last_at: int


class LoginLockout:
    """Remembers failures of the last quarter of an hour, of at most `BOUND` accounts and addresses."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures: OrderedDict[str, _Failures] = OrderedDict()

    def wait_ms(self, login: str, address: str, device: str = "") -> int:
        """How long this login has to wait from this address before the next try; 0 = try now.

        device: the browser, if the login was right there before, else "".
        """
        now = self._clock.now_ms()
        return max(0, *(self._until(key) - now for key in _keys(login, address, device)))

    def failed(self, login: str, address: str, device: str = "") -> None:
        """Counts a try before it is judged: many at once must not all pass. A right one takes it back."""
        now = self._clock.now_ms()
        for key in _keys(login, address, device):
            before = self._failures.pop(key, None)
            fresh = before is None or now - before.last_at > FORGET_MS
            self._failures[key] = _Failures(1 if fresh or before is None else before.count + 1, now)
        while len(self._failures) > BOUND:
            self._failures.popitem(last=False)

    def succeeded(self, login: str, address: str, device: str = "") -> None:
        """Forgets the failures that were counted for the account here."""
        for key in _keys(login, address, device):
            before = self._failures.pop(key, None)
            # A good login takes back its own try, no more: it must not free a guessing machine.
            if before is not None and key.startswith("address:") and before.count > 1:
                self._failures[key] = _Failures(before.count - 1, before.last_at)

    def _until(self, key: str) -> int:
        failures = self._failures.get(key)
        if failures is None or failures.count < FREE_TRIES:
            return 0
        return failures.last_at + min(1000 << min(failures.count - FREE_TRIES, 10), LONGEST_MS)


def _keys(login: str, address: str, device: str) -> tuple[str, ...]:
    return (f"device:{login}|{device}",) if device else (f"account:{login}", f"address:{address}")
