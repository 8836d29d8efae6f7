"""What is new in the list of an open page, found in the feed of what changed and in nothing else.

A page that comes back after its place in the feed is forgotten, or that another process made, is told what
was received since it was made.
"""

from __future__ import annotations

from hub.actions.cases.queue.query import QueueQuery, selection_of
from hub.hub import Hub
from hub.model.agent import Agent


class Watched:
    """The list of one page."""

    def __init__(self, hub: Hub, agent: Agent, query: QueueQuery, position: str, made_at: int) -> None:
        """position: of the feed before the page was read; made_at: the instant of that (ms UTC)."""
        self._hub = hub
        self._agent = agent
        self._query = query
        self._selection = selection_of(agent, query)
        self._position = position
        self._made_at = made_at
        self._fresh: set[str] = set()

    async def fresh(self) -> frozenset[str]:
        """Ids of the cases that came into the list since the page was made and are still in it."""
        feed = self._hub.feed
        changes, self._position = feed.since(self._position), feed.position
        if changes is None:
            missed = await self._hub.actions.read_queue.missed(self._agent, self._query, self._made_at)
            self._fresh |= missed
            return frozenset(self._fresh)
        for change in changes:
            if change.enters(self._selection):
                self._fresh.add(change.id)
            elif change.leaves(self._selection):
                self._fresh.discard(change.id)
        return frozenset(self._fresh)
