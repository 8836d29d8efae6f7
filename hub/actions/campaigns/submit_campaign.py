"""A finished draft goes to those who approve: with plan and budget, all its mistakes said at once."""

from __future__ import annotations

from dataclasses import replace

from campaigns.campaign import Campaign, CampaignState
from campaigns.schedule import ScheduleSpec, to_text
from hub.actions.campaigns.campaign_moves import moved, read
from hub.actions.campaigns.count_campaign import Count, CountCampaign
from hub.model.campaigns.campaign_event import CampaignEventKind
from hub.repositories.campaigns import CampaignRepository
from hub.repositories.publicity.campaign_history import CampaignHistory
from hub.runtime.clock import Clock
from hub.runtime.errors import Stale
from hub.store.documents import Conflict, Documents


class SubmitCampaign:
    """For its writer."""

    def __init__(
        self,
        documents: Documents,
        campaigns: CampaignRepository,
        history: CampaignHistory,
        count: CountCampaign,
        clock: Clock,
    ) -> None:
        self._documents = documents
        self._campaigns = campaigns
        self._history = history
        self._count = count
        self._clock = clock

    async def planned(
        self, campaign_id: str, spec: ScheduleSpec | None = None, *, budget_yuan: int = 0
    ) -> tuple[Campaign, Count]:
        """The campaign with this plan and what it amounts to; stores nothing. Raises `NotFound`."""
        campaign = (await read(self._campaigns, campaign_id)).value
        campaign = replace(campaign, schedule=to_text(spec) if spec else "", budget_yuan=budget_yuan)
        return campaign, await self._count(campaign)

    async def __call__(
        self, campaign_id: str, by: str, spec: ScheduleSpec | None = None, *, budget_yuan: int = 0
    ) -> Campaign:
        """To review. spec: when it is to run, None = when it is released.

        Raises `Invalid` by field, `NotFound`, `Stale`.
        """
        found = await read(self._campaigns, campaign_id)
        now = self._clock.now_ms()
        campaign = moved(found.value, CampaignState.IN_REVIEW, now)
        campaign = replace(
            campaign,
            schedule=to_text(spec) if spec else "",
            budget_yuan=budget_yuan,
            editor_ids=tuple(dict.fromkeys((*campaign.editor_ids, by))),
            approvals=(),
            submitted_by=by,
            submitted_at=now,
            released_at=0,
            moved_from="",
        )
        preview = (await self._count(campaign)).checked()
        event = self._history.add(
            campaign, CampaignEventKind.SUBMITTED, at=now, by=by, figures=preview.figures
        )
        try:
            await self._documents.commit([self._campaigns.update(campaign, found.version), event])
        except Conflict as stale:
            raise Stale(campaign_id) from stale
        return campaign
