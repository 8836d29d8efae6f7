"""The campaign desk on the embedded store: what an officer clicks, and what time does."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from campaigns.broadcast import BroadcastState
from campaigns.campaign import CampaignKind, CampaignState, CatchUp
from campaigns.schedule import Cron, Once
from campaigns.segment import Segment
from campaigns.selection import DUPLICATE, OPT_OUT, WRONG_ADDRESS
from channels.outbox.delivery import DeliveryState, MessageClass
from channels.outbox.gate import Gate
from channels.outbox.ports import Flow
from channels.outbox.suppression import EDUCATION
from hub.actions.campaigns.tick_campaigns import BRAKE, MISSED
from hub.model.campaigns.campaign_event import CampaignEventKind
from hub.model.notification import NotificationKind
from hub.repositories.staff.notifications import NotificationRepository
from hub.runtime.errors import Invalid, NotFound, Stale
from hub.store.documents import Update
from tests.unit.hub.actions.campaigns.campaign_office import DAY, HOUR, NOON, Office, draft, open_office


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    made = await open_office(tmp_path)
    await made.people(10)
    yield made
    await made.documents.close()


async def state_of(office: Office, campaign_id: str) -> CampaignState:
    return (await office.desk.get(campaign_id)).value.state


async def run_state(office: Office, broadcast_id: str) -> BroadcastState:
    read = await office.campaigns.broadcast(broadcast_id)
    assert read is not None
    return read.value.state


# -- drafts ------------------------------------------------------------------------------------------


async def test_a_bad_draft_is_refused_with_every_problem_at_once(office: Office) -> None:
    bad = draft(
        name=" ",
        channel="fax",
        message_class=MessageClass.E0,
        template="{name}",
        segment=Segment(("没有的",), language="fr"),
        public=True,
    )
    with pytest.raises(Invalid) as refused:
        await office.desk.create(bad, "a1")
    assert set(refused.value.problems) == {
        "name",
        "channel",
        "message_class",
        "template",
        "groups",
        "language",
        "title",
    }
    assert (await office.campaigns.page()).campaigns == ()


async def test_a_good_draft_is_stored_as_it_was_typed(office: Office) -> None:
    made = await office.desk.create(draft(title="标题"), "a1")
    read = await office.desk.get(made.id)
    assert read.value == made
    assert (made.state, made.author_id, made.subject) == (CampaignState.DRAFT, "a1", EDUCATION)


async def test_an_edit_of_an_older_version_is_stale_and_changes_nothing(office: Office) -> None:
    made = await office.desk.create(draft(), "a1")
    read = await office.desk.get(made.id)
    await office.desk.edit(made.id, draft(template="甲"), version=read.version, by="a1")
    with pytest.raises(Stale):
        await office.desk.edit(made.id, draft(template="乙"), version=read.version, by="a1")
    assert (await office.desk.get(made.id)).value.template == "甲"


async def test_text_is_refused_once_something_has_left_but_a_name_is_not(office: Office) -> None:
    made = await office.desk.create(draft(), "a1")
    await office.start_now(made.id)
    read = await office.desk.get(made.id)
    with pytest.raises(Invalid) as refused:
        await office.desk.edit(made.id, draft(template="别的"), version=read.version, by="a1")
    assert "不能再修改" in refused.value.problems["template"]
    renamed = await office.desk.edit(made.id, draft(name="新名称"), version=read.version, by="a1")
    assert renamed.name == "新名称"


async def test_what_does_not_exist_is_not_found(office: Office) -> None:
    for call in (office.desk.get, office.start_now, office.desk.pause, office.desk.progress):
        with pytest.raises(NotFound):
            await call("nobody")


# -- preview -----------------------------------------------------------------------------------------


async def test_a_preview_shows_who_gets_what_and_writes_nothing(office: Office) -> None:
    key = office.vault.blind("phone:+8613800000003")
    await office.suppressions.suppress((key, EDUCATION), reason="asked", by="sms-12110", at=NOON)
    seen = await office.desk.preview(draft(template="{name|您}好，{city|本市}公安提醒您防诈"))
    assert (seen.recipients, seen.deliveries, seen.excluded, seen.exact) == (10, 9, {OPT_OUT: 1}, True)
    assert seen.samples[0].text == "【福建公安】张0好，福州公安提醒您防诈拒收请回复R"
    assert seen.samples[0].address == "138****0000"
    assert seen.size is not None
    assert (seen.size.parts, seen.total_parts) == (1, 9)
    assert await office.rows() == []
    assert (await office.campaigns.page()).campaigns == ()


async def test_the_preview_promises_what_the_broadcast_does(office: Office) -> None:
    await office.people(5, group="学校", first=7)
    wanted = draft(segment=Segment(("社区", "学校")))
    seen = await office.desk.preview(wanted)
    made = await office.desk.create(wanted, "a1")
    run = await office.start_now(made.id)
    await office.expand(run.id)
    after = (await office.desk.progress(made.id)).runs[0].broadcast
    assert (after.planned, after.excluded) == (seen.deliveries, seen.excluded) == (12, {DUPLICATE: 3})
    assert after.considered == seen.recipients == 15


async def test_a_preview_in_the_evening_tells_of_the_next_morning(tmp_path: Path) -> None:
    office = await open_office(tmp_path, preview_recipients=8)
    try:
        await office.people(40)
        office.clock.at = NOON + 8 * HOUR + 30 * 60_000 - 1000  # one second before 20:30
        seen = await office.desk.preview(draft())
        assert not seen.exact
        assert (seen.recipients, seen.deliveries) == (40, 40)
        assert seen.estimate.days == 2
        assert seen.estimate.finishes_at == NOON + 21 * HOUR + 3000
        assert any("2 天" in warning for warning in seen.warnings)
    finally:
        await office.documents.close()


async def test_a_preview_of_nobody_warns(office: Office) -> None:
    seen = await office.desk.preview(draft(segment=Segment(("社区",), regions=("000000",))))
    assert seen.warnings == ("没有可以发送的接收人",)


# -- running -----------------------------------------------------------------------------------------


async def test_a_campaign_started_by_hand_reaches_everybody_and_finishes(office: Office) -> None:
    made = await office.desk.create(draft(), "a1")
    run = await office.start_now(made.id)
    assert (await office.desk.tick()).expanding == (run.id,)
    await office.expand(run.id)
    assert len(await office.rows()) == 10
    await office.send(DeliveryState.DELIVERED, limit=4)
    bar = (await office.desk.progress(made.id)).total
    assert (bar.total, bar.delivered, bar.left, bar.percent) == (10, 4, 6, 40)
    assert (await office.desk.tick()).finished == ()
    await office.send(DeliveryState.DELIVERED)
    assert (await office.desk.tick()).finished == (run.id,)
    assert await state_of(office, made.id) is CampaignState.FINISHED
    assert await office.desk.tick() == await office.desk.tick()


async def test_a_second_click_on_start_starts_nothing(office: Office) -> None:
    made = await office.desk.create(draft(), "a1")
    await office.submit(made.id, "a1")
    await office.say_yes(made.id)
    results = await asyncio.gather(
        *(office.second().release(made.id, "a1") for _ in range(4)), return_exceptions=True
    )
    assert sum(isinstance(result, Invalid | Stale) for result in results) == 3
    assert len(await office.campaigns.broadcasts_of(made.id)) == 1


async def test_who_joins_after_the_start_is_not_in_this_run(office: Office) -> None:
    made = await office.desk.create(draft(), "a1")
    run = await office.start_now(made.id)
    office.clock.advance(seconds=1)
    await office.people(3, first=100)
    await office.expand(run.id)
    assert len(await office.rows()) == 10


async def test_regions_and_language_narrow_a_segment(office: Office) -> None:
    await office.people(2, first=200, region="350200")
    seen = await office.desk.preview(draft(segment=Segment(("社区",), regions=("350200",), language="zh")))
    assert seen.recipients == 2
    assert (await office.desk.preview(draft(segment=Segment(("社区",), language="en")))).recipients == 0


async def test_after_pause_nothing_is_planned_and_resume_brings_exactly_the_rest(office: Office) -> None:
    made = await office.desk.create(draft(), "a1")
    run = await office.start_now(made.id)
    await office.desk.expand_some(run.id)
    assert len(await office.rows()) == 4
    await office.desk.pause(made.id)
    assert (await office.outbox.origins([run.id]))[run.id].flow is Flow.PAUSED
    assert (await office.desk.tick()).expanding == ()
    await office.expand(run.id)
    assert len(await office.rows()) == 4
    await office.desk.resume(made.id)
    assert (await office.outbox.origins([run.id]))[run.id].flow is Flow.OPEN
    await office.expand(run.id)
    assert len(await office.rows()) == 10
    assert await state_of(office, made.id) is CampaignState.RUNNING


async def test_a_canceled_campaign_plans_nothing_more_and_stays_canceled(office: Office) -> None:
    made = await office.desk.create(draft(), "a1")
    run = await office.start_now(made.id)
    await office.desk.expand_some(run.id)
    await office.desk.cancel(made.id)
    await office.expand(run.id)
    await office.desk.tick()
    assert len(await office.rows()) == 4
    assert await run_state(office, run.id) is BroadcastState.CANCELED
    for call in (office.start_now, office.desk.resume, office.desk.pause, office.desk.cancel):
        with pytest.raises(Invalid):
            await call(made.id)


async def test_a_shared_text_is_kept_once_and_a_personal_one_is_not_shared(office: Office) -> None:
    plain = await office.desk.create(draft(), "a1")
    personal = await office.desk.create(draft(template="{name|您}好"), "a1")
    runs = [await office.start_now(made.id) for made in (plain, personal)]
    shared = await office.outbox.origins([run.id for run in runs])
    assert [shared[run.id].text for run in runs] == ["【福建公安】请勿向陌生人转账。拒收请回复R", ""]


async def test_a_public_campaign_is_published_with_its_fallbacks(office: Office) -> None:
    made = await office.desk.create(draft(title="防诈", public=True, template="{name|市民朋友}您好"), "a1")
    await office.start_now(made.id)
    [notice] = await office.notices.list()
    assert (notice.title, notice.text, notice.publisher) == ("防诈", "市民朋友您好", "公安厅")


async def test_a_broadcast_that_fails_too_often_pauses_itself_once(tmp_path: Path) -> None:
    office = await open_office(tmp_path, brake_after=10, page_size=100)
    try:
        await office.people(40)
        made = await office.desk.create(draft(), "a1")
        run = await office.start_now(made.id)
        await office.expand(run.id)
        await office.send(DeliveryState.DELIVERED, limit=8)
        await office.send(DeliveryState.FAILED, limit=2)
        await office.desk.tick()
        campaign = (await office.desk.get(made.id)).value
        assert (campaign.state, campaign.reason) == (CampaignState.PAUSED, BRAKE)
        await office.desk.resume(made.id)
        await office.desk.tick()
        assert await state_of(office, made.id) is CampaignState.RUNNING
    finally:
        await office.documents.close()


async def test_red_warnings_have_no_brake(tmp_path: Path) -> None:
    office = await open_office(tmp_path, brake_after=1, page_size=100)
    try:
        await office.people(10)
        red = draft(kind=CampaignKind.WARNING, message_class=MessageClass.E0)
        made = await office.desk.create(red, "a1")
        run = await office.start_now(made.id)
        await office.expand(run.id)
        await office.send(DeliveryState.FAILED, limit=9)
        await office.desk.tick()
        assert await state_of(office, made.id) is CampaignState.RUNNING
    finally:
        await office.documents.close()


async def test_a_broadcast_waits_for_its_hours_and_goes_on_by_itself(office: Office) -> None:
    made = await office.desk.create(draft(), "a1")
    run = await office.start_now(made.id)
    await office.expand(run.id)
    await office.desk.tick(NOON + 9 * HOUR)
    assert await run_state(office, run.id) is BroadcastState.WAITING_WINDOW
    await office.desk.tick(NOON + 21 * HOUR)
    assert await run_state(office, run.id) is BroadcastState.RUNNING


async def test_a_broadcast_past_its_life_expires_and_says_so(office: Office) -> None:
    made = await office.desk.create(draft(expiry_seconds=7200), "a1")
    run = await office.start_now(made.id)
    await office.expand(run.id)
    done = await office.desk.tick(NOON + 2 * HOUR)
    assert done.expired == (run.id,)
    campaign = (await office.desk.get(made.id)).value
    assert campaign.state is CampaignState.EXPIRED
    assert "有效期" in campaign.reason


async def test_warnings_are_expanded_before_lessons(office: Office) -> None:
    lesson = await office.desk.create(draft(), "a1")
    red = await office.desk.create(draft(kind=CampaignKind.WARNING, message_class=MessageClass.E0), "a1")
    runs = [await office.start_now(made.id) for made in (lesson, red)]
    assert (await office.desk.tick()).expanding == (runs[1].id, runs[0].id)


# -- schedules ---------------------------------------------------------------------------------------


async def test_a_scheduled_campaign_starts_at_its_time_and_once(office: Office) -> None:
    made = await office.desk.create(draft(), "a1")
    at = NOON + HOUR
    await office.schedule(made.id, Once(at))
    assert await state_of(office, made.id) is CampaignState.SCHEDULED
    assert (await office.desk.tick(at - 1)).started == ()
    assert (await office.desk.tick(at)).started == (f"{made.id}:{at}",)
    assert (await office.desk.tick(at + 1000)).started == ()
    [fired] = await office.schedules.fired(made.id)
    assert (fired.slot, fired.late) == (at, False)


async def told(office: Office, agent: str) -> list[tuple[NotificationKind, str]]:
    """But for the approval, which every campaign that leaves has had."""
    found = await NotificationRepository(office.documents, office.vault).newest(agent)
    approved = NotificationKind.CAMPAIGN_APPROVED
    return [(one.kind, one.campaign_id) for one in found if one.kind is not approved]


@pytest.mark.parametrize("grace_seconds", [3600, 6 * 3600])
async def test_a_time_missed_beyond_its_expiry_sends_nothing_and_its_author_is_told(
    tmp_path: Path, grace_seconds: int
) -> None:
    """08:00 with an expiry of two hours, and the server is down until 13:00."""
    office = await open_office(tmp_path, grace_seconds=grace_seconds)
    try:
        await office.people(3)
        typed = draft(expiry_seconds=7200, title="防诈", public=True)
        made = await office.desk.create(typed, "a1")
        await office.schedule(made.id, Once(NOON + 20 * HOUR))
        office.clock.at = NOON + 25 * HOUR
        for one in (office, office.second()):
            done = await one.desk.tick()
            assert done.started == ()
        campaign = (await office.desk.get(made.id)).value
        assert (campaign.state, "没有发送" in campaign.reason) == (CampaignState.EXPIRED, True)
        assert await office.rows() == []
        assert await office.campaigns.broadcasts_of(made.id) == []
        assert list(await office.notices.list()) == []
        assert await told(office, "a1") == [(NotificationKind.CAMPAIGN_EXPIRED, made.id)]
    finally:
        await office.documents.close()


async def test_who_wrote_a_broadcast_that_ran_out_of_time_is_told_once(office: Office) -> None:
    made = await office.desk.create(draft(expiry_seconds=7200), "a1")
    run = await office.start_now(made.id)
    await office.expand(run.id)
    for one in (office, office.second(), office):
        await one.desk.tick(NOON + 2 * HOUR)
    assert await told(office, "a1") == [(NotificationKind.CAMPAIGN_EXPIRED, made.id)]


async def test_a_clock_that_jumps_makes_no_week_twice_and_none_of_the_past(office: Office) -> None:
    made = await office.desk.create(draft(), "a1")
    await office.schedule(made.id, Cron("0 9 * * tue"))
    offices = [office, office.second(), office.second()]
    week = 7 * DAY
    first = NOON - 3 * HOUR + week
    for at in (first, first - 2 * HOUR, first + 60_000, first + week, first - week, first + week + 1000):
        office.clock.at = at
        await asyncio.gather(*(one.desk.tick(at) for one in offices))
    office.clock.at = first + 4 * week + 60_000  # two weeks are missed, the third is made up for
    await asyncio.gather(*(one.desk.tick() for one in offices))
    runs = await office.campaigns.broadcasts_of(made.id)
    assert sorted(run.value.fire_at for run in runs) == [first, first + week, first + 4 * week]


async def test_two_processes_fire_every_slot_once(office: Office) -> None:
    made = await office.desk.create(draft(), "a1")
    await office.schedule(made.id, Cron("0 9 * * *"))
    offices = [office, *(office.second() for _ in range(3))]
    started: list[str] = []
    for day in range(1, 8):
        now = NOON + day * DAY - 3 * HOUR  # 09:00
        office.clock.at = now
        for ticks in await asyncio.gather(*(one.desk.tick(now) for one in offices)):
            started += ticks.started
    assert len(started) == len(set(started)) == 7
    assert len(await office.schedules.fired(made.id)) == 7
    assert len(await office.campaigns.broadcasts_of(made.id)) == 7


async def test_a_recurring_campaign_asks_its_segment_anew_each_time(office: Office) -> None:
    made = await office.desk.create(draft(), "a1")
    await office.schedule(made.id, Cron("0 9 * * *"))
    sizes = []
    for day in (1, 2):
        office.clock.at = NOON + day * DAY - 3 * HOUR
        [run_id] = (await office.desk.tick()).started
        await office.expand(run_id)
        sizes.append(await office.outbox.planned(run_id))
        await office.send(DeliveryState.DELIVERED)
        await office.desk.tick()
        assert await state_of(office, made.id) is CampaignState.SCHEDULED
        await office.people(1, first=100 * day)
    assert sizes == [10, 11]


async def test_a_one_off_missed_within_its_grace_still_runs(office: Office) -> None:
    made = await office.desk.create(draft(), "a1")
    await office.schedule(made.id, Once(NOON + HOUR))
    assert (await office.desk.tick(NOON + 2 * HOUR)).started == (f"{made.id}:{NOON + HOUR}",)


async def test_a_one_off_missed_by_more_sends_nothing_and_the_officer_sees_why(office: Office) -> None:
    made = await office.desk.create(draft(), "a1")
    await office.schedule(made.id, Once(NOON + HOUR))
    done = await office.desk.tick(NOON + 2 * HOUR + 1)
    assert (done.started, done.expired) == ((), (made.id,))
    campaign = (await office.desk.get(made.id)).value
    assert (campaign.state, campaign.reason) == (CampaignState.EXPIRED, MISSED)
    assert await office.campaigns.broadcasts_of(made.id) == []
    [fired] = await office.schedules.fired(made.id)
    assert fired.late
    [missed] = [one for one in await office.history.of(made.id) if one.kind is CampaignEventKind.MISSED]
    assert (missed.agent_id, missed.reason) == ("", MISSED)


async def test_a_week_of_missed_times_is_made_up_for_once_at_most(office: Office) -> None:
    made = await office.desk.create(draft(), "a1")
    await office.schedule(made.id, Cron("0 9 * * *"))
    back = NOON + 7 * DAY - 3 * HOUR + 30 * 60_000
    assert len((await office.desk.tick(back)).started) == 1
    skipping = await office.desk.create(draft(catch_up=CatchUp.SKIP), "a1")
    await office.schedule(skipping.id, Cron("0 9 * * *"))
    assert (await office.desk.tick(back)).started == ()
    assert await state_of(office, skipping.id) is CampaignState.SCHEDULED


async def test_a_paused_plan_does_not_fire_and_a_resumed_one_takes_its_next_time(office: Office) -> None:
    made = await office.desk.create(draft(), "a1")
    await office.schedule(made.id, Cron("0 9 * * *"))
    await office.desk.pause(made.id)
    office.clock.at = NOON + 2 * DAY
    assert (await office.desk.tick()).started == ()
    await office.desk.resume(made.id)
    assert await state_of(office, made.id) is CampaignState.SCHEDULED
    assert await office.desk.upcoming() == {made.id: NOON + 3 * DAY - 3 * HOUR}


async def test_a_one_off_whose_time_passed_while_paused_expires_on_resume(office: Office) -> None:
    made = await office.desk.create(draft(), "a1")
    await office.schedule(made.id, Once(NOON + HOUR))
    await office.desk.pause(made.id)
    office.clock.at = NOON + 2 * HOUR
    await office.desk.resume(made.id)
    assert await state_of(office, made.id) is CampaignState.EXPIRED


async def test_a_bad_plan_is_refused_in_chinese(office: Office) -> None:
    made = await office.desk.create(draft(), "a1")
    for spec in (Once(NOON - 1), Cron("0 25 * * *"), Cron("* * * * *")):
        with pytest.raises(Invalid) as refused:
            await office.schedule(made.id, spec)
        assert set(refused.value.problems) == {"schedule"}
    assert await state_of(office, made.id) is CampaignState.DRAFT


async def test_a_plan_can_be_withdrawn_and_changed_before_it_starts(office: Office) -> None:
    made = await office.desk.create(draft(), "a1")
    await office.schedule(made.id, Once(NOON + HOUR))
    await office.desk.withdraw(made.id)
    assert (await office.desk.tick(NOON + HOUR)).started == ()
    assert await state_of(office, made.id) is CampaignState.DRAFT
    await office.schedule(made.id, Once(NOON + 2 * HOUR))
    assert await office.desk.upcoming() == {made.id: NOON + 2 * HOUR}


async def test_names_and_numbers_of_members_are_not_readable_in_the_store(office: Office) -> None:
    async for stored in office.documents.scan("memberships"):
        text = str(stored.body)
        assert "1380000" not in text
        assert "张" not in text


async def test_what_a_pause_held_leaves_after_resume_once(office: Office) -> None:
    made = await office.desk.create(draft(), "a1")
    run = await office.start_now(made.id)
    await office.expand(run.id)
    await office.send(DeliveryState.DELIVERED, limit=3)
    await office.desk.pause(made.id)
    gate = Gate(
        office.outbox,
        office.suppressions,
        random.Random(1),
        zone=office.settings.zone,
    )
    claimed = await office.outbox.claim("sms-12110", lanes=(3,), limit=100, lease_seconds=45)
    gated = await gate.look(claimed, now=NOON)
    assert gated.passed == []
    await office.outbox.settle(gated.stopped)
    await office.desk.resume(made.id)
    assert await office.outbox.sweep_origins(limit=100) == 7
    await office.send(DeliveryState.DELIVERED)
    await office.desk.tick()
    assert await office.outbox.counts(run.id) == {"delivered": 10}
    assert await state_of(office, made.id) is CampaignState.FINISHED


async def test_a_cancel_withdraws_what_has_not_left(office: Office) -> None:
    made = await office.desk.create(draft(), "a1")
    run = await office.start_now(made.id)
    await office.expand(run.id)
    await office.send(DeliveryState.DELIVERED, limit=3)
    await office.desk.cancel(made.id)
    await office.outbox.sweep_origins(limit=100)
    bar = (await office.desk.progress(made.id)).total
    assert (bar.delivered, bar.canceled, bar.left, bar.percent) == (3, 7, 0, 100)


# -- damaged rows ------------------------------------------------------------------------------------


async def test_recipients_that_cannot_be_read_are_counted_and_nobody_behind_them_is_forgotten(
    office: Office,
) -> None:
    rows = {row.body["contact_id"]: row async for row in office.documents.scan("memberships")}
    sealed, plain = rows["p0001"], rows["p0002"]
    await office.documents.commit(
        [
            Update("memberships", sealed.id, {"pii": sealed.body["pii"][:-8] + "AAAAAAA="}, sealed.version),
            Update("memberships", plain.id, {"kind": "no such kind"}, plain.version),
        ]
    )
    await office.people(10, first=10)
    made = await office.desk.create(draft(), "a1")
    run = await office.start_now(made.id)
    await office.expand(run.id)
    after = (await office.desk.progress(made.id)).runs[0].broadcast
    assert (after.considered, after.planned) == (20, 18)
    assert after.excluded == {WRONG_ADDRESS: 2}


async def test_a_damaged_campaign_does_not_keep_the_others_from_starting(office: Office) -> None:
    torn, sound = await office.desk.create(draft(), "a1"), await office.desk.create(draft(), "a1")
    for made in (torn, sound):
        await office.schedule(made.id, Once(NOON + HOUR))
    stored = await office.documents.get("campaigns", torn.id)
    assert stored
    await office.documents.commit([Update("campaigns", torn.id, {"segment": "torn"}, stored.version)])
    assert (await office.desk.tick(NOON + HOUR)).started == (f"{sound.id}:{NOON + HOUR}",)
    assert [found.value.id for found in (await office.campaigns.page()).campaigns] == [sound.id]
