"""A draft goes to review with its time."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from campaigns.campaign import CampaignState
from campaigns.schedule import ScheduleSpec, to_text
from hub.repositories.campaigns import CampaignRepository
from hub.runtime.clock import Clock
from hub.runtime.errors import NotFound, Stale
from hub.store.documents import Conflict, Documents


class Submit(Protocol):
    """How a campaign gets to those who approve."""

    async def __call__(self, campaign_id: str, by: str, spec: ScheduleSpec | None = None) -> object:
        """spec: when it is to run. Raises `Invalid` when it cannot go there, `NotFound`, `Stale`."""


class SubmitDraft:
    """Implements `Submit`."""

    def __init__(self, documents: Documents, campaigns: CampaignRepository, clock: Clock) -> None:
        self._documents = documents
        self._campaigns = campaigns
        self._clock = clock

    async def __call__(self, campaign_id: str, by: str, spec: ScheduleSpec | None = None) -> object:
        """See the port."""
        found = await self._campaigns.get(campaign_id)
        if found is None:
            raise NotFound("campaign")
        campaign = found.value.moved(CampaignState.IN_REVIEW, self._clock.now_ms())
        campaign = replace(campaign, schedule=to_text(spec) if spec else "")
        try:
            await self._documents.commit([self._campaigns.update(campaign, found.version)])
        except Conflict as stale:
            raise Stale(campaign_id) from stale
        return campaign
