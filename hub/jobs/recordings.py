"""The loop that fetches and seals recordings."""

from __future__ import annotations

from hub.actions.keep_recording import KeepRecording
from hub.bell import RECORDINGS, Bell

_IDLE_SECONDS = 5.0


async def keep_recordings(keep: KeepRecording, bell: Bell) -> None:
    """For the supervisor: works while there is something to do, else waits for a call to ring."""
    with bell.listen(RECORDINGS) as ear:
        while True:
            if await keep.work() == 0:
                await ear.wait(at_most_seconds=_IDLE_SECONDS)
