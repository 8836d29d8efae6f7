"""Versions of campaigns, drafts that were not saved, and campaigns looked for by their words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from campaigns.campaign import Campaign
from hub.model.campaigns.writing import CampaignVersion, KeptDraft, draft_id
from hub.repositories.campaigns import CampaignPage
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Body, Collection, Delete, Documents, Insert, Where, Write
from hub.store.unreadable import Unreadable

COLLECTIONS = (
    Collection("campaign_versions"),
    Collection(
        "campaign_drafts",
        fields={"campaign_id": str, "saved_at": int},
        indexes=(("campaign_id",), ("saved_at",)),
    ),
)
_MOST_VERSIONS = 500
_STEP = 200
MOST_LOOKED_AT = 5_000
"""Campaigns that one search goes through; an office has a few thousand."""


class WritingRepository:
    """Reads; gives the writes."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._versions = Shape(CampaignVersion, "campaign_versions", vault)
        self._drafts = Shape(KeptDraft, "campaign_drafts", vault)
        self._campaigns = Shape(Campaign, "campaigns", vault)

    # -- versions --------------------------------------------------------------------------------

    async def versions(self, campaign_id: str) -> list[CampaignVersion]:
        """What was saved, the newest first."""
        found = await self._documents.find(
            "campaign_versions", _of(campaign_id), sort=(("id", -1),), limit=_MOST_VERSIONS
        )
        return self._versions.listed(found)

    def insert_version(self, version: CampaignVersion) -> Insert:
        """The write of a version."""
        return self._versions.insert(version)

    # -- what was typed --------------------------------------------------------------------------

    async def draft(self, agent_id: str, campaign_id: str) -> Versioned[KeptDraft] | None:
        """What an agent typed and did not save, or None."""
        stored = await self._documents.get("campaign_drafts", draft_id(agent_id, campaign_id))
        return None if stored is None else self._drafts.versioned(stored)

    def put_draft(self, draft: KeptDraft, found: Versioned[KeptDraft] | None) -> Write:
        """The write of a draft: a new one, or in the place of the one that was found."""
        return self._drafts.insert(draft) if found is None else self._drafts.update(draft, found.version)

    def remove_draft(self, found: Versioned[KeptDraft]) -> Delete:
        """The write that drops one."""
        return Delete("campaign_drafts", found.value.id, found.version)

    # -- campaigns -------------------------------------------------------------------------------

    async def remove(self, campaign_id: str, version: int) -> Sequence[Write]:
        """The writes that remove a campaign with everything that was kept of its writing."""
        versions = await self._documents.find(
            "campaign_versions", _of(campaign_id), sort=(("id", -1),), limit=_MOST_VERSIONS
        )
        drafts = await self._documents.find("campaign_drafts", {"campaign_id": campaign_id}, limit=_STEP)
        plan = await self._documents.get("schedules", campaign_id)
        return (
            Delete("campaigns", campaign_id, version),
            *(Delete("campaign_versions", one.id, one.version) for one in versions),
            *(Delete("campaign_drafts", one.id, one.version) for one in drafts),
            *([Delete("schedules", plan.id, plan.version)] if plan else ()),
        )

    async def find(
        self,
        where: Where,
        fits: Callable[[Body], bool],
        *,
        limit: int,
        after: str | None = None,
        most: int = MOST_LOOKED_AT,
    ) -> CampaignPage:
        """Campaigns, newest first, whose stored content `fits`; at most `most` are looked at.

        Walked in the order of the index, and only what fits is decoded.
        """
        sort = (("created_at", -1),)
        taken: list[Versioned[Campaign]] = []
        for _ in range(most // _STEP):
            found = await self._documents.find("campaigns", where, sort=sort, limit=_STEP, after=after)
            for stored in found:
                if not fits(stored.body):
                    continue
                try:
                    taken.append(self._campaigns.versioned(stored))
                except Unreadable:
                    continue
                if len(taken) == limit:
                    return CampaignPage(tuple(taken), self._documents.cursor(stored, sort))
            if len(found) < _STEP:
                break
            after = self._documents.cursor(found[-1], sort)
        return CampaignPage(tuple(taken), None)


def _of(campaign_id: str) -> Where:
    return {"id": {"$gte": f"{campaign_id}:", "$lt": f"{campaign_id};"}}
