"""Counters of a broadcast on every engine: many processes settle at once, and every row counts once."""

from __future__ import annotations

import asyncio

import pytest

from channels.outbox.delivery import DeliveryState, Origin
from channels.outbox.ports import Change
from hub.repositories import campaigns, memberships, outbox
from hub.repositories.outbox import OutboxRepository
from hub.repositories.sending.counts import SendingCounts
from hub.repositories.sending.reached import Reached
from hub.runtime.clock import FakeClock
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import Documents
from tests.contract.store.conftest import Engine
from tests.unit.channels.outbox.outbox_world import NOON, SENDER, a_delivery

COLLECTIONS = (*outbox.COLLECTIONS, *campaigns.COLLECTIONS, *memberships.COLLECTIONS)
ROWS = 160
VAULT = Vault(KeyRing.fresh())


@pytest.fixture
async def documents(engine: Engine) -> Documents:
    return await engine.open(COLLECTIONS, FakeClock(NOON))


async def test_many_who_settle_at_once_count_every_row_once(documents: Documents) -> None:
    workers = [OutboxRepository(documents, VAULT) for _ in range(4)]
    rows = [a_delivery(f"a{n:03}", origin=Origin.BROADCAST, origin_id="b") for n in range(ROWS)]
    await workers[0].plan(rows)

    async def work(worker: OutboxRepository) -> None:
        while claimed := await worker.claim(SENDER, lanes=(1,), limit=10, lease_seconds=45):
            sending = await worker.mark_sending(claimed, lease_seconds=45)
            late = await worker.settle(
                [
                    Change(row, row.delivery.moved(state=DeliveryState.ACCEPTED, accepted_at=NOON))
                    for row in sending
                ]
            )
            assert late == []

    await asyncio.gather(*map(work, workers))
    counts = SendingCounts(documents)
    minutes = await counts.minutes("b")
    assert sum(minute.taken for minute in minutes) == ROWS
    assert sum(minute.parts for minute in minutes) == ROWS
    [carrier] = (await counts.totals("b")).carriers.values()
    assert carrier.taken == ROWS
    assert await workers[0].counts("b") == {"accepted": ROWS}


async def test_whoever_may_have_received_it_is_read_page_by_page_in_every_state(documents: Documents) -> None:
    states = ("sending", "ambiguous", "accepted", "sent", "unknown_final", "delivered")
    reached = {f"{state}{n}" for state in states for n in range(5)}
    others = ("ready", "leased", "held", "failed", "dead", "undelivered", "suppressed", "expired", "canceled")
    rows = [
        a_delivery(f"{state}{n}", origin=Origin.BROADCAST, origin_id="b", state=DeliveryState(state))
        for state in (*states, *others)
        for n in range(5)
    ]
    await OutboxRepository(documents, VAULT).plan(rows)
    source, after, found = Reached(documents, VAULT), "", []
    while page := await source.page("b", after=after, limit=7):
        found += [one.address_key.removeprefix("key-") for one in page]
        after = page[-1].id
        if len(page) < 7:
            break
    assert sorted(found) == sorted(reached)
