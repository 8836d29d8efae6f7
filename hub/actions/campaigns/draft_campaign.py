"""What an officer types for a campaign, and everything that can be wrong with it, said at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from campaigns import segment as segments
from campaigns import template
from campaigns.campaign import Campaign, CampaignKind, CatchUp
from campaigns.segment import Segment
from channels.contract import ChannelKind
from channels.outbox.delivery import MessageClass
from channels.outbox.suppression import SUBJECT_OF_CLASS
from hub.actions.campaigns.settings import CampaignSettings

MAX_NAME = 60
MAX_TITLE = 100

CLASSES: dict[CampaignKind, tuple[MessageClass, ...]] = {
    CampaignKind.EDUCATION: (MessageClass.L,),
    CampaignKind.NOTICE: (MessageClass.N,),
    CampaignKind.WARNING: (MessageClass.E1, MessageClass.E0),
}
"""The message classes a kind may use, the usual one first: a lesson can never wake people at night."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A campaign as it was typed. `channel` is a sender's name, e.g. `sms-12110`.

    subject: what an opt-out covers, "" = that of the message class. expiry_seconds: 0 = class default.
    """

    name: str
    kind: CampaignKind
    message_class: MessageClass
    channel: str
    template: str
    segment: Segment
    title: str = ""
    subject: str = ""
    public: bool = False
    catch_up: CatchUp = CatchUp.ONCE
    expiry_seconds: int = 0
    segment_id: str = ""


def draft_of(campaign: Campaign) -> Draft:
    """The draft a stored campaign would be typed as: to look at it, or check it again before it starts."""
    return Draft(
        name=campaign.name,
        kind=campaign.kind,
        message_class=campaign.message_class,
        channel=campaign.channel,
        template=campaign.template,
        segment=campaign.segment,
        title=campaign.title,
        subject=campaign.subject,
        public=campaign.public,
        catch_up=campaign.catch_up,
        expiry_seconds=campaign.expiry_seconds,
        segment_id=campaign.segment_id,
    )


def problems(
    draft: Draft, settings: CampaignSettings, *, groups: Collection[str] | None = None
) -> dict[str, str]:
    """Field → Chinese text, for every field that is wrong. `groups`: names that exist, if known."""
    found: dict[str, str] = {}
    if not draft.name.strip():
        found["name"] = "请填写活动名称"
    elif len(draft.name) > MAX_NAME:
        found["name"] = f"活动名称最多 {MAX_NAME} 字"
    sender = settings.senders.get(draft.channel)
    if sender is None:
        found["channel"] = "请选择发送渠道"
    if draft.message_class not in CLASSES[draft.kind]:
        found["message_class"] = "消息级别与活动类型不符"
    if texts := template.problems(draft.template):
        found["template"] = "；".join(texts)
    needs_title = draft.public or (sender is not None and sender.kind is ChannelKind.MAIL)
    if needs_title and not draft.title.strip():
        found["title"] = "公开发布或邮件发送时请填写标题"
    elif len(draft.title) > MAX_TITLE or "\n" in draft.title or "\r" in draft.title:
        found["title"] = f"标题只能有一行，最多 {MAX_TITLE} 字"
    found.update(segments.problems(draft.segment, groups=groups))
    return found


def content(draft: Draft) -> dict[str, object]:
    """The fields of a `Campaign` that a draft fixes."""
    return {
        "name": draft.name.strip(),
        "kind": draft.kind,
        "message_class": draft.message_class,
        "channel": draft.channel,
        "template": draft.template.strip(),
        "segment": draft.segment,
        "title": draft.title.strip(),
        "subject": draft.subject or SUBJECT_OF_CLASS[draft.message_class],
        "public": draft.public,
        "catch_up": draft.catch_up,
        "expiry_seconds": draft.expiry_seconds,
        "segment_id": draft.segment_id,
    }
