"""The calendar: what is planned and what left, who would hear twice, and moving with its undo."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from campaigns.broadcast import BroadcastState
from campaigns.campaign import CampaignState
from campaigns.schedule import Cron, DaysOff, Once
from campaigns.segment import Segment
from hub.actions.campaigns.planning.read_calendar import Sending
from hub.runtime.errors import Invalid
from hub.settings.work_calendar import shipped_calendar
from hub.web.machines.icalendar import icalendar
from tests.unit.hub.actions.campaigns.campaign_office import (
    CHIEF,
    DAY,
    HOUR,
    NOON,
    Office,
    draft,
    open_office,
)

WEEK = 7 * DAY


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    made = await open_office(tmp_path, workdays=shipped_calendar)
    await made.people(10)
    await made.people(5, group="学校", first=50)
    yield made
    await made.documents.close()


def names(sendings: tuple[Sending, ...]) -> list[str]:
    return [one.campaign.name for one in sendings]


async def test_it_holds_what_left_what_is_planned_and_what_is_only_drafted(office: Office) -> None:
    left = await office.desk.create(draft(name="甲"), "a1")
    run = await office.start_now(left.id)
    await office.expand(run.id)
    planned = await office.desk.create(draft(name="乙"), "a1")
    await office.schedule(planned.id, Cron("0 10 * * *"))
    waiting = await office.desk.create(draft(name="丙"), "a1")
    await office.submit(waiting.id, "a1", Once(NOON + 2 * DAY))
    await office.desk.create(draft(name="没有时间"), "a1")
    found = await office.calendar(NOON, NOON + 3 * DAY)
    assert names(found) == ["甲", "乙", "乙", "丙", "乙"]
    assert [one.run for one in found] == [BroadcastState.RUNNING, None, None, None, None]
    assert {one.people for one in found} == {10}
    assert found[0].parts == 10


async def test_the_same_people_twice_within_a_day_is_said_on_both(office: Office) -> None:
    for name, group, at in (
        ("甲", "社区", NOON + HOUR),
        ("乙", "社区", NOON + 20 * HOUR),
        ("丙", "学校", NOON + 2 * HOUR),
        ("丁", "社区", NOON + WEEK),
    ):
        made = await office.desk.create(draft(name=name, segment=Segment((group,))), "a1")
        await office.submit(made.id, "a1", Once(at))
    found = {one.campaign.name: one.others for one in await office.calendar(NOON, NOON + 2 * WEEK)}
    assert found == {"甲": ("乙",), "乙": ("甲",), "丙": (), "丁": ()}
    only = await office.calendar(NOON, NOON + 2 * WEEK, group="学校")
    assert names(only) == ["丙"]


async def test_a_plan_that_moves_past_days_off_stands_on_the_working_day(office: Office) -> None:
    made = await office.desk.create(draft(), "a1")
    await office.schedule(made.id, Cron("0 10 1 10 *", DaysOff.MOVE))
    [one] = await office.calendar(NOON, NOON + 4 * WEEK)
    assert one.at == NOON + 16 * DAY - 2 * HOUR  # 8 October, after the National Day week
    assert await office.desk.upcoming() == {made.id: one.at}


async def test_a_moved_campaign_has_to_be_approved_again_and_undo_brings_all_back(office: Office) -> None:
    made = await office.desk.create(draft(), "a1")
    await office.schedule(made.id, Once(NOON + DAY))
    await office.move(made.id, "a1", NOON + 2 * DAY)
    after = (await office.desk.get(made.id)).value
    assert (after.state, after.standing_approvals) == (CampaignState.DRAFT, ())
    assert (await office.desk.tick(NOON + DAY)).started == ()
    await office.move.undo(made.id, "a1")
    after = (await office.desk.get(made.id)).value
    assert (after.state, [one.agent_id for one in after.standing_approvals]) == (
        CampaignState.SCHEDULED,
        [CHIEF.id],
    )
    assert await office.desk.upcoming() == {made.id: NOON + DAY}
    with pytest.raises(Invalid):
        await office.move.undo(made.id, "a1")


async def test_an_edit_after_the_move_cannot_be_undone_into_an_approval(office: Office) -> None:
    made = await office.desk.create(draft(), "a1")
    await office.schedule(made.id, Once(NOON + DAY))
    await office.move(made.id, "a1", NOON + 2 * DAY)
    read = await office.desk.get(made.id)
    await office.desk.edit(made.id, draft(template="别的"), version=read.version, by="a1")
    with pytest.raises(Invalid) as refused:
        await office.move.undo(made.id, "a1")
    assert "重新送审" in refused.value.problems["at"]
    assert (await office.desk.get(made.id)).value.state is CampaignState.DRAFT


async def test_only_a_coming_time_can_be_moved_and_only_to_a_coming_one(office: Office) -> None:
    recurring = await office.desk.create(draft(), "a1")
    await office.schedule(recurring.id, Cron("0 10 * * *"))
    once = await office.desk.create(draft(), "a1")
    await office.submit(once.id, "a1", Once(NOON + DAY))
    for campaign_id, at in ((recurring.id, NOON + DAY), (once.id, NOON - 1)):
        with pytest.raises(Invalid) as refused:
            await office.move(campaign_id, "a1", at)
        assert set(refused.value.problems) == {"at"}


async def test_the_feed_names_campaigns_and_holds_no_text(office: Office) -> None:
    made = await office.desk.create(
        draft(name="防诈, 提\x07醒;" + "长" * 40, template="不可外传的正文"), "a1"
    )
    await office.submit(made.id, "a1", Once(NOON + DAY))
    text = icalendar("日历", await office.calendar(NOON, NOON + WEEK), now=NOON, host="hub")
    assert "正文" not in text
    assert text.startswith("BEGIN:VCALENDAR\r\n")
    assert not any(ord(character) < 32 for line in text.split("\r\n") for character in line)
    assert "BEGIN:VTIMEZONE\r\n" in icalendar("空", (), now=NOON, host="hub")  # with no event it is still one
    assert f"UID:{made.id}-{NOON + DAY}@hub\r\n" in text
    assert "DTSTART:20260923T040000Z\r\n" in text
    assert "SUMMARY:防诈\\, 提醒\\;长" in text
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert "长" * 40 in text.replace("\r\n ", "")
