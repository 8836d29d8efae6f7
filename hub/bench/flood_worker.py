"""The process of the bench `texts`: a hub, or a bare store, that is given texts at a steady rate.

Steps: `floor` and `hub` take in `count` of them, `again` looks at what is due, for a minute at most.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from channels.address import Address, AddressKind
from channels.contract import ChannelKind, InboundMessage
from hub.app import open_hub
from hub.bench.child import BenchFailed, commands, tell
from hub.bench.site import settings_in
from hub.bench.texts import CHANNEL, citizen_number, citizen_text
from hub.hub import Hub
from hub.repositories.meaning_due import waiting
from hub.runtime.clock import SystemClock
from hub.runtime.gc_tuning import spare_the_collector
from hub.store.documents import Collection, Insert
from hub.store.sqlite import open_sqlite
from knowledge_base.files.importer import shipped

_NOBODY = "http://127.0.0.1:9"
_WARM_UP = 100
_LOOK_SECONDS = 1.0
_AGAIN_SECONDS = 60.0
"""Of one step."""


async def main(folder: Path) -> None:
    """Answers commands until the pipe closes."""
    tell(ready=True)
    hub: Hub | None = None
    async for command in commands():
        match command["step"]:
            case "floor":
                tell(**await _floor(folder, command["rate"], command["count"]))
            case "hub":
                hub = await open_hub(settings_in(folder, api_base=_NOBODY), SystemClock())
                spare_the_collector()  # as `hub serve` does
                tell(**await _hub(hub, command["rate"], command["count"], _texts(command["different"])))
            case _ if hub is not None:
                tell(**await _again(hub))
    if hub is not None:
        await hub.close()


def _texts(different: int) -> list[str]:
    """Questions as they are tested, and every fourth a matter for a person."""
    tests = cycle([text for entry in shipped() for text in entry.tests])
    return [
        text if number % 4 else citizen_text(number) for number, text in enumerate(islice(tests, different))
    ]


async def _floor(folder: Path, rate: int, count: int) -> dict[str, float]:
    documents = await open_sqlite(folder / "floor.db", [Collection("texts")], clock=SystemClock())

    async def take(number: int) -> None:
        await documents.commit([Insert("texts", f"{number:032x}", {"text": citizen_text(number)})])

    measured = await _at_rate(take, rate, count)
    await documents.close()
    return measured


async def _hub(hub: Hub, rate: int, count: int, texts: Sequence[str]) -> dict[str, float]:
    async def take(number: int) -> None:
        sender = Address(AddressKind.PHONE, citizen_number(number))
        text, now = texts[number % len(texts)], hub.clock.now_ms()
        event = InboundMessage(CHANNEL, ChannelKind.SMS, f"SM{number:032x}", sender, "12110", text, now)
        await hub.actions.accept_event(event)

    async def look() -> None:
        while True:
            if not await hub.actions.look_again.step():
                await asyncio.sleep(_LOOK_SECONDS)

    for number in range(_WARM_UP):
        await take(count + number)
    looking = asyncio.create_task(look())
    measured = await _at_rate(take, rate, count)
    looking.cancel()
    await asyncio.gather(looking, return_exceptions=True)
    return measured | {"due": (await waiting(hub.documents))[0]}


async def _again(hub: Hub) -> dict[str, Any]:
    began = time.perf_counter()
    ends_at = began + _AGAIN_SECONDS
    while (await waiting(hub.documents))[0] and time.perf_counter() < ends_at:
        await hub.actions.look_again.step()
    left, _ = await waiting(hub.documents)
    return {"seconds": time.perf_counter() - began, "left": left}


async def _at_rate(take: Callable[[int], Awaitable[None]], rate: int, count: int) -> dict[str, float]:
    """Begins one after the other, whether the last has ended or not: who writes does not wait for others. A
    wait counts from when one was to begin."""
    waited: list[float] = []
    began, cpu = time.perf_counter(), time.process_time()

    async def one(number: int) -> None:
        await take(number)
        waited.append(time.perf_counter() - began - number / rate)

    tasks: list[asyncio.Task[None]] = []
    while len(tasks) < count:
        due = min(count, int((time.perf_counter() - began) * rate) + 1)
        tasks += [asyncio.create_task(one(number)) for number in range(len(tasks), due)]
        await asyncio.sleep(1 / rate)
    await asyncio.gather(*tasks)
    seconds, used = time.perf_counter() - began, time.process_time() - cpu
    if len(waited) != count:
        raise BenchFailed(f"texts: {count - len(waited)} were not taken")
    waited.sort()
    return {
        "p50": waited[count // 2] * 1000,
        "p99": waited[count * 99 // 100] * 1000,
        "per_second": count / seconds,
        "cpu_us": used / count * 1e6,
    }


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
