"""A series: every item becomes one campaign, goes to review, out and on the web, or is missed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time

import pytest
import pytest_asyncio

from campaigns.campaign import Campaign, CampaignState
from campaigns.lesson import lessons_of
from campaigns.segment import Segment
from campaigns.series import DayOff, Item, ItemState, Rhythm, Series
from campaigns.wording import text_on
from channels.contract import ChannelKind
from hub.actions.campaigns.publicity.edit_series import EditSeries, ItemContent
from hub.actions.campaigns.publicity.item_campaign import ItemCampaigns
from hub.actions.campaigns.publicity.plan_series import PlanSeries, SeriesDraft
from hub.actions.campaigns.publicity.run_series import NOT_APPROVED, RunSeries
from hub.actions.campaigns.settings import CampaignSettings, Sender
from hub.repositories.publicity import series as series_repository
from hub.repositories.publicity.series import SeriesRepository
from hub.runtime.bell import LocalBell
from hub.runtime.clock import FakeClock
from hub.runtime.errors import Invalid, Stale
from hub.store.crypto import KeyRing, Vault
from hub.store.memory_documents import MemoryDocuments
from tests.unit.hub.actions.campaigns.campaign_office import (
    COLLECTIONS,
    DAY,
    HOUR,
    NOON,
    Office,
    _office,
)

FRAUD = lessons_of("fraud")
FIRST = NOON + 7 * DAY - 2 * HOUR  # Tuesday 29 September 2026, 10:00
PLAN = SeriesDraft(
    name="防诈周周讲",
    lesson_ids=tuple(lesson.id for lesson in FRAUD[:5]),
    rhythm=Rhythm.WEEKLY,
    first=date(2026, 9, 29),
    at=time(10),
    day_off=DayOff.SEND,
    channel="sms-12110",
    segment=Segment(("社区",)),
    public=True,
    lead_days=3,
)


@dataclass
class Desk:
    """An office with series; a second process shares what is stored."""

    office: Office
    series: SeriesRepository

    def __post_init__(self) -> None:
        office, documents = self.office, self.office.documents
        item_campaigns = ItemCampaigns(office.campaigns, office.schedules)
        self.plan = PlanSeries(
            documents, self.series, office.memberships, lambda _: True, office.clock, office.settings
        )
        self.edit = EditSeries(documents, self.series, item_campaigns, office.clock, office.settings)
        self.run = RunSeries(
            documents,
            self.series,
            office.campaigns,
            item_campaigns,
            office.memberships,
            office.notices,
            office.submit,
            office.clock,
            office.settings,
        )

    async def begin(self, **changes: object) -> Series:
        return await self.plan(replace(PLAN, **changes), "officer", series_id="s1")  # type: ignore[arg-type]

    async def at(self, now: int, *, ticks: int = 1) -> Sequence[Item]:
        """The items after so many looks at that time."""
        self.office.clock.at = now
        for _ in range(ticks):
            await self.run.step()
            await self.office.desk.tick()
        return (await self.now()).items

    async def now(self) -> Series:
        return (await self.read())[0]

    async def read(self) -> tuple[Series, int]:
        found = await self.series.get("s1")
        assert found is not None
        return found.value, found.version

    async def campaigns(self) -> list[Campaign]:
        return [found.value for found in (await self.office.campaigns.page()).campaigns]

    async def approve(self, item: Item) -> None:
        """Another person lets it go at its time."""
        await self.office.say_yes(item.campaign_id)
        await self.office.release(item.campaign_id, "officer")


def states(items: Sequence[Item]) -> list[str]:
    return [str(item.state) for item in items]


@pytest_asyncio.fixture
async def desk() -> Desk:
    clock = FakeClock(NOON)
    documents = MemoryDocuments((*COLLECTIONS, *series_repository.COLLECTIONS), clock=clock)
    senders = {
        "sms-12110": Sender("sms-12110", ChannelKind.SMS, "福建公安", 10.0),
        "mail": Sender("mail", ChannelKind.MAIL),
    }
    settings = CampaignSettings(senders, publisher="公安厅", page_size=4)
    office = _office(documents, LocalBell(), Vault(KeyRing.fresh()), clock, settings)
    await office.people(3)
    return Desk(office, SeriesRepository(documents, office.vault))


async def test_an_item_goes_to_review_ahead_of_its_time_and_out_on_it(desk: Desk) -> None:
    series = await desk.begin()
    assert [item.at for item in series.items] == [FIRST + week * 7 * DAY for week in range(5)]
    assert states(await desk.at(FIRST - 3 * DAY - HOUR)) == ["planned"] * 5
    [first, *_] = await desk.at(FIRST - 3 * DAY)
    [campaign] = await desk.campaigns()
    assert (first.state, campaign.state, campaign.id) == ("made", "in_review", first.campaign_id)
    assert campaign.template == FRAUD[0].sms
    assert campaign.schedule == f"once {FIRST}"
    await desk.approve(first)
    await desk.at(FIRST)
    [first, second, *_] = await desk.at(FIRST + 61_000)
    assert (first.state, second.state) == ("sent", "planned")
    notice = await desk.office.notices.get(first.notice_id)
    assert notice is not None
    assert (notice.title, notice.text, notice.topic) == (FRAUD[0].title, FRAUD[0].web, "fraud")
    upcoming = (await desk.now()).upcoming()
    assert upcoming is not None
    assert upcoming.number == 2


async def test_three_ticks_of_two_processes_and_a_jump_of_the_clock_make_each_item_once(desk: Desk) -> None:
    await desk.begin()
    other = Desk(desk.office.second(), SeriesRepository(desk.office.documents, desk.office.vault))
    desk.office.clock.at = FIRST - 3 * DAY
    for _ in range(3):
        await asyncio.gather(desk.run.step(), other.run.step())
    await desk.at(FIRST - 3 * DAY - HOUR, ticks=2)  # the clock goes back
    await desk.at(FIRST - 3 * DAY + HOUR, ticks=2)
    assert [campaign.state for campaign in await desk.campaigns()] == [CampaignState.IN_REVIEW]


async def test_after_five_weeks_without_the_hub_nothing_is_made_up_for(desk: Desk) -> None:
    await desk.begin()
    items = await desk.at(FIRST + 4 * 7 * DAY - DAY, ticks=3)
    assert states(items) == ["missed"] * 4 + ["made"]
    assert len(await desk.campaigns()) == 1
    assert items[0].reason


async def test_what_nobody_approved_in_time_is_missed_and_cannot_leave_later(desk: Desk) -> None:
    await desk.begin()
    await desk.at(FIRST - DAY)
    items = await desk.at(FIRST + 2 * HOUR)
    assert (items[0].state, items[0].reason) == ("missed", NOT_APPROVED)
    [campaign] = await desk.campaigns()
    assert campaign.state is CampaignState.CANCELED


async def test_a_skipped_item_leaves_the_others_their_times(desk: Desk) -> None:
    await desk.begin()
    await desk.at(FIRST - DAY)
    _, version = await desk.read()
    await desk.edit.skip("s1", 1, version=version)
    items = await desk.at(FIRST + 2 * HOUR)
    assert states(items) == ["skipped", "planned", "planned", "planned", "planned"]
    assert [campaign.state for campaign in await desk.campaigns()] == [CampaignState.CANCELED]


async def test_other_words_and_another_time_are_approved_anew(desk: Desk) -> None:
    await desk.begin()
    [first, *_] = await desk.at(FIRST - DAY)
    await desk.approve(first)
    _, version = await desk.read()
    own = ItemContent("自己写的", "请勿转账。", "一段自己写的话。")
    await desk.edit.replace("s1", 1, own, version=version)
    with pytest.raises(Stale):
        await desk.edit.skip("s1", 1, version=version)
    [again, *_] = await desk.at(FIRST - DAY + 60_000)
    assert again.campaign_id != first.campaign_id
    old, new = [await desk.office.desk.get(one.campaign_id) for one in (first, again)]
    assert (old.value.state, new.value.state) == (CampaignState.CANCELED, CampaignState.IN_REVIEW)
    assert new.value.template == "请勿转账。"
    _, version = await desk.read()
    await desk.edit.move("s1", 1, FIRST + DAY, version=version)
    [moved, *_] = await desk.at(FIRST + 2 * HOUR)  # the old time passes and nothing leaves
    assert (moved.state, moved.at) == ("made", FIRST + DAY)
    assert await desk.office.rows() == []


@pytest.mark.parametrize(
    ("at", "problem"),
    [
        (NOON - HOUR, "发送时间已经过去"),
        (FIRST + DAY + 12 * HOUR, "09:00"),
        (FIRST + 7 * DAY + HOUR // 2, "相隔不到一小时"),
    ],
)
async def test_a_time_that_cannot_be_is_refused_by_its_field(desk: Desk, at: int, problem: str) -> None:
    await desk.begin()
    _, version = await desk.read()
    with pytest.raises(Invalid) as refused:
        await desk.edit.move("s1", 1, at, version=version)
    assert problem in refused.value.problems["at"]


async def test_a_paused_series_takes_back_what_waits_and_goes_on_with_the_rest(desk: Desk) -> None:
    await desk.begin()
    [first, *_] = await desk.at(FIRST - DAY)
    await desk.approve(first)
    _, version = await desk.read()
    await desk.edit.pause("s1", version=version)
    assert states(await desk.at(FIRST + HOUR, ticks=2))[:2] == ["missed", "planned"]
    assert await desk.office.rows() == []
    _, version = await desk.read()
    await desk.edit.resume("s1", version=version)
    assert states(await desk.at(FIRST + 7 * DAY - DAY))[:3] == ["missed", "made", "planned"]


async def test_what_has_started_is_neither_skipped_nor_changed(desk: Desk) -> None:
    await desk.begin()
    [first, *_] = await desk.at(FIRST - DAY)
    await desk.approve(first)
    desk.office.clock.at = FIRST
    await desk.office.desk.tick()  # it leaves, and the series has not noticed yet
    _, version = await desk.read()
    with pytest.raises(Invalid) as refused:
        await desk.edit.skip("s1", 1, version=version)
    assert "已经开始发送" in refused.value.problems["state"]


async def test_a_series_without_a_channel_only_publishes_and_never_what_is_old(desk: Desk) -> None:
    await desk.begin(channel="", segment=Segment(), public=False)
    assert await desk.at(FIRST - DAY) == (await desk.now()).items
    assert states(await desk.at(FIRST, ticks=2))[:2] == ["sent", "planned"]
    items = await desk.at(FIRST + 4 * 7 * DAY + 60_000, ticks=2)
    assert states(items) == ["sent", "missed", "missed", "missed", "sent"]
    assert [notice.title for notice in await desk.office.notices.list()] == [FRAUD[4].title, FRAUD[0].title]
    assert await desk.campaigns() == []
    assert (await desk.now()).next_at == 0


async def test_a_crash_between_making_and_review_is_gone_on_from(desk: Desk) -> None:
    await desk.begin()
    desk.office.clock.at = FIRST - DAY

    class Cut(Exception):
        pass

    async def cut(campaign_id: str, by: str, spec: object = None) -> object:
        raise Cut

    whole = desk.run._submit
    desk.run._submit = cut
    with pytest.raises(Cut):
        await desk.run.step()
    assert [campaign.state for campaign in await desk.campaigns()] == [CampaignState.DRAFT]
    desk.run._submit = whole
    await desk.run.step()
    assert [campaign.state for campaign in await desk.campaigns()] == [CampaignState.IN_REVIEW]


async def test_mistakes_of_a_plan_are_said_at_once_by_field(desk: Desk) -> None:
    wrong = replace(
        PLAN, name="", lesson_ids=("none",), first=date(2026, 9, 1), channel="fax", segment=Segment(("没有",))
    )
    with pytest.raises(Invalid) as refused:
        await desk.plan(wrong, "officer", series_id="s1")
    assert set(refused.value.problems) == {"name", "lessons", "channel", "groups"}
    with pytest.raises(Invalid) as refused:
        await desk.begin(first=date(2026, 9, 1), at=time(21))
    assert set(refused.value.problems) == {"first", "at"}
    with pytest.raises(Invalid) as refused:
        await desk.begin(rhythm=Rhythm.DATED)
    assert "固定的日子" in refused.value.problems["lessons"]
    assert await desk.series.get("s1") is None


async def test_a_second_press_plans_nothing_twice(desk: Desk) -> None:
    first = await desk.begin()
    assert await desk.begin(name="又一次") == first


async def test_a_group_that_is_gone_is_said_and_the_item_missed(desk: Desk) -> None:
    await desk.begin()
    found, version = await desk.read()
    broken = replace(found, segment=Segment(("没有",)))
    await desk.office.documents.commit([desk.series.update(broken, version)])
    [first, *_] = await desk.at(FIRST - DAY)
    assert (first.state, "没有" in first.reason) == ("planned", True)
    [first, *_] = await desk.at(FIRST + 1)
    assert first.state is ItemState.MISSED


@pytest.mark.parametrize(
    ("channel", "content", "fields"),
    [
        ("sms-12110", ItemContent("", "{名}", ""), {"title", "sms", "web"}),
        ("sms-12110", ItemContent("题", "【某局】请勿转账", "x" * 5001), {"sms", "web"}),
        ("mail", ItemContent("题", "", "x" * 3001), {"sms", "web"}),
        ("", ItemContent("题\n目", "", "x" * 501), {"title"}),
    ],
)
async def test_words_that_cannot_leave_are_refused_by_field(
    desk: Desk, channel: str, content: ItemContent, fields: set[str]
) -> None:
    await desk.begin(channel=channel, segment=Segment(("社区",)) if channel else Segment())
    _, version = await desk.read()
    with pytest.raises(Invalid) as refused:
        await desk.edit.replace("s1", 1, content, version=version)
    assert set(refused.value.problems) == fields


async def test_by_mail_the_web_text_is_sent(desk: Desk) -> None:
    await desk.begin(channel="mail")
    await desk.at(FIRST - DAY)
    [campaign] = await desk.campaigns()
    assert (campaign.template, campaign.title) == (FRAUD[0].sms, FRAUD[0].title)
    assert text_on(ChannelKind.MAIL, campaign) == FRAUD[0].web


async def test_the_segment_is_kept_as_it_was_and_asked_anew_for_each_item(desk: Desk) -> None:
    tagged = Segment(("社区",), tags=("没有人",))
    await desk.begin(segment=tagged, segment_id="saved")
    [first, *_] = await desk.at(FIRST - DAY)
    [campaign] = await desk.campaigns()
    assert (campaign.segment, campaign.segment_id) == (tagged, "saved")
    assert "没有可以发送的接收人" in first.reason


async def test_two_items_change_places_and_are_approved_anew(desk: Desk) -> None:
    await desk.begin()
    [first, second, *_] = await desk.at(FIRST - DAY)
    _, version = await desk.read()
    await desk.edit.swap("s1", 2, version=version)
    [after, later, *_] = await desk.at(FIRST - DAY + 60_000)
    assert (after.title, after.at, later.title, later.at) == (second.title, first.at, first.title, second.at)
    assert sorted(campaign.state for campaign in await desk.campaigns()) == ["canceled", "in_review"]
    _, version = await desk.read()
    with pytest.raises(Invalid):
        await desk.edit.swap("s1", 1, version=version)
