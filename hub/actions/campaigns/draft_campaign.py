"""What an officer types for a campaign, and everything that can be wrong with it, said at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from campaigns import segment as segments
from campaigns import template, wording
from campaigns.campaign import Campaign, CampaignKind, CatchUp
from campaigns.measure import Longest, measure
from campaigns.said import Said
from campaigns.segment import Segment
from channels.contract import ChannelKind
from channels.outbox.delivery import MessageClass
from channels.outbox.suppression import SUBJECT_OF_CLASS
from hub.actions.campaigns.settings import CampaignSettings, Sender
from hub.runtime.ids import new_id

MAX_NAME = 60
MAX_TITLE = 100
MAX_WEB_TEXT = 3_000
MAX_TAGS = 8
MAX_TAG = 12
TOO_MANY_PARTS = "填入姓名等内容后最多要 %(parts)s 条短信，运营商最多收 %(limit)s 条"

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
    web_text, mail_subject, mail_text, tags, template_id, template_number: see `Campaign`.
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
    web_text: str = ""
    tags: tuple[str, ...] = ()
    template_id: str = ""
    template_number: int = 0
    segment_id: str = ""
    mail_subject: str = ""
    mail_text: str = ""


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
        web_text=campaign.web_text,
        tags=campaign.tags,
        template_id=campaign.template_id,
        template_number=campaign.template_number,
        segment_id=campaign.segment_id,
        mail_subject=campaign.mail_subject,
        mail_text=campaign.mail_text,
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
    texts = template.problems(draft.template) or _too_many_parts(draft, sender)
    if texts:
        found["template"] = Said.joined(texts)
    found.update(_of_mail(draft, sender))
    if draft.public and len(draft.web_text) > MAX_WEB_TEXT:
        found["web_text"] = f"网页正文最多 {MAX_WEB_TEXT} 字"
    if len(draft.tags) > MAX_TAGS or any(len(tag) > MAX_TAG for tag in draft.tags):
        found["tags"] = f"最多 {MAX_TAGS} 个标签，每个最多 {MAX_TAG} 字"
    is_mail = sender is not None and sender.kind is ChannelKind.MAIL
    needs_title = draft.public or (is_mail and not draft.mail_subject.strip())
    if needs_title and not draft.title.strip():
        found["title"] = "公开发布或邮件发送时请填写标题"
    elif _is_no_title(draft.title):
        found["title"] = f"标题只能有一行，最多 {MAX_TITLE} 字"
    found.update(segments.problems(draft.segment, groups=groups))
    return found


def _of_mail(draft: Draft, sender: Sender | None) -> dict[str, str]:
    """What is wrong with the words of a mail, when it leaves as one."""
    if sender is None or sender.kind is not ChannelKind.MAIL:
        return {}
    found: dict[str, str] = {}
    if draft.mail_text.strip():
        texts = template.problems(draft.mail_text, most=wording.MAX_MAIL_CHARACTERS)
        if texts:
            found["mail_text"] = Said.joined(texts)
    if _is_no_title(draft.mail_subject):
        found["mail_subject"] = f"邮件主题只能有一行，最多 {MAX_TITLE} 字"
    return found


def _is_no_title(text: str) -> bool:
    return len(text) > MAX_TITLE or "\n" in text or "\r" in text


def _too_many_parts(draft: Draft, sender: Sender | None) -> tuple[str, ...]:
    """Counted with the longest values there can be: what passes here the carrier takes for everybody."""
    if sender is None or not sender.parts_limit:
        return ()
    parts = measure(
        draft.template,
        kind=sender.kind,
        message_class=draft.message_class,
        signature=sender.signature,
        longest=Longest(),
    ).parts
    if parts <= sender.parts_limit:
        return ()
    return (Said(TOO_MANY_PARTS, parts=parts, limit=sender.parts_limit),)


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
        "web_text": draft.web_text.strip() if draft.public else "",
        "tags": draft.tags,
        "template_id": draft.template_id,
        "template_number": draft.template_number,
        "segment_id": draft.segment_id,
        "mail_subject": draft.mail_subject.strip(),
        "mail_text": draft.mail_text.strip(),
    }


def campaign_of(draft: Draft, *, by: str, now: int, grace_seconds: int, **also: Any) -> Campaign:
    """The new campaign that a draft means. also: fields that nobody types, of one it is a copy of."""
    fields: Any = content(draft)
    return Campaign(
        id=new_id(now),
        author_id=by,
        created_at=now,
        changed_at=now,
        grace_seconds=grace_seconds,
        **fields,
        **also,
    )
