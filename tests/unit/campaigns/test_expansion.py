"""Expansion: killed anywhere and begun again, it loses nobody and writes nobody twice."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.broadcast import BroadcastState
from campaigns.selection import DEAD_ADDRESS, DUPLICATE, OPT_OUT, WRONG_ADDRESS, delivery_id
from channels.address import Address, AddressKind
from channels.outbox.delivery import Delivery, DeliveryState, MessageClass
from channels.outbox.suppression import EDUCATION, INVALID, WARNING
from tests.unit.campaigns.stage import NOON, Fuse, Killed, Stage, broadcast, recipient


def mixed(number: int = 11) -> Stage:
    """Eleven recipients, of which one is a landline, one has opted out, one is dead, one comes twice."""
    people = [recipient(place) for place in range(number)]
    people[2] = recipient(2, address=Address(AddressKind.PHONE, "+8659187654321"))
    people[5] = recipient(5, repeated=True)
    return Stage(people, suppressed={("key3", EDUCATION), ("key7", INVALID)})


class PausedWhilePlanning(Stage):
    """Somebody clicks on pause while the first page is being written."""

    async def plan(self, deliveries: Sequence[Delivery]) -> int:
        [id] = self.runs
        if not self.rows:
            self.put(self.run(id).moved(BroadcastState.PAUSED, NOON))
        return await super().plan(deliveries)


REACHED = {f"key{place}" for place in (0, 1, 4, 6, 8, 9, 10)}


async def test_every_recipient_becomes_a_row_or_a_counted_exclusion() -> None:
    stage = mixed()
    run = broadcast()
    stage.put(run)
    done = await stage.expand(run.id)
    assert {row.recipient_key for row in stage.rows.values()} == REACHED
    assert done.excluded == {WRONG_ADDRESS: 1, OPT_OUT: 1, DEAD_ADDRESS: 1, DUPLICATE: 1}
    assert (done.considered, done.planned, done.sweeps) == (11, 7, 0)
    assert (done.state, done.expanded) == (BroadcastState.RUNNING, True)


async def test_a_row_is_ready_with_lane_class_and_expiry_of_its_run() -> None:
    stage = Stage([recipient(0)])
    run = broadcast()
    stage.put(run)
    await stage.expand(run.id)
    [row] = stage.rows.values()
    assert (row.state, row.lane, row.message_class) == (DeliveryState.READY, 3, MessageClass.L)
    assert (row.sender, row.origin_id, row.campaign_id) == ("sms-12110", run.id, "c1")
    assert (row.expires_at, row.not_before, row.subject) == (run.expires_at, NOON, run.subject)
    assert len(row.id) == 26


async def test_the_row_of_an_address_is_found_by_its_run_also_when_it_was_frozen_before_its_time() -> None:
    stage = Stage([recipient(0)])
    run = replace(broadcast(), snapshot_at=NOON - 60_000, fire_at=NOON)
    stage.put(run)
    await stage.expand(run.id)
    [row] = stage.rows.values()
    assert row.id == delivery_id(run, row.recipient_key)


async def test_a_shared_text_is_kept_once_with_the_run() -> None:
    stage = Stage([recipient(0)])
    run = broadcast()
    stage.put(run)
    await stage.expand(run.id)
    [row] = stage.rows.values()
    assert (row.text, row.parts) == ("", 1)
    assert run.text == "【福建公安】请勿向陌生人转账。拒收请回复R"


async def test_a_personal_text_is_written_and_counted_for_each() -> None:
    stage = Stage([recipient(0, name="张三", city="福州"), recipient(1, name="")])
    run = broadcast(template="{name|您}好，{city|本市}公安提醒：" + "字" * 48)
    stage.put(run)
    await stage.expand(run.id)
    rows = sorted(stage.rows.values(), key=lambda row: row.recipient_key)
    assert rows[0].text.startswith("【福建公安】张三好，福州公安提醒：")
    assert rows[1].text.startswith("【福建公安】您好，本市公安提醒：")
    assert [row.parts for row in rows] == [2, 1]
    assert stage.run(run.id).parts == 3


async def test_outside_its_hours_rows_wait_spread_over_ten_minutes() -> None:
    night = NOON + 10 * 3_600_000  # 22:00
    opens = NOON + 21 * 3_600_000  # 09:00
    stage = Stage([recipient(place) for place in range(50)])
    run = broadcast()
    stage.put(run)
    await stage.expand(run.id, at=night)
    times = {row.not_before for row in stage.rows.values()}
    assert all(opens <= at < opens + 600_000 for at in times)
    assert len(times) > 10


@pytest.mark.parametrize("hours", [0, 10])
async def test_rows_leave_in_the_order_in_which_they_lie_in_the_store(hours: int) -> None:
    stage = Stage([recipient(place) for place in range(50)])
    run = broadcast()
    stage.put(run)
    await stage.expand(run.id, at=NOON + hours * 3_600_000 + 1)
    rows = list(stage.rows.values())
    claimed = sorted(rows, key=lambda row: (row.not_before, row.id))
    assert [row.id for row in claimed] == sorted(row.id for row in rows)


async def test_what_may_leave_at_once_waits_for_nothing_whichever_page_it_came_with() -> None:
    stage = Stage([recipient(place) for place in range(5)])
    stage.put(broadcast())
    [id] = stage.runs
    await stage.expand(id, at=NOON + 5_000)
    assert {row.not_before for row in stage.rows.values()} == {NOON}


async def test_a_red_warning_reaches_those_who_opted_out_but_no_dead_address() -> None:
    stage = Stage([recipient(place) for place in range(3)])
    stage.suppressed = {("key0", EDUCATION), ("key0", WARNING), ("key1", INVALID)}
    run = replace(broadcast(), message_class=MessageClass.E0, subject=WARNING)
    stage.put(run)
    await stage.expand(run.id)
    assert {row.recipient_key for row in stage.rows.values()} == {"key0", "key2"}


@pytest.mark.parametrize("size", [1, 3, 4, 11, 12])
async def test_the_size_of_a_page_changes_nothing(size: int) -> None:
    stage = mixed()
    run = broadcast()
    stage.put(run)
    done = await stage.expand(run.id, page_size=size)
    assert {row.recipient_key for row in stage.rows.values()} == REACHED
    assert (done.considered, done.planned) == (11, 7)


async def test_an_empty_segment_ends_with_nothing_planned() -> None:
    stage = Stage([])
    run = broadcast()
    stage.put(run)
    done = await stage.expand(run.id)
    assert (done.planned, done.state) == (0, BroadcastState.RUNNING)


@pytest.mark.parametrize("pages", [1, 2, 9])
async def test_a_kill_at_any_point_loses_nobody_and_doubles_nobody(pages: int) -> None:
    quiet = mixed()
    run = broadcast()
    quiet.put(run)
    await quiet.expand(run.id, pages=pages)
    points = quiet.fuse.passed
    assert points > 20
    for point in range(points):
        stage = mixed()
        stage.put(run)
        stage.fuse = Fuse(left=point)
        with pytest.raises(Killed):
            await stage.expand(run.id, pages=pages)
        stage.fuse = Fuse()
        done = await stage.expand(run.id, pages=pages)
        assert stage.rows == quiet.rows, f"killed at {point}"
        assert done == quiet.run(run.id), f"killed at {point}"


@settings(max_examples=150)
@given(st.lists(st.integers(0, 40), max_size=8), st.integers(1, 6), st.integers(0, 25), st.integers(1, 4))
async def test_any_series_of_kills_ends_the_same(
    kills: list[int], size: int, people: int, pages: int
) -> None:
    stage = Stage([recipient(place) for place in range(people)])
    run = broadcast()
    stage.put(run)
    for point in kills:
        stage.fuse = Fuse(left=point)
        with contextlib.suppress(Killed):
            await stage.expand(run.id, page_size=size, pages=pages)
    stage.fuse = Fuse()
    done = await stage.expand(run.id, page_size=size, pages=pages)
    assert sorted(row.recipient_key for row in stage.rows.values()) == sorted(
        one.address_key for one in stage.recipients
    )
    assert (done.considered, done.planned) == (people, people)


async def test_rows_that_went_missing_are_found_and_written() -> None:
    stage = Stage([recipient(place) for place in range(10)])
    stage.lose_rows_of_page = 2
    run = broadcast()
    stage.put(run)
    done = await stage.expand(run.id)
    assert len(stage.rows) == 10
    assert (done.sweeps, done.considered, done.planned) == (1, 10, 10)


async def test_two_contacts_with_one_address_get_one_message() -> None:
    people = [recipient(place) for place in range(10)]
    people[1] = replace(people[1], address_key="key0")  # in the same page
    people[9] = replace(people[9], address_key="key0")  # in another
    stage = Stage(people)
    run = broadcast()
    stage.put(run)
    done = await stage.expand(run.id)
    assert len(stage.rows) == 8
    assert (done.planned, done.excluded) == (8, {DUPLICATE: 2})


async def test_a_paused_run_is_not_expanded_and_a_resumed_one_goes_on() -> None:
    stage = Stage([recipient(place) for place in range(10)])
    run = broadcast()
    stage.put(run)
    expansion = stage.expansion()
    await expansion.step(run.id)
    stage.put(stage.run(run.id).moved(BroadcastState.PAUSED, NOON))
    before = dict(stage.rows)
    for _ in range(3):
        await expansion.step(run.id)
    assert stage.rows == before
    stage.put(stage.run(run.id).resumed(NOON))
    done = await stage.expand(run.id)
    assert (len(stage.rows), done.planned) == (10, 10)


@pytest.mark.parametrize("pages", [1, 3])
async def test_a_pause_in_the_middle_of_a_page_wins(pages: int) -> None:
    stage = PausedWhilePlanning([recipient(place) for place in range(10)])
    run = broadcast()
    stage.put(run)
    after = await stage.expansion().step(run.id, pages=pages)
    assert after is not None
    assert (after.state, after.considered, after.cursor) == (BroadcastState.PAUSED, 0, "")
    stage.put(after.resumed(NOON))
    done = await stage.expand(run.id)
    assert (len(stage.rows), done.considered, done.planned) == (10, 10, 10)


async def test_expanding_what_does_not_exist_does_nothing() -> None:
    assert await Stage([]).expansion().step("nobody:1") is None
