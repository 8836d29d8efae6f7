"""Copies a campaign into a new draft, and removes drafts nobody wants.

Rules protected: a copy carries the content only, never an approval, a plan or a night release; only a draft
of which nothing left is removed, the others are the record of what citizens were sent.
"""

from __future__ import annotations

import logging
from dataclasses import replace

from campaigns.campaign import Campaign, CampaignState
from hub.actions.campaigns.draft_campaign import MAX_NAME, campaign_of, draft_of
from hub.model.agent import Agent
from hub.model.campaigns.campaign_event import CampaignEventKind
from hub.model.campaigns.writing import version_of
from hub.repositories.campaigns import CampaignRepository
from hub.repositories.composer.writings import WritingRepository
from hub.repositories.publicity.campaign_history import CampaignHistory
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid, NotFound, Stale
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents

log = logging.getLogger(__name__)

COPY = "（副本）"
NO_DRAFT = "只有没有发送过的草稿可以删除"


class CopyCampaign:
    """Copies and removes."""

    def __init__(
        self,
        documents: Documents,
        campaigns: CampaignRepository,
        writings: WritingRepository,
        history: CampaignHistory,
        clock: Clock,
    ) -> None:
        self._documents = documents
        self._campaigns = campaigns
        self._writings = writings
        self._history = history
        self._clock = clock

    async def __call__(self, agent: Agent, campaign_id: str) -> Campaign:
        """A new draft with the same content. Raises `NotFound`.

        It is not checked: what holds no more (a group that is gone) the editor says at the next save.
        """
        original = (await self._read(campaign_id)).value
        now = self._clock.now_ms()
        name = f"{original.name.removesuffix(COPY)[: MAX_NAME - len(COPY)]}{COPY}"
        copy = campaign_of(
            replace(draft_of(original), name=name),
            by=agent.id,
            now=now,
            grace_seconds=original.grace_seconds,
            department=original.department,
            level=original.level,
        )
        version = version_of(copy, 1, at=now, by=agent.id)
        created = self._history.add(copy, CampaignEventKind.CREATED, at=now, by=agent.id)
        await self._documents.commit(
            [self._campaigns.insert(copy), self._writings.insert_version(version), created]
        )
        return copy

    async def remove(self, agent: Agent, campaign_id: str, *, version: int) -> None:
        """Removes a draft with its versions. Raises `Invalid` (field `state`), `NotFound`, `Stale`."""
        read = await self._read(campaign_id)
        if read.version != version:
            raise Stale(campaign_id)
        draft = read.value
        sent = draft.started_at or await self._campaigns.broadcasts_of(campaign_id, limit=1)
        if draft.state is not CampaignState.DRAFT or sent:
            raise Invalid({"state": NO_DRAFT})
        try:
            await self._documents.commit(await self._writings.remove(campaign_id, version))
        except Conflict:
            raise Stale(campaign_id) from None
        log.info("campaign.removed", extra={"campaign_id": campaign_id, "agent_id": agent.id})

    async def _read(self, campaign_id: str) -> Versioned[Campaign]:
        found = await self._campaigns.get(campaign_id)
        if found is None:
            raise NotFound("campaign")
        return found
