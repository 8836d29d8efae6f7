"""A pause that another process writes: what is in flight still leaves, the rest waits and leaves once."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from campaigns.broadcast import BroadcastState
from channels.contract import Accepted, OutboundMessage
from channels.outbox.delivery import DeliveryState, MessageClass, Origin
from channels.outbox.sender import DispatchSettings, SenderSettings
from tests.unit.channels.outbox.outbox_world import SENDER, World, a_broadcast, a_delivery, a_world

S = DeliveryState
ROWS, CLICK, AT_ONCE, TOGETHER = 120, 10, 4, 8


@pytest.fixture
def world() -> World:
    return a_world()


class PausesInTheMiddle:
    """A provider during whose tenth message somebody clicks, in a process that rings no bell here."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.seen: list[str] = []

    async def send(self, message: OutboundMessage) -> Accepted:
        self.seen.append(message.delivery_id)
        if len(self.seen) == CLICK:
            await self.world.put_broadcast(a_broadcast("b", BroadcastState.PAUSED))
        return Accepted((f"SM{message.delivery_id}",))


async def test_only_what_is_in_flight_leaves_after_the_click_and_then_exactly_the_rest(world: World) -> None:
    await world.put_broadcast(a_broadcast("b"))
    rows = [
        a_delivery(f"a{n:03}", MessageClass.N, origin=Origin.BROADCAST, origin_id="b", text="")
        for n in range(ROWS)
    ]
    await world.put(*rows)
    provider, stop = PausesInTheMiddle(world), asyncio.Event()
    world.senders[SENDER] = provider
    narrow = SenderSettings(in_flight=AT_ONCE, urgent_in_flight=AT_ONCE)
    settings = DispatchSettings(default_sender=narrow, intent_batch=TOGETHER, batch=16, poll_seconds=0.01)
    running = asyncio.create_task(world.dispatcher(settings).run(stop))

    async def all_are(*wanted: DeliveryState) -> Counter[DeliveryState]:
        async with asyncio.timeout(20):
            while True:
                found = Counter((await world.outbox.states([row.id for row in rows])).values())
                if set(found) <= set(wanted):
                    return found
                await asyncio.sleep(0)

    found = await all_are(S.ACCEPTED, S.HELD)
    left = len(provider.seen)
    assert CLICK <= left <= CLICK + AT_ONCE + 2 * TOGETHER
    assert found == {S.ACCEPTED: left, S.HELD: ROWS - left}
    await world.put_broadcast(a_broadcast("b"))
    assert await world.outbox.sweep_origins(limit=ROWS) == ROWS - left
    await all_are(S.ACCEPTED)
    stop.set()
    await running
    assert sorted(provider.seen) == [row.id for row in rows]
