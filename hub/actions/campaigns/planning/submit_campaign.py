"""A finished draft goes to those who approve: with plan and budget, all its mistakes said at once."""

from __future__ import annotations

from dataclasses import replace

from campaigns.campaign import Campaign, CampaignState
from campaigns.schedule import ScheduleSpec, to_text
from hub.actions.campaigns.planning.approve_campaign import refusal
from hub.actions.campaigns.planning.campaign_moves import moved, read
from hub.actions.campaigns.planning.count_campaign import Count, CountCampaign
from hub.model.campaigns.campaign_event import CampaignEventKind
from hub.model.notification import NotificationKind
from hub.repositories.agents import AgentRepository
from hub.repositories.campaigns import CampaignRepository
from hub.repositories.publicity.campaign_history import CampaignHistory
from hub.repositories.staff.notifications import NotificationRepository
from hub.runtime.clock import Clock
from hub.runtime.errors import Stale
from hub.runtime.ids import new_id
from hub.store.documents import Conflict, Documents, Insert


class SubmitCampaign:
    """For its writer."""

    def __init__(
        self,
        documents: Documents,
        campaigns: CampaignRepository,
        history: CampaignHistory,
        notifications: NotificationRepository,
        agents: AgentRepository,
        count: CountCampaign,
        clock: Clock,
    ) -> None:
        self._documents = documents
        self._campaigns = campaigns
        self._history = history
        self._notifications = notifications
        self._agents = agents
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
            told = await self._tell_approvers(campaign, now)
            await self._documents.commit([self._campaigns.update(campaign, found.version), event, *told])
        except Conflict as stale:
            raise Stale(campaign_id) from stale
        return campaign

    async def _tell_approvers(self, campaign: Campaign, now: int) -> list[Insert]:
        """Everybody who may approve this one: a warning at night must not wait for somebody to look."""
        kind, cause = NotificationKind.CAMPAIGN_SUBMITTED, new_id(now)
        return [
            self._notifications.tell_of_campaign(agent.id, kind, campaign.id, at=now, cause=cause)
            for agent in await self._agents.list()
            if not refusal(campaign, agent)
        ]
