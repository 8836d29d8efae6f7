"""Calls that were refused because nobody had signed them: counted here, never stored.

A flood of forged calls must not become a flood of writes, so the count is this process's, since its start.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping


class Refusals:
    """Counts by channel."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def add(self, channel: str) -> None:
        """One more."""
        self._counts[channel] += 1

    def of(self, channel: str) -> int:
        """How many there were on a channel."""
        return self._counts[channel]

    @property
    def by_channel(self) -> Mapping[str, int]:
        """Channels with any, and how many."""
        return {channel: count for channel, count in self._counts.items() if count}
