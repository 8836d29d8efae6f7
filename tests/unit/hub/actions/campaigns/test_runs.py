"""One run of a campaign on the embedded store: what is planned, held, withdrawn and ended."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from campaigns.broadcast import BroadcastState
from campaigns.campaign import CampaignKind, CampaignState
from campaigns.segment import Segment
from channels.outbox.delivery import DeliveryState, MessageClass
from channels.outbox.gate import Gate
from channels.outbox.ports import Flow
from hub.actions.campaigns.tick_campaigns import BRAKE
from hub.runtime.errors import Invalid, Stale
from tests.unit.hub.actions.campaigns.campaign_office import (
    HOUR,
    NOON,
    Office,
    draft,
    open_office,
    run_state,
    state_of,
)


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
