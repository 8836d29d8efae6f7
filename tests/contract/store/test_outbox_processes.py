"""Two processes over one outbox, on every engine: the same rows, the same tokens, the same turns."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from channels.contract import Accepted, OutboundMessage
from channels.outbox.delivery import DeliveryState, MessageClass
from channels.outbox.dispatcher import Dispatcher
from channels.outbox.limits import NO_LIMITS
from channels.outbox.pace import Pace
from channels.outbox.sender import DispatchSettings, SenderSettings
from hub.repositories.outbox import OutboxRepository
from hub.repositories.suppressions import SuppressionRepository
from hub.runtime.bell import LocalBell
from hub.runtime.clock import FakeClock
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import Documents
from hub.store.sqlite import open_sqlite
from tests.contract.store.conftest import Engine
from tests.unit.channels.outbox.outbox_world import COLLECTIONS, NOON, SENDER, a_delivery

Pair = tuple[Documents, Documents]


@pytest.fixture
async def processes(engine: Engine) -> Pair:
    return await engine.open_two(COLLECTIONS, FakeClock(NOON))


async def test_tokens_are_taken_once(processes: Pair) -> None:
    vault = Vault(KeyRing.fresh())
    outboxes = [OutboxRepository(documents, vault) for documents in processes]

    def ask(pace: Pace, _: int) -> tuple[Pace, int]:
        after, grant = pace.ask(3, [1] * 10, NOON, contract=100)  # time stands still
        return after, grant.rows

    granted = await asyncio.gather(*(outbox.pace(SENDER, ask) for outbox in outboxes for _ in range(6)))
    assert sum(granted) == 50


async def test_two_dispatchers_send_everything_once_and_by_turns(processes: Pair) -> None:
    vault = Vault(KeyRing.fresh())
    seen: list[str] = []
    stop, done = asyncio.Event(), asyncio.Event()

    class Provider:
        async def send(self, message: OutboundMessage) -> Accepted:
            seen.append(message.delivery_id)
            if len(seen) == 90:
                done.set()
            return Accepted((f"SM{message.delivery_id}",))

    outboxes = [OutboxRepository(documents, vault) for documents in processes]
    now = await processes[0].now_ms()
    plain = a_delivery("x", MessageClass.E1, not_before=now, expires_at=now + 3_600_000)
    rows = [
        replace(plain, id=f"{name}{n:02}", dedup=f"{name}{n}", department=name, lane=lane)
        for name, lane, number in (("big", 1, 60), ("small", 1, 20), ("red", 0, 10))
        for n in range(number)
    ]
    await outboxes[0].plan(rows)
    assert [one.department for one in await outboxes[1].waiting(SENDER, 1)] == ["big", "small"]
    settings = DispatchSettings(
        default_sender=SenderSettings(in_flight=4, urgent_in_flight=4),
        poll_seconds=0.05,
        limits=NO_LIMITS,  # all rows say the same to one number
    )
    dispatchers = [
        Dispatcher(
            outbox,
            SuppressionRepository(documents, vault),
            {SENDER: Provider()},
            FakeClock(NOON),
            random.Random(1),
            LocalBell(),
            settings,
        )
        for outbox, documents in zip(outboxes, processes, strict=True)
    ]
    running = [asyncio.create_task(dispatcher.run(stop)) for dispatcher in dispatchers]
    async with asyncio.timeout(60):
        await done.wait()
        stop.set()
        await asyncio.gather(*running)
    assert sorted(seen) == sorted(row.id for row in rows)
    last = max(place for place, id in enumerate(seen) if id.startswith("small"))
    assert last < 75  # not behind all of the other department
    states = await outboxes[1].states([row.id for row in rows])
    assert set(states.values()) == {DeliveryState.ACCEPTED}


async def test_a_claim_reads_its_index_and_no_other_row(tmp_path: Path) -> None:
    store = await open_sqlite(tmp_path / "hub.db", COLLECTIONS, clock=FakeClock(NOON))
    await store.close()
    asked = (
        "f_queue = 'a' AND f_not_before <= 5 ORDER BY f_not_before, id",
        "f_queue > 'a' AND f_queue < 'b' ORDER BY f_queue, f_not_before, id",
    )
    with closing(sqlite3.connect(tmp_path / "hub.db")) as file:
        for where in asked:
            [step] = file.execute(f"EXPLAIN QUERY PLAN SELECT id FROM c_outbox WHERE {where} LIMIT 1")  # noqa: S608
            assert "COVERING INDEX i_outbox_queue_not_before" in step[3]
