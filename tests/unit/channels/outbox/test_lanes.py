"""Lanes, departments and processes: who leaves before whom, over a sender with a rate and the real clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from channels.contract import Accepted, OutboundMessage
from channels.errors import Temporary
from channels.outbox.delivery import DeliveryState, MessageClass
from channels.outbox.sender import DispatchSettings, SenderSettings
from hub.runtime.clock import FakeClock, SystemClock
from tests.unit.channels.outbox.outbox_world import NOON, SENDER, World, a_delivery, a_world

RATE = 500
Until = Callable[[Callable[[], bool]], Awaitable[None]]
S = DeliveryState


class _RunningClock(FakeClock):
    """Noon, and time passes."""

    def now_ms(self) -> int:
        real = SystemClock().now_ms()
        self.began = getattr(self, "began", real)
        return NOON + real - self.began


@pytest.fixture
def world() -> World:
    return a_world(_RunningClock(NOON))


@asynccontextmanager
async def sending(world: World, **settings: float) -> AsyncIterator[Until]:
    """A dispatcher that runs; gives what waits for something to be seen by the provider."""
    stop, seen = asyncio.Event(), asyncio.Event()

    def script(message: OutboundMessage) -> Accepted:
        seen.set()
        return Accepted((f"SM-{message.delivery_id}",))

    async def until(true: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not true():
                seen.clear()
                await seen.wait()

    world.provider.script = script
    sender = SenderSettings(**{"parts_per_second": RATE, **settings})  # type: ignore[arg-type]
    dispatcher = world.dispatcher(DispatchSettings(default_sender=sender, poll_seconds=0.05))
    running = asyncio.create_task(dispatcher.run(stop))
    yield until
    stop.set()
    await running


async def put(world: World, name: str, number: int, message_class: MessageClass) -> list[str]:
    rows = [a_delivery(f"{name}{n:05}", message_class) for n in range(number)]
    for start in range(0, number, 500):
        await world.put(*rows[start : start + 500])
    return [row.id for row in rows]


async def test_a_reply_leaves_while_a_warning_to_very_many_does(world: World) -> None:
    await put(world, "red", 900, MessageClass.E0)
    async with sending(world) as until:
        await until(lambda: len(world.provider.seen) >= 50)
        await put(world, "reply", 1, MessageClass.E1)
        before = len(world.provider.seen)
        await until(lambda: "reply00000" in world.provider.ids)
        assert len(world.provider.seen) - before < RATE / 2 + 100  # half a second, of the three it may take


async def test_without_a_rate_a_reply_does_not_wait_behind_a_warning_either(world: World) -> None:
    await put(world, "red", 900, MessageClass.E0)
    async with sending(world, parts_per_second=0) as until:
        await until(lambda: len(world.provider.seen) >= 50)
        await put(world, "reply", 1, MessageClass.E1)
        before = len(world.provider.seen)
        await until(lambda: "reply00000" in world.provider.ids)
        assert len(world.provider.seen) - before < 400


async def test_a_warning_overtakes_a_lesson_in_its_middle_and_nobody_is_lost(world: World) -> None:
    lessons = await put(world, "lesson", 800, MessageClass.L)
    async with sending(world) as until:
        await until(lambda: len(world.provider.seen) >= 50)
        red = await put(world, "red", 200, MessageClass.E0)
        before = len(world.provider.seen)
        await until(lambda: set(red) <= set(world.provider.ids))
        between = world.provider.ids[before : world.provider.ids.index(red[-1])]
        assert sum(id.startswith("lesson") for id in between) <= 350  # what was paid for, and no more
        await until(lambda: len(world.provider.seen) == 1000)
    assert sorted(world.provider.ids) == sorted([*lessons, *red])
    assert await world.states(lessons) == {S.ACCEPTED}


async def test_departments_take_turns() -> None:
    world = a_world()
    for department, number in (("big", 400), ("small", 40)):
        row = a_delivery("x", MessageClass.N, department=department)
        many = [replace(row, id=f"{department}{n:03}", dedup=f"{department}{n}") for n in range(number)]
        await world.put(*many)
    await world.dispatcher(DispatchSettings(batch=80)).run_once(SENDER)
    assert sum(id.startswith("small") for id in world.provider.ids) == 40
    assert len(world.provider.ids) == 80


async def test_what_the_provider_says_to_one_process_slows_the_others() -> None:
    world = a_world()
    await world.put(a_delivery("a"))
    world.provider.answers(Temporary("20429", "too many", slow_down=True))
    settings = DispatchSettings(senders={SENDER: SenderSettings(parts_per_second=100)})
    one, other = world.dispatcher(settings), world.dispatcher(settings)
    await one.run_once(SENDER)
    await world.put(a_delivery("b"))
    await other.run_once(SENDER)
    assert other.health()[0].parts_per_second == pytest.approx(70)


async def test_an_intent_that_had_to_wait_is_not_posted_any_more() -> None:
    world = a_world()
    await world.put(*(a_delivery(f"a{n}") for n in range(3)))

    def stall(message: OutboundMessage) -> Accepted:
        world.clock.advance(seconds=11)  # the machine stands still before the next one is written
        return Accepted(("SM",))

    world.provider.script = stall
    await world.dispatcher().run_once(SENDER)
    assert world.provider.ids == ["a0"]
    row = await world.row("a1")
    assert (row.state, row.attempt, row.reason) == (S.READY, 0, "stale_intent")


async def test_what_is_held_at_the_gate_costs_nothing() -> None:
    world = a_world()
    world.clock.advance(seconds=11 * 3600)  # lessons wait for the morning
    late = world.clock.at + 48 * 3_600_000
    await world.put(*(a_delivery(f"a{n}", MessageClass.L, expires_at=late) for n in range(50)))
    settings = DispatchSettings(senders={SENDER: SenderSettings(parts_per_second=100)})
    dispatcher = world.dispatcher(settings)
    assert await dispatcher.run_once(SENDER) == 50
    await world.put(*(a_delivery(f"b{n}", expires_at=late) for n in range(50)))
    await dispatcher.run_once(SENDER)
    assert len(world.provider.ids) == 50
