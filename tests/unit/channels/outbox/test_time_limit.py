"""One timer for many calls ends the late ones and nobody else."""

from __future__ import annotations

import asyncio

import pytest

from channels.outbox.time_limit import TimeLimit


async def test_a_call_in_time_gives_what_it_gives() -> None:
    async def call() -> int:
        await asyncio.sleep(0)
        return 7

    assert await TimeLimit(5).keep(call()) == 7


async def test_late_calls_end_with_a_time_out_and_their_tasks_go_on() -> None:
    limit = TimeLimit(0.02)
    ends: list[str] = []

    async def caller(name: str) -> None:
        for turn in (1, 2):
            try:
                await limit.keep(asyncio.Event().wait())
            except TimeoutError:
                ends.append(f"{name}{turn}")
            task = asyncio.current_task()
            assert task is not None
            assert task.cancelling() == 0  # else a time-out round it would take it for a stop

    async with asyncio.timeout(5):
        await asyncio.gather(caller("a"), caller("b"))
    assert sorted(ends) == ["a1", "a2", "b1", "b2"]


async def test_a_call_begun_later_has_its_own_time() -> None:
    limit = TimeLimit(0.2)
    began: dict[str, float] = {}
    ended: dict[str, float] = {}
    loop = asyncio.get_running_loop()

    async def caller(name: str) -> None:
        began[name] = loop.time()
        with pytest.raises(TimeoutError):
            await limit.keep(asyncio.Event().wait())
        ended[name] = loop.time()

    first = asyncio.create_task(caller("first"))
    later = loop.create_future()
    loop.call_later(0.1, later.set_result, None)
    await later
    await asyncio.gather(first, caller("second"))
    assert all(ended[name] - began[name] >= 0.19 for name in began)


async def test_a_cancellation_from_outside_stays_one() -> None:
    task = asyncio.create_task(TimeLimit(5).keep(asyncio.Event().wait()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_what_a_call_raises_passes_through() -> None:
    async def call() -> None:
        raise KeyError("x")

    limit = TimeLimit(0.02)
    with pytest.raises(KeyError):
        await limit.keep(call())
    passed = asyncio.Event()
    asyncio.get_running_loop().call_later(0.05, passed.set)
    await passed.wait()  # its time passes: nobody is cancelled for it
