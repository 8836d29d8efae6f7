"""The calendar as a feed: a secret address per agent that can be revoked at any time.

Rule protected: whoever has the address sees names and times of campaigns, no text and nobody's data, and
only as long as its owner may read campaigns.
"""

from __future__ import annotations

import secrets

from hub.actions.campaigns.planning.read_calendar import DAY_MS, ReadCalendar, Sending
from hub.model.agent import Permission
from hub.repositories.agents import AgentRepository
from hub.repositories.publicity.calendar_feeds import CalendarFeedRepository
from hub.runtime.clock import Clock
from hub.runtime.errors import Stale
from hub.store.documents import Conflict, Documents, Duplicate, Write

_TOKEN_BYTES = 32
_BACK_DAYS, _AHEAD_DAYS = 31, 120


class SubscribeCalendar:
    """Makes, revokes and answers addresses."""

    def __init__(
        self,
        documents: Documents,
        feeds: CalendarFeedRepository,
        agents: AgentRepository,
        calendar: ReadCalendar,
        clock: Clock,
    ) -> None:
        self._documents = documents
        self._feeds = feeds
        self._agents = agents
        self._calendar = calendar
        self._clock = clock

    async def new(self, agent_id: str) -> str:
        """The token of a new address; the one before stops. It is shown once. Raises `Stale`."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        old = await self._feeds.of_agent(agent_id)
        await self._commit(self._feeds.write(agent_id, token, at=self._clock.now_ms(), old=old))
        return token

    async def revoke(self, agent_id: str) -> None:
        """Stops the address; harmless when there is none. Raises `Stale`."""
        if old := await self._feeds.of_agent(agent_id):
            await self._commit(self._feeds.end(old))

    async def since(self, agent_id: str) -> int:
        """From when an agent has an address, ms UTC; 0 = none."""
        found = await self._feeds.of_agent(agent_id)
        return found.value.created_at if found else 0

    async def sendings(self, token: str) -> tuple[Sending, ...] | None:
        """What the address shows, or None when there is no such address any more."""
        feed = await self._feeds.by_token(token)
        owner = await self._agents.get(feed.id) if feed else None
        if owner is None or not owner.value.may(Permission.CAMPAIGN_READ):
            return None
        now = self._clock.now_ms()
        return await self._calendar(now - _BACK_DAYS * DAY_MS, now + _AHEAD_DAYS * DAY_MS)

    async def _commit(self, write: Write) -> None:
        try:
            await self._documents.commit([write])
        except (Conflict, Duplicate) as stale:
            raise Stale("calendar_feed") from stale
