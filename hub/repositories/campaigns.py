"""Campaigns and their broadcasts. A broadcast also keeps the text its deliveries share."""

from __future__ import annotations

from collections.abc import Collection as Container
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from campaigns import template
from campaigns.broadcast import ACTIVE, Broadcast, BroadcastState
from campaigns.campaign import Campaign, CampaignState
from campaigns.errors import Overtaken
from channels.outbox.overdue import FAR
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Collection, Conflict, Documents, Insert, Update

COLLECTIONS = (
    Collection(
        "campaigns",
        fields={"state": str, "created_at": int, "author_id": str, "segment_id": str},
        indexes=(("created_at",), ("state", "created_at"), ("segment_id", "created_at")),
    ),
    Collection(
        "broadcasts",
        fields={"campaign_id": str, "state": str, "fire_at": int},
        indexes=(("campaign_id", "fire_at"), ("state", "fire_at"), ("fire_at",)),
    ),
)

_ACTIVE_STATES = tuple(sorted(ACTIVE))


@dataclass(frozen=True, slots=True)
class CampaignPage:
    """One page of a list; `next` continues it, None at the end."""

    campaigns: tuple[Versioned[Campaign], ...]
    next: str | None


class CampaignRepository:
    """Reads campaigns and broadcasts; gives the writes that store them."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._campaigns = Shape(Campaign, "campaigns", vault)
        self._broadcasts = Shape(Broadcast, "broadcasts", vault)

    async def get(self, campaign_id: str) -> Versioned[Campaign] | None:
        """A campaign with its version, or None."""
        stored = await self._documents.get("campaigns", campaign_id)
        return None if stored is None else self._campaigns.versioned(stored)

    async def page(
        self, *, states: Container[CampaignState] = (), limit: int = 50, after: str | None = None
    ) -> CampaignPage:
        """Campaigns, newest first; `states` empty = all."""
        where = {"state": {"$in": sorted(states)}} if states else {}
        sort = (("created_at", -1),)
        found = await self._documents.find("campaigns", where, sort=sort, limit=limit, after=after)
        more = self._documents.cursor(found[-1], sort) if len(found) == limit else None
        return CampaignPage(tuple(self._campaigns.listed_versioned(found)), more)

    async def counts(self) -> dict[str, int]:
        """How many campaigns are in each state."""
        return await self._documents.count("campaigns", {}, by="state")

    def insert(self, campaign: Campaign) -> Insert:
        """The write of a new campaign."""
        return self._campaigns.insert(campaign)

    def update(self, campaign: Campaign, version: int) -> Update:
        """The write that replaces a campaign read at `version`."""
        return self._campaigns.update(campaign, version)

    async def broadcast(self, id: str) -> Versioned[Broadcast] | None:
        """A broadcast with its version, or None."""
        stored = await self._documents.get("broadcasts", id)
        return None if stored is None else self._broadcasts.versioned(stored)

    async def broadcasts_of(self, campaign_id: str, *, limit: int = 50) -> list[Versioned[Broadcast]]:
        """The runs of one campaign, newest first."""
        found = await self._documents.find(
            "broadcasts", {"campaign_id": campaign_id}, sort=(("fire_at", -1),), limit=limit
        )
        return self._broadcasts.listed_versioned(found)

    async def broadcasts_between(self, since: int, until: int, *, limit: int = 1000) -> list[Broadcast]:
        """The runs for times from `since` up to `until` (ms UTC), oldest first."""
        found = await self._documents.find(
            "broadcasts", {"fire_at": {"$gte": since, "$lt": until}}, sort=(("fire_at", 1),), limit=limit
        )
        return self._broadcasts.listed(found)

    async def active_broadcasts(self, *, limit: int = 1000) -> list[Versioned[Broadcast]]:
        """Every run that has not ended, oldest first."""
        found = await self._documents.find(
            "broadcasts", {"state": {"$in": _ACTIVE_STATES}}, sort=(("fire_at", 1),), limit=limit
        )
        return self._broadcasts.listed_versioned(found)

    async def recent_broadcasts(self, *, since: int, before: int = FAR, limit: int = 100) -> list[Broadcast]:
        """Runs of any state that began at or after `since` and before `before` (ms UTC), newest first."""
        where = {"fire_at": {"$gte": since, "$lt": before}}
        found = await self._documents.find("broadcasts", where, sort=(("fire_at", -1),), limit=limit)
        return self._broadcasts.listed(found)

    async def ended_broadcasts(
        self, state: BroadcastState, *, before: int, after: str | None, limit: int
    ) -> tuple[list[Versioned[Broadcast]], str | None]:
        """Runs in a final `state` that began before `before` (ms UTC), oldest first, and the next place."""
        sort = (("fire_at", 1),)
        where = {"state": state.value, "fire_at": {"$lt": before}}
        found = await self._documents.find("broadcasts", where, sort=sort, limit=limit, after=after)
        more = self._documents.cursor(found[-1], sort) if len(found) == limit else None
        return self._broadcasts.listed_versioned(found), more

    async def fired_since(
        self, since: int, *, states: Sequence[BroadcastState], limit: int = 1000
    ) -> list[Versioned[Broadcast]]:
        """The runs in these states whose time was at or after an instant (ms UTC), oldest first."""
        where = {"state": {"$in": [state.value for state in states]}, "fire_at": {"$gte": since}}
        found = await self._documents.find("broadcasts", where, sort=(("fire_at", 1),), limit=limit)
        return self._broadcasts.listed_versioned(found)

    async def using(self, segment_id: str, *, limit: int = 50) -> list[Campaign]:
        """Campaigns that were made with a saved segment, the newest first."""
        where = {"segment_id": segment_id}
        found = await self._documents.find("campaigns", where, sort=(("created_at", -1),), limit=limit)
        return self._campaigns.listed(found)

    async def named(self, ids: Sequence[str]) -> dict[str, str]:
        """Names of campaigns by id."""
        found = await self._documents.get_many("campaigns", sorted(set(ids)))
        return {one.id: one.name for one in self._campaigns.listed(found.values())}

    def insert_broadcast(self, broadcast: Broadcast) -> Insert:
        """The write of a new run; a repeat of the same campaign and time is a Duplicate."""
        return self._broadcasts.insert(broadcast)

    def update_broadcast(self, broadcast: Broadcast, version: int) -> Update:
        """The write that replaces a run read at `version`."""
        return self._broadcasts.update(broadcast, version)

    async def save_broadcast(self, broadcast: Broadcast, version: int) -> None:
        """`update_broadcast`, committed alone. Raises `Overtaken`."""
        try:
            await self._documents.commit([self.update_broadcast(broadcast, version)])
        except Conflict as stale:
            raise Overtaken(broadcast.id) from stale

    async def broadcasts(self, ids: Sequence[str]) -> tuple[dict[str, Broadcast], AbstractSet[str]]:
        """The runs among `ids` that can be read, by id, and the ids of all that exist; the dispatcher asks
        before each batch."""
        found = await self._documents.get_many("broadcasts", ids)
        return {run.id: run for run in self._broadcasts.listed(found.values())}, found.keys()


def public_text(campaign: Campaign) -> str:
    """What everybody may read: the text for the public page, or that of the channel with its fallbacks."""
    return campaign.web_text or template.render(campaign.template, {})
