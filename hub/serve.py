"""Runs a hub: the web server and every job in one task group, and a stop in the right order.

Stop: no new requests, streams end, jobs finish what is in flight, the store closes last. After a
deadline the process goes anyway: everything acknowledged is on disk already.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from hub.app import open_hub
from hub.clock import Clock
from hub.hub import Hub
from hub.passwords import Passwords
from hub.settings import Settings
from hub.web.application import build_web

log = logging.getLogger(__name__)

_STOP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Running:
    """A hub that answers. `url` is where it listens."""

    hub: Hub
    url: str
    port: int


@asynccontextmanager
async def running(
    settings: Settings, clock: Clock, *, passwords: Passwords | None = None
) -> AsyncIterator[Running]:
    """A hub with its web server and jobs, for as long as the block runs. Port 0 picks a free one."""
    hub = await open_hub(settings, clock)
    try:
        async with _web(hub, passwords) as port:
            jobs = asyncio.create_task(hub.run_jobs(), name="jobs")
            try:
                yield Running(hub, f"http://{settings.web.host}:{port}", port)
            finally:
                jobs.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await jobs
    finally:
        await hub.close()


@asynccontextmanager
async def _web(hub: Hub, passwords: Passwords | None) -> AsyncIterator[int]:
    runner = web.AppRunner(
        build_web(hub, passwords=passwords), access_log=None, shutdown_timeout=_STOP_SECONDS / 2
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, hub.settings.web.host, hub.settings.web.port, backlog=1024)
        await site.start()
        port: int = runner.addresses[0][1]
        yield port
    finally:
        await runner.cleanup()


async def serve(
    settings: Settings, clock: Clock, *, ready: Callable[[Running], Awaitable[None]] | None = None
) -> None:
    """Runs until SIGTERM or SIGINT. `ready` is called once the hub answers."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    async with running(settings, clock) as hub:
        log.info("hub.ready", extra={"url": hub.url})
        if ready is not None:
            await ready(hub)
        await stop.wait()
        log.info("hub.stopping")
        loop.call_later(_STOP_SECONDS, _give_up)


def _give_up() -> None:
    log.error("hub.stop_deadline")
    raise SystemExit(1)
