"""An officer changes one item of a series, or stops and continues the whole.

Rules protected: what has started stays as it is; any other change takes the item's campaign back and has it
approved anew; two items never go out within the same hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from campaigns import template
from campaigns.errors import MoveRefused
from campaigns.said import Said
from campaigns.schedule import MIN_GAP_SECONDS
from campaigns.series import WORDS, Item, ItemState, Series
from campaigns.window import is_open
from campaigns.wording import MAX_MAIL_CHARACTERS
from channels.contract import ChannelKind
from channels.outbox.delivery import MessageClass
from channels.outbox.quiet_hours import window_of
from hub.actions.campaigns.publicity.item_campaign import ItemCampaigns
from hub.actions.campaigns.publicity.publish_notice import MAX_TEXT, MAX_TITLE
from hub.actions.campaigns.settings import CampaignSettings
from hub.repositories.publicity.series import SeriesRepository
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid, NotFound, Stale
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Write

STARTED = "这一期已经开始发送，请在它的活动里暂停或终止"
_DONE = "这一期已经发出，不能再改"


@dataclass(frozen=True, slots=True)
class ItemContent:
    """What an item is to say. lesson_id: the shipped text it is, or "" for one of the office's own."""

    title: str
    sms: str
    web: str
    topic: str = ""
    law: str = ""
    lesson_id: str = ""


class EditSeries:
    """Every method raises `Invalid`, `NotFound` and, when somebody else was first, `Stale`."""

    def __init__(
        self,
        documents: Documents,
        series: SeriesRepository,
        campaigns: ItemCampaigns,
        clock: Clock,
        settings: CampaignSettings,
    ) -> None:
        self._documents = documents
        self._series = series
        self._campaigns = campaigns
        self._clock = clock
        self._settings = settings

    async def skip(self, series_id: str, number: int, *, version: int) -> Series:
        """It does not go out."""
        found, item = await self._item(series_id, number, version)
        return await self._put(found, item, self._may(item, ItemState.SKIPPED))

    async def move(self, series_id: str, number: int, at: int, *, version: int) -> Series:
        """Another time (ms UTC); also for one that was skipped or missed. Field `at`."""
        found, item = await self._item(series_id, number, version)
        series = found.value
        if at <= self._clock.now_ms():
            raise Invalid({"at": "发送时间已经过去，请选择将来的时间"})
        window = window_of(MessageClass.L, windows=self._settings.windows)
        if series.channel and not is_open(window, at, self._settings.zone):
            raise Invalid({"at": Said("普法内容只在 %(hours)s 发送，请换一个时间", hours=window)})
        others = [one.at for one in series.items if one.is_open and one.number != number]
        if any(abs(at - other) < MIN_GAP_SECONDS * 1000 for other in others):
            raise Invalid({"at": "和另一期相隔不到一小时，请换一个时间"})
        self._may(item, ItemState.PLANNED)
        return await self._put(found, item, item.planned_again(at=at))

    async def replace(self, series_id: str, number: int, content: ItemContent, *, version: int) -> Series:
        """Other words at the same time. Fields `title`, `sms`, `web`."""
        found, item = await self._item(series_id, number, version)
        if not item.is_open:
            raise Invalid({"state": "这一期不再发出；先给它一个新的时间，再换内容"})
        sender = self._settings.senders.get(found.value.channel)
        if problems := _problems(content, sender.kind if sender else None):
            raise Invalid(problems)
        again = item.planned_again(
            title=content.title,
            sms=content.sms,
            web=content.web,
            topic=content.topic,
            law=content.law,
            lesson_id=content.lesson_id,
        )
        return await self._put(found, item, again)

    async def swap(self, series_id: str, number: int, *, version: int) -> Series:
        """Its words change places with those of the open item before it; each keeps its time."""
        found, item = await self._item(series_id, number, version)
        before = [one for one in found.value.items if one.is_open and one.at < item.at]
        if not item.is_open or not before:
            raise Invalid({"state": "前面没有可以对调的一期"})
        other = max(before, key=lambda one: one.at)
        now = self._clock.now_ms()
        writes: list[Write] = []
        series = found.value
        for place, words in ((item, other), (other, item)):
            taken = await self._campaigns.taken_back(place, now)
            if taken is None:
                raise Invalid({"state": STARTED})
            writes += taken
            again = place.planned_again(**{name: getattr(words, name) for name in WORDS})
            series = series.with_item(again, now)
        return await self._commit(found, series, writes)

    async def pause(self, series_id: str, *, version: int) -> Series:
        """Nothing of it goes out any more; what waits for approval or its time is taken back."""
        found = await self._read(series_id, version)
        now = self._clock.now_ms()
        writes: list[Write] = []
        items: list[Item] = []
        for item in found.value.items:
            taken = await self._campaigns.taken_back(item, now) if item.state is ItemState.MADE else []
            writes += taken or []
            is_taken = item.state is ItemState.MADE and taken is not None
            items.append(item.planned_again() if is_taken else item)
        after = replace(found.value, items=tuple(items), paused=True, changed_at=now).timed(now)
        return await self._commit(found, after, writes)

    async def resume(self, series_id: str, *, version: int) -> Series:
        """It goes on with what is still to come; what passed meanwhile was missed."""
        found = await self._read(series_id, version)
        now = self._clock.now_ms()
        return await self._commit(found, replace(found.value, paused=False, changed_at=now).timed(now), [])

    # -- inside -----------------------------------------------------------------------------------

    def _may(self, item: Item, state: ItemState) -> Item:
        try:
            return item.moved(state)
        except MoveRefused as refused:
            raise Invalid({"state": _DONE}) from refused

    async def _put(self, found: Versioned[Series], before: Item, after: Item) -> Series:
        now = self._clock.now_ms()
        writes = await self._campaigns.taken_back(before, now)
        if writes is None:
            raise Invalid({"state": STARTED})
        return await self._commit(found, found.value.with_item(after, now), writes)

    async def _item(self, series_id: str, number: int, version: int) -> tuple[Versioned[Series], Item]:
        found = await self._read(series_id, version)
        item = found.value.item(number)
        if item is None:
            raise NotFound("item")
        return found, item

    async def _read(self, series_id: str, version: int) -> Versioned[Series]:
        found = await self._series.get(series_id)
        if found is None:
            raise NotFound("series")
        if found.version != version:
            raise Stale(series_id)
        return found

    async def _commit(self, found: Versioned[Series], after: Series, writes: Sequence[Write]) -> Series:
        try:
            await self._documents.commit([self._series.update(after, found.version), *writes])
        except Conflict as stale:
            raise Stale(after.id) from stale
        return after


def _problems(content: ItemContent, kind: ChannelKind | None) -> dict[str, str]:
    """kind: of the channel it leaves by, None for the web only. A mail says the web text; lists and calendar
    show the short one."""
    found: dict[str, str] = {}
    if not content.title or len(content.title) > MAX_TITLE or "\n" in content.title:
        found["title"] = "请填写标题，一行，最多 100 个字"
    if kind is not None and (texts := template.problems(content.sms)):
        found["sms"] = Said.joined(texts)
    if not content.web:
        found["web"] = "请填写网页内容"
    elif len(content.web) > MAX_TEXT:
        found["web"] = "内容最多 5000 个字"
    elif kind is ChannelKind.MAIL and (texts := template.problems(content.web, most=MAX_MAIL_CHARACTERS)):
        found["web"] = Said.joined(texts)
    return found
