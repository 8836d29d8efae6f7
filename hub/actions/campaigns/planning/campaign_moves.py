"""Reading a campaign to change its state, and refusing in the words of the page."""

from __future__ import annotations

from campaigns.campaign import Campaign, CampaignState
from campaigns.errors import MoveRefused
from hub.repositories.campaigns import CampaignRepository
from hub.runtime.errors import Invalid, NotFound
from hub.runtime.filled import filled
from hub.store.codec import Versioned

STATES: dict[CampaignState, str] = {
    CampaignState.DRAFT: "草稿",
    CampaignState.IN_REVIEW: "待审批",
    CampaignState.APPROVED: "已批准",
    CampaignState.SCHEDULED: "已排期",
    CampaignState.RUNNING: "发送中",
    CampaignState.PAUSED: "已暂停",
    CampaignState.FINISHED: "已完成",
    CampaignState.CANCELED: "已终止",
    CampaignState.EXPIRED: "已过期",
}


async def read(campaigns: CampaignRepository, campaign_id: str) -> Versioned[Campaign]:
    """A campaign with its version. Raises `NotFound`."""
    found = await campaigns.get(campaign_id)
    if found is None:
        raise NotFound("campaign")
    return found


def moved(campaign: Campaign, state: CampaignState, now: int, *, reason: str = "") -> Campaign:
    """The campaign in its new state. Raises `Invalid` (field `state`)."""
    try:
        return campaign.moved(state, now, reason=reason)
    except MoveRefused as refused:
        text = filled("%(state)s的活动不能改为%(wanted)s", state=STATES[campaign.state], wanted=STATES[state])
        raise Invalid({"state": text}) from refused
