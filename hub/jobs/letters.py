"""The loop that reads letters: as many at once as there are processes to read them."""

from __future__ import annotations

import asyncio

from hub.actions.intake.read_letters import ReadLetters
from hub.runtime.bell import LETTERS, Bell

_IDLE_SECONDS = 1.0


async def read_letters(read: ReadLetters, bell: Bell, *, at_once: int) -> None:
    """For the supervisor: works while letters wait, else until one is stored or comes back to be tried."""
    places = asyncio.Semaphore(at_once)
    with bell.listen(LETTERS) as ear:
        async with asyncio.TaskGroup() as group:
            while True:
                await places.acquire()
                letter = await read.next()
                if letter is None:
                    places.release()
                    await ear.wait(at_most_seconds=_IDLE_SECONDS)
                    continue
                group.create_task(read(letter), name="letter").add_done_callback(lambda _: places.release())
