"""What happens to series by the passing of time: items go to review ahead of their time, are published, end.

Rules protected: an item becomes one campaign, whatever the number of processes, ticks and jumps of the clock
(its id is made of series, item and round, and it is stored in the commit that says so in the series); an
item whose time has passed is missed and never made up for, so that a stop of a month is not
followed by five messages at once; nothing that nobody approved leaves later than its time.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Protocol

from campaigns.campaign import Campaign, CampaignState
from campaigns.schedule import Once, ScheduleSpec
from campaigns.series import Item, ItemState, Series
from hub.actions.campaigns.draft_campaign import draft_of, problems
from hub.actions.campaigns.publicity.item_campaign import ItemCampaigns, campaign_of, notice_of
from hub.actions.campaigns.settings import CampaignSettings
from hub.repositories.campaigns import CampaignRepository
from hub.repositories.memberships import MembershipRepository
from hub.repositories.notices import NoticeRepository
from hub.repositories.publicity.series import SeriesRepository
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid, NotFound, Stale
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate, Write

log = logging.getLogger(__name__)

PASSED = "到时没有来得及送审，没有发送"
NOT_APPROVED = "到时没有批准，没有发送"
WHILE_PAUSED = "系列暂停期间时间已过，没有发送"
TOO_LATE = "到点时系统未运行，没有发布"
ENDED = "活动已终止"
_WEB_GRACE_MS = 86_400_000
_AGAIN_MS = 60_000
_WAITING = (CampaignState.DRAFT, CampaignState.IN_REVIEW, CampaignState.APPROVED)


class Submit(Protocol):
    """How a campaign gets to those who approve."""

    async def __call__(self, campaign_id: str, by: str, spec: ScheduleSpec | None = None) -> object:
        """spec: when it is to run. Raises `Invalid` when it cannot go there, `NotFound`, `Stale`."""


class RunSeries:
    """For a job; of several processes each may call it."""

    def __init__(
        self,
        documents: Documents,
        series: SeriesRepository,
        campaigns: CampaignRepository,
        item_campaigns: ItemCampaigns,
        memberships: MembershipRepository,
        notices: NoticeRepository,
        submit: Submit,
        clock: Clock,
        settings: CampaignSettings,
    ) -> None:
        self._documents = documents
        self._series = series
        self._campaigns = campaigns
        self._item_campaigns = item_campaigns
        self._memberships = memberships
        self._notices = notices
        self._submit = submit
        self._clock = clock
        self._settings = settings

    async def step(self) -> bool:
        """Everything that is due now. False: there is no more to do at once."""
        for found in await self._series.due(self._clock.now_ms()):
            await self._look_at(found)
        return False

    async def _look_at(self, found: Versioned[Series]) -> None:
        series, now = found.value, self._clock.now_ms()
        items: list[Item] = []
        writes: list[Write] = []
        for item in series.items:
            after, more = await self._item(series, item, now) if item.is_open else (item, [])
            items.append(after)
            writes += more
        after_all = replace(series, items=tuple(items)).timed(now)
        to_submit = [item for item in items if item.state is ItemState.MADE and not item.submitted]
        if not series.paused and to_submit:
            # What is written first is found again after a crash; review follows.
            stored = await self._commit(found, replace(after_all, next_at=now), writes)
            if stored is not None:
                await self._to_review(stored, to_submit)
            return
        if 0 < after_all.next_at <= now:
            after_all = replace(after_all, next_at=now + _AGAIN_MS)
        await self._commit(found, after_all, writes)

    async def _item(self, series: Series, item: Item, now: int) -> tuple[Item, list[Write]]:
        """What time makes of an open item."""
        if item.state is ItemState.MADE:
            return await self._made(series, item, now)
        if series.paused:
            return (item.moved(ItemState.MISSED, reason=WHILE_PAUSED) if item.at <= now else item), []
        if series.is_web_only:
            if item.at > now:
                return item, []
            if now - item.at > _WEB_GRACE_MS:
                return item.moved(ItemState.MISSED, reason=TOO_LATE), []
            return self._sent(series, item, now)
        if item.at <= now:
            return item.moved(ItemState.MISSED, reason=item.reason or PASSED), []
        if item.at - series.lead_seconds * 1000 > now:
            return item, []
        return await self._make(series, item, now)

    async def _make(self, series: Series, item: Item, now: int) -> tuple[Item, list[Write]]:
        if series.channel not in self._settings.senders:
            return replace(item, reason="请选择发送渠道"), []
        campaign = campaign_of(series, item, self._settings, now)
        groups = await self._memberships.groups()
        if found := problems(draft_of(campaign), self._settings, groups=groups):
            return replace(item, reason="；".join(found.values())), []
        made = replace(item.moved(ItemState.MADE), campaign_id=campaign.id, submitted=False)
        return made, [self._campaigns.insert(campaign)]

    async def _made(self, series: Series, item: Item, now: int) -> tuple[Item, list[Write]]:
        found = await self._campaigns.get(item.campaign_id)
        campaign: Campaign | None = found.value if found else None
        if campaign is not None and campaign.started_at:
            return self._sent(series, item, now)
        if campaign is None or campaign.state in (
            CampaignState.CANCELED,
            CampaignState.EXPIRED,
            CampaignState.FINISHED,
        ):
            reason = campaign.reason if campaign and campaign.reason else ENDED
            return item.moved(ItemState.MISSED, reason=reason), []
        is_late = now > item.at + self._settings.grace_seconds * 1000
        if campaign.state in _WAITING and is_late:
            writes = await self._item_campaigns.taken_back(item, now, NOT_APPROVED)
            return item.moved(ItemState.MISSED, reason=NOT_APPROVED), writes or []
        return item, []

    def _sent(self, series: Series, item: Item, now: int) -> tuple[Item, list[Write]]:
        sent = item.moved(ItemState.SENT)
        if not series.public:
            return sent, []
        notice = notice_of(series, item, self._settings, now)
        return replace(sent, notice_id=notice.id), [self._notices.insert(notice)]

    async def _to_review(self, found: Versioned[Series], items: list[Item]) -> None:
        now = self._clock.now_ms()
        after = found.value
        for item in items:
            reason = ""
            campaign = await self._campaigns.get(item.campaign_id)
            try:
                if campaign is not None and campaign.value.state is CampaignState.DRAFT:  # not before a crash
                    await self._submit(item.campaign_id, after.author_id, Once(item.at))
            except Invalid as refused:
                reason = "；".join(refused.problems.values())
            except (NotFound, Stale):
                continue  # somebody else is at it: the next look sees what became of it
            after = after.with_item(replace(item, submitted=True, reason=reason), now)
        if 0 < after.next_at <= now:
            after = replace(after, next_at=now + _AGAIN_MS)
        await self._commit(found, after, [])

    async def _commit(
        self, found: Versioned[Series], after: Series, writes: list[Write]
    ) -> Versioned[Series] | None:
        """None when another process or a person was first: the next look decides again."""
        if after == found.value and not writes:
            return found
        try:
            await self._documents.commit([self._series.update(after, found.version), *writes])
        except (Conflict, Duplicate):
            log.info("series.again", extra={"series": after.id})
            return None
        return Versioned(after, found.version + 1)
