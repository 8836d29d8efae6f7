"""Which cases a view held when its page was made, so that what is new can be counted by id.

Times cannot tell: a case is received before it is stored, and one handed to somebody is older than the
page. Kept in memory and bounded: a page whose snapshot was given up counts from its time instead.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict

from aiohttp import web

_MAX_IDS = 200_000
"""All snapshots together; some 20 MB."""


class QueueSnapshots:
    """Ids of cases by an opaque token; the oldest snapshots go first."""

    def __init__(self, max_ids: int = _MAX_IDS) -> None:
        self._max_ids = max_ids
        self._snapshots: OrderedDict[str, frozenset[str]] = OrderedDict()
        self._held = 0

    def keep(self, ids: frozenset[str]) -> str:
        """The token that `get` takes."""
        token = secrets.token_urlsafe(9)
        self._snapshots[token] = ids
        self._held += len(ids) + 1  # an empty one takes a place too
        while self._held > self._max_ids:
            _, given_up = self._snapshots.popitem(last=False)
            self._held -= len(given_up) + 1
        return token

    def get(self, token: str) -> frozenset[str] | None:
        """The ids, or None when they were given up or never kept."""
        return self._snapshots.get(token)


SNAPSHOTS = web.AppKey("queue_snapshots", QueueSnapshots)
