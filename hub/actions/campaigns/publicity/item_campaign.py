"""The campaign and the public notice of an item of a series, and how the campaign is taken back."""

from __future__ import annotations

from dataclasses import replace

from campaigns.campaign import Campaign, CampaignKind, CampaignState
from campaigns.series import Item, Series
from channels.outbox.delivery import MessageClass
from channels.outbox.suppression import EDUCATION
from hub.actions.campaigns.draft_campaign import MAX_NAME, MAX_TITLE
from hub.actions.campaigns.settings import CampaignSettings
from hub.model.notice import Notice, NoticeKind
from hub.repositories.campaigns import CampaignRepository
from hub.repositories.schedules import ScheduleRepository
from hub.runtime.ids import derived_id
from hub.store.documents import Write

TAKEN_BACK = "系列里的这一期改动了，按新的内容重新送审"


def campaign_of(series: Series, item: Item, settings: CampaignSettings, now: int) -> Campaign:
    """The draft an item becomes. Its id is made of series, item and round, so that it exists once."""
    return Campaign(
        id=derived_id("series", series.id, str(item.number), str(item.round)),
        name=f"{series.name} {item.number}：{item.title}"[:MAX_NAME],
        kind=CampaignKind.EDUCATION,
        message_class=MessageClass.L,
        channel=series.channel,
        template=item.sms or item.web,
        mail_text=item.web,
        segment=series.segment,
        segment_id=series.segment_id,
        author_id=series.author_id,
        created_at=now,
        changed_at=now,
        title=item.title[:MAX_TITLE],
        subject=EDUCATION,
        department=series.department,
        grace_seconds=settings.grace_seconds,
    )


def notice_of(series: Series, item: Item, settings: CampaignSettings, now: int) -> Notice:
    """What an item says on the web."""
    return Notice(
        id=derived_id("series notice", series.id, str(item.number), str(item.round)),
        kind=NoticeKind.EDUCATION,
        title=item.title,
        text=item.web,
        published_at=now,
        updated_at=now,
        publisher=settings.publisher,
        topic=item.topic,
        law=item.law,
        lesson_id=item.lesson_id,
        author_id=series.author_id,
    )


class ItemCampaigns:
    """Takes campaigns of items back."""

    def __init__(self, campaigns: CampaignRepository, schedules: ScheduleRepository) -> None:
        self._campaigns = campaigns
        self._schedules = schedules

    async def taken_back(self, item: Item, now: int, reason: str = TAKEN_BACK) -> list[Write] | None:
        """The writes that end its campaign before it starts; None when it has started already."""
        found = await self._campaigns.get(item.campaign_id) if item.campaign_id else None
        if found is None:
            return []
        if found.value.started_at:
            return None
        if not found.value.may_become(CampaignState.CANCELED):
            return []
        ended = found.value.moved(CampaignState.CANCELED, now, reason=reason)
        writes: list[Write] = [self._campaigns.update(ended, found.version)]
        plan = await self._schedules.get(item.campaign_id)
        if plan is not None:
            writes.append(self._schedules.update(replace(plan.value, next_at=0), plan.version))
        return writes
