"""An officer plans a series: which texts, from when, how often, for whom, by which way."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, time

from campaigns import segment as segments
from campaigns.lesson import Lesson, shipped_lessons
from campaigns.said import Said
from campaigns.segment import Segment
from campaigns.series import MOST_ITEMS, DayOff, Item, Order, Rhythm, Series, dates, item_of, ordered
from campaigns.window import is_open
from channels.outbox.delivery import MessageClass
from channels.outbox.quiet_hours import window_of
from hub.actions.campaigns.draft_campaign import MAX_NAME
from hub.actions.campaigns.settings import CampaignSettings
from hub.repositories.memberships import MembershipRepository
from hub.repositories.publicity.series import SeriesRepository
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid
from hub.store.documents import Documents, Duplicate


@dataclass(frozen=True, slots=True)
class SeriesDraft:
    """A series as it was typed. channel: "" = on the web only. at: local time of day.

    lesson_ids: of shipped texts; own texts replace items afterwards.
    """

    name: str
    lesson_ids: tuple[str, ...]
    rhythm: Rhythm
    first: date
    at: time
    day_off: DayOff
    channel: str
    segment: Segment
    public: bool
    lead_days: int = 7
    order: Order = Order.LISTED
    segment_id: str = ""


class PlanSeries:
    """Made once by the composition root."""

    def __init__(
        self,
        documents: Documents,
        series: SeriesRepository,
        memberships: MembershipRepository,
        is_workday: Callable[[date], bool],
        clock: Clock,
        settings: CampaignSettings,
    ) -> None:
        """is_workday: by the calendar in force."""
        self._documents = documents
        self._series = series
        self._memberships = memberships
        self._is_workday = is_workday
        self._clock = clock
        self._settings = settings

    async def preview(self, draft: SeriesDraft) -> tuple[Item, ...]:
        """The items with their times; stores nothing. Raises `Invalid` by field."""
        groups = await self._memberships.groups() if draft.channel else None
        items = self._items(draft)
        if found := self._problems(draft, items, groups):
            raise Invalid(found)
        return items

    async def __call__(self, draft: SeriesDraft, agent_id: str, *, series_id: str) -> Series:
        """Stores it. series_id: given to the form, so that a second press plans nothing twice.

        Raises `Invalid` by field.
        """
        items, now = await self.preview(draft), self._clock.now_ms()
        series = Series(
            id=series_id,
            name=draft.name,
            author_id=agent_id,
            created_at=now,
            channel=draft.channel,
            segment=draft.segment if draft.channel else Segment(),
            segment_id=draft.segment_id if draft.channel else "",
            public=draft.public or not draft.channel,
            rhythm=draft.rhythm,
            day_off=draft.day_off,
            items=items,
            lead_seconds=draft.lead_days * 86_400,
            changed_at=now,
        ).timed(now)
        try:
            await self._documents.commit([self._series.insert(series)])
        except Duplicate:
            found = await self._series.get(series_id)
            return found.value if found else series
        return series

    def _items(self, draft: SeriesDraft) -> tuple[Item, ...]:
        lessons = _lessons(draft)
        times = dates(
            draft.rhythm,
            draft.first,
            draft.at,
            lessons,
            day_off=draft.day_off,
            is_workday=self._is_workday,
            zone=self._settings.zone,
        )
        in_order = sorted(zip(times, lessons, strict=True), key=lambda pair: pair[0])
        return tuple(item_of(lesson, number, at) for number, (at, lesson) in enumerate(in_order, 1))

    def _problems(
        self, draft: SeriesDraft, items: tuple[Item, ...], groups: Collection[str] | None
    ) -> dict[str, str]:
        found: dict[str, str] = {}
        if not draft.name:
            found["name"] = "请填写系列名称"
        elif len(draft.name) > MAX_NAME:
            found["name"] = "系列名称最多 60 个字"
        if not items:
            is_dated = draft.rhythm is Rhythm.DATED and draft.lesson_ids
            found["lessons"] = "所选短文都没有固定的日子，请换一种节奏" if is_dated else "请至少选一条短文"
        elif len(items) > MOST_ITEMS:
            found["lessons"] = "一个系列最多 104 期"
        if items and items[0].at <= self._clock.now_ms():
            found["first"] = "第一期的时间已经过去，请选择将来的日期"
        if draft.channel:
            if draft.channel not in self._settings.senders:
                found["channel"] = "请选择发送渠道"
            window = window_of(MessageClass.L, windows=self._settings.windows)
            if items and not is_open(window, items[0].at, self._settings.zone):
                found["at"] = Said("普法内容只在 %(hours)s 发送，请换一个时间", hours=window)
            found.update(segments.problems(draft.segment, groups=groups))
        return found


def _lessons(draft: SeriesDraft) -> list[Lesson]:
    """The chosen texts that exist; of a series by days of the year, those that have one."""
    shipped = shipped_lessons()
    chosen = [shipped[id] for id in dict.fromkeys(draft.lesson_ids) if id in shipped]
    if draft.rhythm is Rhythm.DATED:
        return [lesson for lesson in chosen if lesson.date]
    return ordered(chosen, draft.order)
