"""What is kept of the writing of a campaign: every saved version, and what was typed and not saved yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from campaigns.campaign import Campaign
from campaigns.segment import Segment
from channels.outbox.delivery import MessageClass

NEW = "new"
"""Stands for the campaign that does not exist yet."""


@dataclass(frozen=True, slots=True)
class Written:
    """The part of a campaign that is written."""

    name: str
    message_class: MessageClass
    channel: str
    template: str
    segment: Segment
    segment_id: str = ""
    title: str = ""
    web_text: str = ""
    public: bool = False
    tags: tuple[str, ...] = ()
    mail_subject: str = ""
    mail_text: str = ""


@dataclass(frozen=True, slots=True)
class CampaignVersion:
    """A campaign as somebody saved it. id: `{campaign_id}:{number:06d}`; number: version of its document."""

    id: str
    campaign_id: str
    number: int
    at: int
    by: str
    content: Written


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """What an agent typed and did not save yet, field by field as the form has it.

    base: version of the campaign that the page showed, 0 for a new one. id: `draft_id`.
    """

    id: str
    agent_id: str
    campaign_id: str
    saved_at: int
    base: int
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def draft_id(agent_id: str, campaign_id: str) -> str:
    """One for each agent and campaign; `campaign_id`: "" for a new one."""
    return f"{agent_id}:{campaign_id or NEW}"


def version_of(campaign: Campaign, number: int, *, at: int, by: str) -> CampaignVersion:
    """The version that a campaign is at."""
    return CampaignVersion(
        id=f"{campaign.id}:{number:06d}",
        campaign_id=campaign.id,
        number=number,
        at=at,
        by=by,
        content=Written(
            name=campaign.name,
            message_class=campaign.message_class,
            channel=campaign.channel,
            template=campaign.template,
            segment=campaign.segment,
            segment_id=campaign.segment_id,
            title=campaign.title,
            web_text=campaign.web_text,
            public=campaign.public,
            tags=campaign.tags,
            mail_subject=campaign.mail_subject,
            mail_text=campaign.mail_text,
        ),
    )
