"""The loop and its lease: one process leads, another takes over, nothing happens twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from campaigns.campaign import CampaignState
from campaigns.schedule import Once
from channels.outbox.delivery import DeliveryState
from channels.outbox.ports import OUTBOX
from hub.actions.campaigns.note_restart import NoteRestart
from hub.actions.campaigns.watch_campaign import WatchCampaign
from hub.jobs.broadcasts import BroadcastLoop
from hub.repositories.leases import LeaseRepository
from hub.runtime.bell import campaign_topic
from tests.unit.hub.actions.campaigns.campaign_office import HOUR, NOON, Office, draft, open_office


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    made = await open_office(tmp_path)
    await made.people(10)
    yield made
    await made.documents.close()


def leases(office: Office, holder: str) -> LeaseRepository:
    return LeaseRepository(office.documents, holder=holder, ttl_seconds=15)


def loop(office: Office, holder: str) -> BroadcastLoop:
    return BroadcastLoop(office.desk, leases(office, holder), pages=2)


async def test_only_one_of_many_gets_the_lease(office: Office) -> None:
    taken = await asyncio.gather(*(leases(office, f"w{n}").take("x") for n in range(8)))
    assert sum(lease is not None for lease in taken) == 1


async def test_a_lease_is_renewed_after_a_third_of_its_term(office: Office) -> None:
    repository = leases(office, "w1")
    first = await repository.hold(None, "x")
    assert first is not None
    office.clock.advance(seconds=4)
    assert await repository.hold(first, "x") == first
    office.clock.advance(seconds=2)
    second = await repository.hold(first, "x")
    assert second is not None
    assert second.until == office.clock.now_ms() + 15_000
    assert await leases(office, "w2").take("x") is None


async def test_who_slept_through_its_lease_finds_another_leading(office: Office) -> None:
    sleeper, other = leases(office, "w1"), leases(office, "w2")
    lease = await sleeper.hold(None, "x")
    office.clock.advance(seconds=16)
    assert await other.take("x") is not None
    assert lease is not None
    assert await sleeper.renew(lease) is None
    assert await sleeper.hold(lease, "x") is None


async def test_a_lease_given_back_is_free_at_once(office: Office) -> None:
    first = leases(office, "w1")
    lease = await first.take("x")
    assert lease is not None
    await first.give_back(lease)
    assert await leases(office, "w2").take("x") is not None


async def test_the_loop_fires_expands_and_finishes(office: Office) -> None:
    made = await office.desk.create(draft(), "a1")
    await office.schedule(made.id, Once(NOON + HOUR))
    leader, follower = loop(office, "w1"), loop(office.second(), "w2")
    assert not await leader.round()
    office.clock.at = NOON + HOUR
    assert await leader.round()  # two pages of four, the third is still to come
    assert not await follower.round()
    assert len(await office.rows()) == 8
    assert not await leader.round()
    assert len(await office.rows()) == 10
    await office.send(DeliveryState.DELIVERED)
    await leader.round()
    assert (await office.desk.get(made.id)).value.state is CampaignState.FINISHED


async def test_another_process_goes_on_where_the_leader_died(office: Office) -> None:
    made = await office.desk.create(draft(), "a1")
    await office.start_now(made.id)
    leader, follower = loop(office, "w1"), loop(office.second(), "w2")
    await leader.round()
    assert not await follower.round()
    assert len(await office.rows()) == 8
    office.clock.advance(seconds=16)
    await follower.round()
    assert len(await office.rows()) == 10


async def test_a_change_rings_the_pages_that_show_it(office: Office) -> None:
    made = await office.desk.create(draft(), "a1")
    await office.start_now(made.id)
    job = BroadcastLoop(office.desk, leases(office, "w1"))
    with office.bell.listen(campaign_topic(made.id)) as pages, office.bell.listen(OUTBOX) as dispatcher:
        await job.round()
        assert await pages.wait(at_most_seconds=0)
        assert await dispatcher.wait(at_most_seconds=0)


async def test_the_running_loop_ends_when_it_is_canceled_and_gives_its_lease_back(office: Office) -> None:
    made = await office.desk.create(draft(), "a1")
    await office.start_now(made.id)
    job = BroadcastLoop(office.desk, leases(office, "w1"), idle_seconds=0.01)
    with office.bell.listen(OUTBOX) as ear:
        task = asyncio.create_task(job.run())
        while len(await office.rows()) < 10:
            assert await ear.wait(at_most_seconds=10)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()
    assert len(await office.rows()) == 10
    assert await leases(office, "w2").take("broadcasts") is not None


async def test_whoever_begins_to_lead_says_where_the_runs_go_on(office: Office) -> None:
    made = await office.desk.create(draft(), "a1")
    run = await office.start_now(made.id)
    await office.expand(run.id)
    await office.send(DeliveryState.DELIVERED, limit=4)
    watch = WatchCampaign(office.campaigns, office.schedules, office.outbox, office.clock, office.settings)
    note = NoteRestart(office.documents, office.campaigns, watch, office.clock)

    def noting(holder: str) -> BroadcastLoop:
        return BroadcastLoop(office.desk, leases(office, holder), on_lead=note)

    async def went_on() -> tuple[int, int]:
        read = await office.campaigns.broadcast(run.id)
        assert read is not None
        return read.value.resumed_at, read.value.resumed_from

    first, second = noting("w1"), noting("w2")
    await first.round()
    await second.round()
    assert await went_on() == (NOON, 5)
    await office.send(DeliveryState.DELIVERED, limit=2)
    office.clock.advance(seconds=10)
    await first.round()
    assert await went_on() == (NOON, 5)  # it leads still
    office.clock.advance(seconds=16)  # it died
    await second.round()
    assert await went_on() == (NOON + 26_000, 7)
