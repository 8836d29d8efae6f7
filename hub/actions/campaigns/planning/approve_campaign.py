"""Approval: another person sees exactly what will leave and says yes, or gives it back with a reason.

Rules protected: nobody approves what they had a hand in; a yes holds for the content that was on the
sheet; the number of recipients is typed, so that it has been read; red and orange, and yellow at night,
need a right of their own; above a number of recipients a second person has to say yes as well.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from campaigns.approval import Approval
from campaigns.campaign import Campaign, CampaignState
from campaigns.said import Said
from channels.outbox.delivery import MessageClass, WarningLevel
from hub.actions.campaigns.planning.campaign_moves import moved, read
from hub.actions.campaigns.planning.count_campaign import Count, CountCampaign
from hub.actions.campaigns.settings import CampaignSettings
from hub.model.agent import Agent, Permission
from hub.model.campaigns.campaign_event import CampaignEventKind
from hub.model.notification import NotificationKind
from hub.repositories.campaigns import CampaignRepository
from hub.repositories.publicity.campaign_history import CampaignHistory
from hub.repositories.staff.notifications import NotificationRepository
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid, Stale
from hub.runtime.ids import new_id
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Insert

MAX_REASON = 500


@dataclass(frozen=True, slots=True)
class Sheet:
    """What an approver decides about. needed: how many persons have to approve.

    refusal: Chinese, why this person may not, "" when they may. may_release_night: whether the box for a
    yellow warning at night is theirs to tick.
    """

    campaign: Campaign
    count: Count
    needed: int
    refusal: str
    may_release_night: bool


@dataclass(frozen=True, slots=True)
class Consent:
    """A yes. digest: of the content on the sheet. shown: the recipients it named; typed: what was typed.

    night: releases a yellow warning for the night.
    """

    digest: str
    shown: int
    typed: int
    night: bool = False


class ApproveCampaign:
    """For approvers."""

    def __init__(
        self,
        documents: Documents,
        campaigns: CampaignRepository,
        history: CampaignHistory,
        notifications: NotificationRepository,
        count: CountCampaign,
        clock: Clock,
        settings: CampaignSettings,
    ) -> None:
        self._documents = documents
        self._campaigns = campaigns
        self._history = history
        self._notifications = notifications
        self._count = count
        self._clock = clock
        self._settings = settings

    async def sheet(self, campaign_id: str, agent: Agent) -> Sheet:
        """What is on the table, counted now. Raises `NotFound`."""
        campaign = (await read(self._campaigns, campaign_id)).value
        count = await self._count(campaign)
        needed = self._count.approvers_needed(count.preview.figures) if count.preview else 1
        is_yellow = campaign.level is WarningLevel.YELLOW
        return Sheet(
            campaign,
            count,
            needed,
            refusal(campaign, agent),
            is_yellow and not campaign.night and agent.may(Permission.CAMPAIGN_EMERGENCY),
        )

    async def __call__(self, campaign_id: str, agent: Agent, consent: Consent) -> Campaign:
        """Approved, or still in review when another person has to approve as well.

        Raises `Invalid` by field, `NotFound`, `Stale`.
        """
        found = await read(self._campaigns, campaign_id)
        campaign, now = found.value, self._clock.now_ms()
        if consent.digest != campaign.content_digest:
            raise Invalid({"state": "内容刚刚被修改，请重新核对后再审批"})
        if consent.night and not campaign.night:
            if campaign.level is not WarningLevel.YELLOW:
                raise Invalid({"night": "只有黄色预警可以放行夜间发送"})
            campaign = replace(campaign, night=True)
        if text := refusal(campaign, agent):
            raise Invalid({"state": text})
        if consent.typed != consent.shown:
            text = Said("输入的数字与接收人数 %(count)s 不一致，没有批准", count=consent.shown)
            raise Invalid({"typed": text})
        figures = (await self._count(campaign)).checked().figures
        if figures.deliveries * 100 > consent.shown * (100 + self._settings.growth_percent):
            text = Said(
                "接收人已从 %(before)s 人变为 %(now)s 人，请核对后重新输入",
                before=consent.shown,
                now=figures.deliveries,
            )
            raise Invalid({"typed": text})
        given = Approval(agent.id, now, campaign.content_digest, figures)
        approvals = (*campaign.standing_approvals, given)
        campaign = replace(campaign, approvals=approvals, changed_at=now)
        if len(approvals) >= self._count.approvers_needed(figures):
            campaign = moved(campaign, CampaignState.APPROVED, now)
        event = self._history.add(campaign, CampaignEventKind.APPROVED, at=now, by=agent.id, figures=figures)
        writes = [event]
        if campaign.state is CampaignState.APPROVED:
            writes += self._tell(campaign, NotificationKind.CAMPAIGN_APPROVED, now)
        await self._commit(found, campaign, writes)
        return campaign

    async def send_back(self, campaign_id: str, agent: Agent, reason: str) -> Campaign:
        """Back to its writer. Raises `Invalid` (fields `reason`, `state`), `NotFound`, `Stale`."""
        found = await read(self._campaigns, campaign_id)
        reason, now = reason.strip(), self._clock.now_ms()
        if not 0 < len(reason) <= MAX_REASON:
            raise Invalid({"reason": Said("请写明退回的原因，最多 %(most)s 字", most=MAX_REASON)})
        if found.value.state not in (CampaignState.IN_REVIEW, CampaignState.APPROVED):
            raise Invalid({"state": "只有待审批或已批准的活动可以退回"})
        if found.value.started_at:
            raise Invalid({"state": "已经发送过的活动不能退回修改；可以终止后另建活动"})
        campaign = moved(found.value, CampaignState.DRAFT, now, reason=reason)
        campaign = replace(campaign, approvals=())
        event = self._history.add(campaign, CampaignEventKind.RETURNED, at=now, by=agent.id, reason=reason)
        told = self._tell(campaign, NotificationKind.CAMPAIGN_RETURNED, now)
        await self._commit(found, campaign, [event, *told])
        return campaign

    def _tell(self, campaign: Campaign, kind: NotificationKind, now: int) -> list[Insert]:
        people, cause = dict.fromkeys((campaign.author_id, campaign.submitted_by)), new_id(now)
        return [
            self._notifications.tell_of_campaign(one, kind, campaign.id, at=now, cause=cause)
            for one in people
            if one
        ]

    async def _commit(self, found: Versioned[Campaign], after: Campaign, writes: list[Insert]) -> None:
        try:
            await self._documents.commit([self._campaigns.update(after, found.version), *writes])
        except Conflict as stale:
            raise Stale(after.id) from stale


def refusal(campaign: Campaign, agent: Agent) -> str:
    """Why this person may not approve it, in Chinese, or ""."""
    if campaign.state is not CampaignState.IN_REVIEW:
        return "这个活动现在不在审核中"
    if not agent.may(Permission.CAMPAIGN_APPROVE):
        return "您没有审批权限"
    if agent.id in campaign.writers:
        return "撰写和修改过内容的人不能审批，请由另一人审批"
    if any(one.agent_id == agent.id for one in campaign.standing_approvals):
        return "您已经批准，需要另一人再批准一次"
    is_grave = campaign.level in (WarningLevel.RED, WarningLevel.ORANGE)
    is_urgent = campaign.message_class is MessageClass.E0 or is_grave or campaign.night
    if is_urgent and not agent.may(Permission.CAMPAIGN_EMERGENCY):
        return "红色、橙色预警和夜间放行需要预警审批权限"
    return ""
