"""The loop that empties the outbox: the dispatcher, and its sweeper beside it.

When it is cancelled it lets what is in flight come to an end and gives the rest back, so that a
restart leaves nothing ambiguous; a second cancellation ends it at once, which the leases survive.
"""

from __future__ import annotations

import asyncio
import logging

from channels.outbox.dispatcher import Dispatcher
from channels.outbox.ports import OUTBOX, OutboxUnavailable
from channels.outbox.sweeper import Sweeper
from hub.runtime.bell import Bell

log = logging.getLogger(__name__)


async def dispatch(
    dispatcher: Dispatcher, sweeper: Sweeper, bell: Bell, *, sweep_seconds: float = 5.0
) -> None:
    """For the supervisor. A commit that added rows rings, and they leave at once."""
    stop = asyncio.Event()
    sending = asyncio.create_task(dispatcher.run(stop), name="dispatcher")
    sweeping = asyncio.create_task(_sweep(sweeper, bell, sweep_seconds), name="dispatch-sweep")
    try:
        await asyncio.wait([sending, sweeping], return_when=asyncio.FIRST_COMPLETED)
    finally:
        stop.set()
        sweeping.cancel()
        [end] = await asyncio.gather(sweeping, return_exceptions=True)
        await sending
    if isinstance(end, Exception):
        raise end  # a sweeper that died takes the loop along: the supervisor must see it


async def _sweep(sweeper: Sweeper, bell: Bell, pause_seconds: float) -> None:
    while True:
        try:
            while await sweeper.run_once():
                bell.ring(OUTBOX)
        except OutboxUnavailable:
            log.warning("sweep_waits_for_store")
        await asyncio.sleep(pause_seconds)
