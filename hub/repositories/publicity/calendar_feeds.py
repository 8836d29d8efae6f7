"""Secret addresses under which the calendar of campaigns can be subscribed to.

Rule protected: an address belongs to one agent and stops with them; what is stored is its digest, so that
a copied database opens nothing; a new one ends the one before.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub.repositories.agents import token_digest
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Collection, Delete, Documents, Write

COLLECTIONS = (Collection("calendar_feeds", fields={"digest": str}, unique=(("digest",),)),)


@dataclass(frozen=True, slots=True)
class CalendarFeed:
    """One address. id: of the agent. digest: of its token. created_at: ms UTC."""

    id: str
    digest: str
    created_at: int


class CalendarFeedRepository:
    """Reads addresses; gives the writes that make and end them."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._feeds = Shape(CalendarFeed, "calendar_feeds", vault, personal=frozenset())

    async def of_agent(self, agent_id: str) -> Versioned[CalendarFeed] | None:
        """The address an agent has, or None."""
        stored = await self._documents.get("calendar_feeds", agent_id)
        return None if stored is None else self._feeds.versioned(stored)

    async def by_token(self, token: str) -> CalendarFeed | None:
        """The address with this token, or None."""
        stored = await self._documents.find_one("calendar_feeds", {"digest": token_digest(token)})
        return None if stored is None else self._feeds.load(stored)

    def write(self, agent_id: str, token: str, *, at: int, old: Versioned[CalendarFeed] | None) -> Write:
        """The write of an agent's address; it replaces the one before."""
        feed = CalendarFeed(agent_id, token_digest(token), at)
        return self._feeds.update(feed, old.version) if old else self._feeds.insert(feed)

    def end(self, old: Versioned[CalendarFeed]) -> Delete:
        """The write that revokes it."""
        return Delete("calendar_feeds", old.value.id, old.version)
