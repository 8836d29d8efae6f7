"""Writing a campaign: versions, drafts that were not saved, two writers at once, copies, finding."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from campaigns.campaign import CampaignKind, CampaignState
from campaigns.measure import UNKNOWN
from campaigns.segment import Segment
from channels.outbox.delivery import MessageClass, WarningLevel
from hub.actions.campaigns.composing.copy_campaign import NO_DRAFT
from hub.actions.campaigns.composing.edit_templates import FIXED_CLASS
from hub.actions.campaigns.composing.find_campaigns import YEAR_MS, Wanted
from hub.actions.campaigns.composing.write_campaign import OTHER_CLASS
from hub.model.campaigns.campaign_event import CampaignEventKind
from hub.model.campaigns.text_template import TemplateChange, TemplateText
from hub.runtime.errors import Invalid, NotFound, Stale
from tests.unit.hub.actions.campaigns.composing.writing_room import (
    NOON,
    WritingRoom,
    draft,
    writer,
    writing_room,
)


@pytest.fixture
async def room() -> WritingRoom:
    made = writing_room()
    await made.people("张三")
    return made


async def names(room: WritingRoom, **wanted: object) -> list[str]:
    page = await room.find(Wanted(**wanted), limit=10)  # type: ignore[arg-type]
    return [found.value.name for found in page.campaigns]


# -- versions ----------------------------------------------------------------------------------------


async def test_every_save_is_a_version_with_who_and_when(room: WritingRoom) -> None:
    made = await room.write.create(writer("a1"), draft(template="甲"))
    room.clock.at += 1000
    await room.write.edit(writer("a2"), made.id, draft(template="乙", tags=("反诈",)), version=1)
    versions = await room.write.versions(made.id)
    assert [(one.number, one.by, one.content.template) for one in versions] == [
        (2, "a2", "乙"),
        (1, "a1", "甲"),
    ]
    assert versions[0].at == NOON + 1000
    assert versions[0].content.tags == ("反诈",)
    assert (await room.write.version(made.id, 1)).content.template == "甲"
    with pytest.raises(NotFound):
        await room.write.version(made.id, 7)


async def test_a_campaign_of_an_earlier_release_keeps_what_it_said_before(room: WritingRoom) -> None:
    old = await room.desk.create(draft(template="旧"), "a1")
    assert [one.content.template for one in await room.write.versions(old.id)] == ["旧"]
    await room.write.edit(writer("a2"), old.id, draft(template="新"), version=1)
    assert [one.content.template for one in await room.write.versions(old.id)] == ["新", "旧"]


async def test_of_two_writers_one_is_told_and_nothing_of_it_is_stored(room: WritingRoom) -> None:
    made = await room.write.create(writer(), draft())
    results = await asyncio.gather(
        room.write.edit(writer("a1"), made.id, draft(template="甲"), version=1),
        room.write.edit(writer("a2"), made.id, draft(template="乙"), version=1),
        return_exceptions=True,
    )
    assert sum(isinstance(one, Stale) for one in results) == 1
    assert len(await room.write.versions(made.id)) == 2
    with pytest.raises(Invalid):
        await room.write.edit(writer(), made.id, draft(template="{name}"), version=2)
    assert len(await room.write.versions(made.id)) == 2


# -- what is typed and not saved ---------------------------------------------------------------------


async def test_what_was_typed_is_kept_for_its_writer_until_it_is_saved(room: WritingRoom) -> None:
    made = await room.write.create(writer(), draft())
    values = {"template": ("写到一半",), "groups": ("社区", "学校")}
    await room.write.keep(writer("a1"), made.id, {"template": ("写",)}, base=1)
    assert await room.write.keep(writer("a1"), made.id, values, base=1) == NOON
    kept = await room.write.kept(writer("a1"), made.id)
    assert kept is not None
    assert (kept.values, kept.base) == (values, 1)
    assert await room.write.kept(writer("a2"), made.id) is None
    await room.write.edit(writer("a1"), made.id, draft(template="写完"), version=1)
    assert await room.write.kept(writer("a1"), made.id) is None


async def test_a_new_campaign_is_kept_before_it_exists(room: WritingRoom) -> None:
    await room.write.keep(writer(), "", {"name": ("新",)}, base=0)
    assert await room.write.kept(writer(), "") is not None
    await room.write.create(writer(), draft())
    assert await room.write.kept(writer(), "") is None
    with pytest.raises(NotFound):
        await room.write.keep(writer(), "nobody", {}, base=0)


# -- templates ---------------------------------------------------------------------------------------

NOTICE = TemplateText("办证提醒", MessageClass.N, "{name|您}的证件已办好。")


async def test_a_template_keeps_every_change_and_its_class(room: WritingRoom) -> None:
    made = await room.templates.create(writer("a1"), NOTICE)
    await room.templates.edit(writer("a2"), made.id, replace(NOTICE, text="{name|您}可以领证。"), version=1)
    await room.templates.archive(writer("a2"), made.id, version=2)
    assert [one.id for one in await room.templates.every(archived=True)] == [made.id]
    assert await room.templates.every() == []
    await room.templates.bring_back(writer("a1"), made.id, version=3)
    assert [(one.number, one.by, one.change) for one in await room.templates.versions(made.id)] == [
        (4, "a1", TemplateChange.BROUGHT_BACK),
        (3, "a2", TemplateChange.ARCHIVED),
        (2, "a2", TemplateChange.EDITED),
        (1, "a1", TemplateChange.CREATED),
    ]
    other = replace(NOTICE, message_class=MessageClass.E0)
    with pytest.raises(Invalid) as refused:
        await room.templates.edit(writer(), made.id, other, version=4)
    assert refused.value.problems == {"message_class": FIXED_CLASS}
    with pytest.raises(Stale):
        await room.templates.archive(writer(), made.id, version=1)


async def test_a_bad_template_is_refused_by_field(room: WritingRoom) -> None:
    bad = TemplateText("", MessageClass.N, "{name}{who|您}", title="长" * 101)
    with pytest.raises(Invalid) as refused:
        await room.templates.create(writer(), bad)
    assert set(refused.value.problems) == {"name", "text", "title"}
    assert await room.templates.every() == []


async def test_the_class_of_a_campaign_is_that_of_its_template(room: WritingRoom) -> None:
    made = await room.templates.create(writer(), NOTICE)
    notice = draft(
        kind=CampaignKind.NOTICE, message_class=MessageClass.N, template_id=made.id, template_number=1
    )
    campaign = await room.write.create(writer(), notice)
    assert (campaign.template_id, campaign.template_number) == (made.id, 1)
    urgent = replace(notice, kind=CampaignKind.WARNING, message_class=MessageClass.E0)
    with pytest.raises(Invalid) as refused:
        await room.write.edit(writer(), campaign.id, urgent, version=1)
    assert refused.value.problems == {"message_class": OTHER_CLASS}


# -- copies and the end of a draft -------------------------------------------------------------------


async def test_a_copy_carries_the_content_and_no_decision(room: WritingRoom) -> None:
    original = await room.write.create(
        writer(), draft(tags=("反诈",), public=True, title="标题", web_text="长文")
    )
    read = await room.desk.get(original.id)
    warned = replace(
        read.value, night=True, department="d1", level=WarningLevel.YELLOW, schedule="cron 0 9 * * *"
    )
    await room.documents.commit([room.stores.campaigns.update(warned, read.version)])
    await room.start_now(original.id)
    copy = await room.copy(writer("a2"), original.id)
    assert (copy.name, copy.author_id, copy.state) == ("防诈提醒（副本）", "a2", CampaignState.DRAFT)
    assert (copy.tags, copy.web_text, copy.department) == (("反诈",), "长文", "d1")
    assert (copy.started_at, copy.schedule, copy.night) == (0, "", False)
    [row] = await room.stores.publicity.campaign_history.of(copy.id)
    assert (row.kind, row.agent_id) == (CampaignEventKind.CREATED, "a2")
    assert (await room.copy(writer(), copy.id)).name == "防诈提醒（副本）"
    assert len(await room.write.versions(copy.id)) == 1


async def test_a_draft_goes_with_everything_kept_of_it(room: WritingRoom) -> None:
    made = await room.write.create(writer(), draft())
    await room.write.edit(writer(), made.id, draft(template="乙"), version=1)
    await room.write.keep(writer(), made.id, {"name": ("半",)}, base=2)
    with pytest.raises(Stale):
        await room.copy.remove(writer(), made.id, version=1)
    await room.copy.remove(writer(), made.id, version=2)
    for collection in ("campaigns", "campaign_versions", "campaign_drafts"):
        assert [stored.id async for stored in room.documents.scan(collection)] == []


async def test_what_has_left_is_never_removed(room: WritingRoom) -> None:
    made = await room.write.create(writer(), draft())
    await room.start_now(made.id)
    version = (await room.desk.get(made.id)).version
    with pytest.raises(Invalid) as refused:
        await room.copy.remove(writer(), made.id, version=version)
    assert refused.value.problems == {"state": NO_DRAFT}
    assert (await room.desk.get(made.id)).value.name == "防诈提醒"


# -- finding -----------------------------------------------------------------------------------------


async def test_campaigns_are_found_by_words_tag_state_and_season(room: WritingRoom) -> None:
    room.clock.at = NOON - YEAR_MS
    await room.write.create(writer(), draft(name="去年国庆提示", tags=("国庆",)))
    room.clock.at = NOON
    await room.write.create(writer(), draft(name="消防月", template="请关好煤气。", tags=("消防", "国庆")))
    room.clock.at += 1
    running = await room.write.create(writer(), draft(name="正在发送"))
    await room.start_now(running.id)
    assert await names(room) == ["正在发送", "消防月", "去年国庆提示"]
    assert await names(room, words="煤气") == ["消防月"]
    assert await names(room, words="国庆 消防") == ["消防月"]
    assert await names(room, tag="国庆") == ["消防月", "去年国庆提示"]
    assert await names(room, states=frozenset({CampaignState.RUNNING})) == ["正在发送"]
    assert await names(room, last_year=True) == ["去年国庆提示"]
    assert await names(room, words="没有这个") == []
    assert await room.find.labels() == ({"国庆": 2, "消防": 1}, {})


async def test_pages_of_a_search_follow_each_other_without_a_gap(room: WritingRoom) -> None:
    for number in range(7):
        room.clock.at += 1
        await room.write.create(writer(), draft(name=f"第{number}个", tags=("双",) if number % 2 else ()))
    first = await room.find(Wanted(tag="双"), limit=2)
    rest = await room.find(Wanted(tag="双"), limit=2, after=first.next)
    assert [found.value.name for found in (*first.campaigns, *rest.campaigns)] == ["第5个", "第3个", "第1个"]
    assert rest.next is None
    cut = await room.find(Wanted(tag="双"), limit=2, after="zzz")
    assert cut.campaigns == first.campaigns


# -- the audience while one writes -------------------------------------------------------------------


async def test_a_small_audience_is_looked_at_and_a_large_one_is_bounded(room: WritingRoom) -> None:
    small = await room.audience(Segment(("社区",)))
    assert (small.recipients, small.longest.exact) == (1, True)
    assert small.longest.values == {"name": ("张三",), "city": ("福州",)}
    large = writing_room()
    await large.people(*(f"张{place}" for place in range(6)))
    seen = await large.audience(Segment(("社区",)))
    assert (seen.recipients, seen.longest.exact) == (6, False)
    assert seen.longest.values == {"name": (UNKNOWN,), "city": ("厦门市",)}
    assert (await large.audience(Segment())).recipients == 0
