"""Campaigns that time starts, on the embedded store: once each, late ones within their grace."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from campaigns.campaign import CampaignState, CatchUp
from campaigns.schedule import Cron, Once
from channels.outbox.delivery import DeliveryState
from hub.actions.campaigns.tick_campaigns import MISSED
from hub.model.campaigns.campaign_event import CampaignEventKind
from hub.model.notification import NotificationKind
from hub.repositories.staff.notifications import NotificationRepository
from hub.runtime.errors import Invalid
from tests.unit.hub.actions.campaigns.campaign_office import (
    DAY,
    HOUR,
    NOON,
    Office,
    draft,
    open_office,
    state_of,
)


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
