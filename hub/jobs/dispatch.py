"""The loop that empties the outbox: the dispatcher, its sweeper, and the bell that wakes it.

When it is cancelled it lets what is in flight come to an end and gives the rest back, so that a
restart leaves nothing ambiguous; a second cancellation ends it at once, which the leases survive.
"""

from __future__ import annotations

import asyncio
import logging

from channels.dispatcher import Dispatcher
from channels.ports import OutboxUnavailable
from channels.sweeper import Sweeper
from hub.wake import Wake

log = logging.getLogger(__name__)


async def dispatch(
    dispatcher: Dispatcher, sweeper: Sweeper, wake: Wake, *, sweep_seconds: float = 5.0
) -> None:
    """For the supervisor. Ring `wake` after a commit that added rows, and they leave at once."""
    stop = asyncio.Event()
    sending = asyncio.create_task(dispatcher.run(stop), name="dispatcher")
    beside = [
        asyncio.create_task(_ring(dispatcher, wake), name="dispatch-wake"),
        asyncio.create_task(_sweep(dispatcher, sweeper, sweep_seconds), name="dispatch-sweep"),
    ]
    try:
        await asyncio.wait([sending, *beside], return_when=asyncio.FIRST_COMPLETED)
    finally:
        stop.set()
        for task in beside:
            task.cancel()
        ends = await asyncio.gather(*beside, return_exceptions=True)
        await sending
    for end in ends:
        if isinstance(end, Exception):
            raise end  # whoever died beside it takes the loop along: the supervisor must see it


async def _ring(dispatcher: Dispatcher, wake: Wake) -> None:
    while True:
        await wake.wait(at_most_seconds=3600)
        dispatcher.wake()


async def _sweep(dispatcher: Dispatcher, sweeper: Sweeper, pause_seconds: float) -> None:
    while True:
        try:
            while await sweeper.run_once():
                dispatcher.wake()
        except OutboxUnavailable:
            log.warning("sweep_waits_for_store")
        await asyncio.sleep(pause_seconds)
