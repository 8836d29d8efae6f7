"""Segments are counted step by step, kept with a name, and compared with what went out lately."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns import broadcast as broadcasts
from campaigns.campaign import Campaign, CampaignKind
from campaigns.segment import EVERYBODY, GIVEN, Segment
from channels.address import phone
from channels.contract import ChannelKind
from channels.outbox.delivery import MessageClass
from channels.outbox.suppression import EDUCATION, INVALID
from hub.actions.campaigns.recipients import count_people
from hub.runtime.errors import Invalid, NotFound, Stale
from tests.unit.hub.actions.campaigns.recipients.desk import DAY, NOON, OFFICER, RecipientDesk, csv_of

HEAD = "手机号,姓名,地区,标签,是否同意,语言"
LIST = (
    HEAD,
    "13800000001,林一,福州,商户,是,",
    "13800000002,林二,福州,商户、外卖,,",
    "13800000003,林三,厦门,外卖,是,",
    "13800000004,林四,厦门,,是,英文",
    "13800000005,林五,,商户,,",
)
MERCHANTS = Segment(("社区",), ("350100", "350200"), "", ("商户", "外卖"), (), GIVEN)


@pytest.fixture
async def desk(tmp_path: Path) -> RecipientDesk:
    desk = RecipientDesk(tmp_path)
    await desk.take(csv_of(*LIST))
    return desk


def key(desk: RecipientDesk, number: str) -> str:
    return desk.stores.contacts.key(phone(number))


async def send(
    desk: RecipientDesk, segment: Segment, *, id: str = "c1", department: str = "", ago: int = 0
) -> None:
    """A run that went to everybody of a segment."""
    campaign = Campaign(
        id=id, name=f"活动{id}", kind=CampaignKind.EDUCATION, message_class=MessageClass.L,
        channel="sms-12110", template="别转账", segment=segment, author_id=OFFICER, created_at=NOON,
        department=department,
    )  # fmt: skip
    run = broadcasts.start(
        campaign, fire_at=desk.clock.at - ago, now=desk.clock.at, kind=ChannelKind.SMS, signature=""
    )
    campaigns = desk.stores.campaigns
    run = replace(run, planned=100)
    await desk.documents.commit([campaigns.insert(campaign), campaigns.insert_broadcast(run)])


async def test_each_step_of_a_filter_says_how_many_are_left(desk: RecipientDesk) -> None:
    funnel = await desk.count.funnel(MERCHANTS)
    assert [(step.name, step.count) for step in funnel.steps] == [
        ("groups", 5), ("regions", 4), ("tags", 3), ("consent", 2)
    ]  # fmt: skip
    assert funnel.by_reach == {"sms": 2}


tags = st.frozensets(st.sampled_from(["商户", "外卖"]), max_size=2).map(tuple)
filters = st.builds(
    Segment,
    groups=st.sampled_from([("社区",), (EVERYBODY,), ("社区", "网格"), ("网格",)]),
    regions=st.sampled_from([(), ("350100",), ("350100", "350200"), ("350900",)]),
    language=st.sampled_from(["", "zh", "en"]),
    tags=tags,
    sources=st.sampled_from([(), ("交警支队",), ("治安",), ("治安", "交警支队")]),
    consent=st.sampled_from(["", GIVEN]),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(filters)
async def test_what_is_counted_is_what_a_broadcast_pages_through(
    full: RecipientDesk, segment: Segment
) -> None:
    memberships = full.stores.memberships
    funnel = await full.count.funnel(segment)
    assert await memberships.count(segment, snapshot_at=full.clock.at) == funnel.left
    page = await memberships.page(segment, after="", limit=100, snapshot_at=full.clock.at)
    assert len(page) == funnel.left
    exact = await full.count.whole(segment)
    assert exact.people == len({recipient.address_key for recipient in page})
    assert exact.people + exact.repeated == funnel.left


@pytest.fixture
async def full(desk: RecipientDesk) -> RecipientDesk:
    lines = (HEAD, "13800000003,,,网格,,", "13800000006,林六,福州,外卖,是,英文")
    await desk.take(csv_of(*lines), source="治安", group="网格")
    return desk


async def test_everybody_looked_at_shows_why_some_are_not_reached(
    full: RecipientDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(count_people, "PAGE", 2)
    suppressions = full.stores.suppressions
    await suppressions.suppress(
        (key(full, "13800000001"), EDUCATION), reason="asked", by="sms-12110", at=NOON
    )
    await suppressions.suppress(
        (key(full, "13800000002"), INVALID), reason="provider", by="provider", at=NOON
    )
    count = await full.count.whole(Segment(("社区", "网格")))
    assert (count.people, count.repeated, count.dead, count.out) == (6, 1, 1, {EDUCATION: 1})


async def test_a_count_describes_the_moment_it_began(
    desk: RecipientDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(count_people, "PAGE", 2)
    saved = await desk.segments.save(OFFICER, "社区", "", Segment(("社区",)))
    await desk.segments.ask_count(saved.id)
    desk.clock.at += 1000
    await desk.take(csv_of(HEAD, "13800000009,晚来,福州,,,"))
    while (await desk.segments.read(saved.id)).value.counting:
        await desk.segments.step()
    count = (await desk.segments.read(saved.id)).value.count
    assert (count.people, count.at, count.finished) == (5, NOON, True)


async def test_a_segment_is_saved_once_under_its_name_and_by_who_read_it_last(desk: RecipientDesk) -> None:
    saved = await desk.segments.save(OFFICER, " 商户 ", "说明", MERCHANTS)
    with pytest.raises(Invalid, match="name"):
        await desk.segments.save(OFFICER, "商户", "", MERCHANTS)
    with pytest.raises(Invalid) as refused:
        await desk.segments.save(OFFICER, "", "", Segment(("没有的组",)))
    assert set(refused.value.problems) == {"name", "groups"}
    found = await desk.segments.read(saved.id)
    changed = replace(MERCHANTS, consent="")
    await desk.segments.save(OFFICER, "商户", "", changed, segment_id=saved.id, version=found.version)
    with pytest.raises(Stale):
        await desk.segments.save(OFFICER, "商户", "", MERCHANTS, segment_id=saved.id, version=found.version)
    await desk.segments.retire(saved.id, retired=True)
    assert await desk.segments.offered() == []
    with pytest.raises(NotFound):
        await desk.segments.view("nobody")


async def test_a_segment_grows_day_by_day(desk: RecipientDesk) -> None:
    saved = await desk.segments.save(OFFICER, "社区", "", Segment(("社区",)))
    for day in range(3):
        await desk.take(csv_of(HEAD, f"1380000010{day},新人,福州,,,"))
        await desk.segments.step()
        await desk.segments.step()
        desk.clock.at += DAY
    days = (await desk.segments.view(saved.id)).days
    assert [(one.day, one.count) for one in days] == [
        ("2026-09-22", 6), ("2026-09-23", 7), ("2026-09-24", 8)
    ]  # fmt: skip


async def test_what_others_sent_to_the_same_people_is_seen(full: RecipientDesk) -> None:
    await send(full, Segment(("社区",), tags=("外卖",)), id="c1", department="traffic")
    await send(full, Segment((EVERYBODY,), ("350100",)), id="c2", department="fire")
    await send(full, Segment(("网格",)), id="c3", department="order")
    await send(full, Segment(("社区",)), id="c4", department="traffic", ago=8 * DAY)
    await send(full, Segment(("社区",)), id="c5")
    lines = await full.sent_lately(Segment(("社区",), ("350100",)), department="traffic")
    assert sorted((line.name, line.people, line.is_ours) for line in lines) == [
        ("活动c1", 1, True), ("活动c2", 2, False), ("活动c5", 2, False)
    ]  # fmt: skip


async def test_a_campaign_does_not_count_its_own_runs(full: RecipientDesk) -> None:
    await send(full, Segment(("社区",)), id="c1", department="traffic")
    await send(full, Segment(("社区",)), id="c2", department="traffic")
    found = await full.stores.campaigns.get("c1")
    assert found is not None
    assert [(line.name, line.is_ours) for line in await full.segments.sent(found.value)] == [("活动c2", True)]


async def test_who_writes_to_everybody_sees_what_any_group_was_sent(full: RecipientDesk) -> None:
    await send(full, Segment(("网格",)), id="c1", department="order")
    lines = await full.sent_lately(Segment((EVERYBODY,)), department="fire")
    assert [(line.name, line.people) for line in lines] == [("活动c1", 2)]


async def test_a_saved_segment_names_the_campaigns_made_with_it(desk: RecipientDesk) -> None:
    saved = await desk.segments.save(OFFICER, "社区", "", Segment(("社区",)))
    campaign = Campaign(
        id="c1", name="提醒", kind=CampaignKind.NOTICE, message_class=MessageClass.N, channel="sms-12110",
        template="a", segment=saved.filter, author_id=OFFICER, created_at=NOON, segment_id=saved.id,
    )  # fmt: skip
    await desk.documents.commit([desk.stores.campaigns.insert(campaign)])
    assert (await desk.segments.view(saved.id)).campaigns == (campaign,)
