"""Remembers the last results by what was asked.

Gives up one when it takes one: a memory that is emptied at once makes somebody wait for tens of thousands of
objects to go. Threads may share it; at worst a result is worked out twice.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Memo(Generic[K, V]):
    """At most `size` results, those made last; none of them is None."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._known: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K, make: Callable[[], V]) -> V:
        """What is remembered for `key`, or else what `make` gives."""
        known = self._known.get(key)
        if known is not None:
            return known
        made = make()
        self._known[key] = made
        if len(self._known) > self._size:
            self._known.popitem(last=False)
        return made
