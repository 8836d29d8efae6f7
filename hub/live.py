"""Tells open pages that something changed. Carries no content: pages read the store themselves.

In-process only. A page that misses a ring catches up from the store by sequence number, so a
lost ring costs a moment, never a message.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

_QUEUE_BOUND = 64


class Live:
    """Topics: `conversation:<id>`, `queue`, `campaign:<id>`."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[asyncio.Queue[str | None]]] = {}
        self._closed = False

    @contextmanager
    def listen(self, topic: str) -> Iterator[asyncio.Queue[str | None]]:
        """A queue of rings for as long as the block runs; `None` means: the server stops, go away."""
        queue: asyncio.Queue[str | None] = asyncio.Queue(_QUEUE_BOUND)
        if self._closed:
            queue.put_nowait(None)
        self._listeners.setdefault(topic, set()).add(queue)
        try:
            yield queue
        finally:
            listeners = self._listeners[topic]
            listeners.discard(queue)
            if not listeners:
                del self._listeners[topic]

    def ring(self, topic: str, data: str = "") -> None:
        """Wakes everybody who listens. A listener with a full queue has rings waiting anyway."""
        for queue in self._listeners.get(topic, ()):
            if not queue.full():
                queue.put_nowait(data)

    @property
    def listening(self) -> int:
        """How many streams are open."""
        return sum(len(queues) for queues in self._listeners.values())

    def close(self) -> None:
        """Ends every stream, so that a stop does not wait for pages that stay open."""
        self._closed = True
        for queues in self._listeners.values():
            for queue in queues:
                while queue.full():
                    queue.get_nowait()
                queue.put_nowait(None)
