"""The dispatch loop: a commit sends at once, a cancellation leaves nothing in the air."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from channels.contract import Accepted, OutboundMessage
from channels.outbox.delivery import DeliveryState
from channels.outbox.sender import DispatchSettings
from hub.jobs.dispatch import dispatch
from tests.unit.channels.outbox.outbox_world import a_delivery, a_world

NEVER = DispatchSettings(poll_seconds=3600)


async def test_a_reply_leaves_once_it_is_committed() -> None:
    world = a_world()
    left, first = asyncio.Event(), asyncio.Event()

    def script(message: OutboundMessage) -> Accepted:
        (left if message.delivery_id == "reply" else first).set()
        return Accepted(("SM",))

    world.provider.script = script
    await world.put(a_delivery("first"))
    running = asyncio.create_task(dispatch(world.dispatcher(NEVER), world.sweeper, world.bell))
    async with asyncio.timeout(10):
        await first.wait()
        await world.put(a_delivery("reply"))
        await left.wait()
    running.cancel()
    await _ended(running)
    assert await world.state("reply") is DeliveryState.ACCEPTED


async def test_what_is_in_flight_is_settled_before_the_loop_ends() -> None:
    world = a_world()
    begun, answer = asyncio.Event(), asyncio.Event()

    class Slow:
        async def send(self, message: OutboundMessage) -> Accepted:
            begun.set()
            await answer.wait()
            return Accepted(("SM",))

    world.senders["sms-12110"] = Slow()
    await world.put(a_delivery("a"))
    running = asyncio.create_task(dispatch(world.dispatcher(NEVER), world.sweeper, world.bell))
    await begun.wait()
    running.cancel()
    answer.set()
    await _ended(running)
    assert await world.state("a") is DeliveryState.ACCEPTED


async def test_a_sweeper_that_dies_takes_the_loop_along() -> None:
    world = a_world()

    async def broken(*, limit: int) -> int:
        raise LookupError("broken")

    world.outbox.sweep_origins = broken  # type: ignore[method-assign]
    async with asyncio.timeout(10):
        with pytest.raises(LookupError):
            await dispatch(world.dispatcher(NEVER), world.sweeper, world.bell)


async def _ended(running: asyncio.Task[None]) -> None:
    async with asyncio.timeout(10):
        with contextlib.suppress(asyncio.CancelledError):
            await running
