"""Reading a campaign to change its state, and refusing in the words of the page."""

from __future__ import annotations

from collections.abc import Mapping

from campaigns.campaign import Campaign, CampaignState
from campaigns.errors import MoveRefused
from campaigns.said import Said
from hub.repositories.campaigns import CampaignRepository
from hub.runtime.errors import Invalid, NotFound
from hub.store.codec import Versioned

STATES: Mapping[CampaignState, Said] = {
    CampaignState.DRAFT: Said("草稿"),
    CampaignState.IN_REVIEW: Said("待审批"),
    CampaignState.APPROVED: Said("已批准"),
    CampaignState.SCHEDULED: Said("已排期"),
    CampaignState.RUNNING: Said("发送中"),
    CampaignState.PAUSED: Said("已暂停"),
    CampaignState.FINISHED: Said("已完成"),
    CampaignState.CANCELED: Said("已终止"),
    CampaignState.EXPIRED: Said("已过期"),
}
"""As their badges."""


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
        text = Said("%(state)s的活动不能改为%(wanted)s", state=STATES[campaign.state], wanted=STATES[state])
        raise Invalid({"state": text}) from refused
