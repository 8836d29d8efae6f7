"""Rows that cannot be read: damaged on disk, or sealed with a key that is lost.

One such row must not take a page down or stop a job. What of it is readable is read all the same
(`hub/store/codec.py`), it is told once in the log and counted on the system page.
"""

from __future__ import annotations

import logging

from hub.runtime.errors import HubError

log = logging.getLogger(__name__)


class Unreadable(HubError):
    """Nothing of the row can be read. The message is its `collection/id`."""


class UnreadableRows:
    """Which rows this process found unreadable when it read them last, by `collection/id`."""

    def __init__(self) -> None:
        self._places: set[str] = set()

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, place: str) -> bool:
        return place in self._places

    def found(self, place: str) -> None:
        """Notes a row; only the first time is told."""
        if place not in self._places:
            self._places.add(place)
            collection, _, id = place.partition("/")
            log.error("store.row_unreadable", extra={"collection": collection, "id": id})

    def mended(self, place: str) -> None:
        """It could be read again."""
        self._places.discard(place)
