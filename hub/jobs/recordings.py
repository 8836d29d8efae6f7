"""The loops that fetch recordings and recognise what was said in them. Neither waits for the other."""

from __future__ import annotations

import asyncio

from hub.actions.calls.keep_recording import KeepRecording
from hub.actions.calls.transcribe_recording import TranscribeRecording
from hub.model.call import Recording
from hub.runtime.bell import RECORDINGS, SEALED_RECORDINGS, Bell
from hub.store.codec import Versioned

_IDLE_SECONDS = 5.0
_AT_ONCE = 4
_AGAIN_AT_ONCE = 2
"""Of those at once, how many may have failed before: however many hang, there is a place for a new one."""


async def keep_recordings(keep: KeepRecording, bell: Bell) -> None:
    """For the supervisor: fetches several at once; one that is slow holds up no other."""
    running: dict[str, bool] = {}  # by recording: whether it failed before

    async def one(found: Versioned[Recording]) -> None:
        try:
            await keep(found)
        finally:
            del running[found.value.id]
            bell.ring(RECORDINGS)  # there is a place again

    with bell.listen(RECORDINGS) as ear:
        async with asyncio.TaskGroup() as group:
            while True:
                for found in await keep.due():
                    id, again = found.value.id, found.value.tries > 0
                    if len(running) >= _AT_ONCE:
                        break
                    if id in running or (again and sum(running.values()) >= _AGAIN_AT_ONCE):
                        continue
                    running[id] = again
                    group.create_task(one(found), name=f"recording {id}")
                await ear.wait(at_most_seconds=_IDLE_SECONDS)


async def transcribe_recordings(transcribe: TranscribeRecording, bell: Bell) -> None:
    """For the supervisor: works while there is something to do, else waits for a sealed recording to ring."""
    with bell.listen(SEALED_RECORDINGS) as ear:
        while True:
            if await transcribe.work() == 0:
                await ear.wait(at_most_seconds=_IDLE_SECONDS)
