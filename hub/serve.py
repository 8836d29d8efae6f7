"""Runs a hub: the web server and every job in one task group, and a stop in the right order.

Stop: no new requests, streams end, jobs finish what is in flight, the store closes last. After a
deadline the process goes anyway: everything acknowledged is on disk already.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from hub.actions.staff.passwords import Passwords
from hub.app import open_hub
from hub.hub import Hub
from hub.repositories.staff.held_forms import HeldFormRepository
from hub.runtime.clock import Clock
from hub.runtime.errors import HubError
from hub.runtime.gc_tuning import spare_the_collector
from hub.runtime.service_manager import ServiceManager
from hub.settings.settings import Settings
from hub.web.guard.connections import Connections, GuardedSite
from hub.web.guard.staff import Staff
from hub.web.site import build_site

log = logging.getLogger(__name__)

_STOP_SECONDS = 10.0


class PortTaken(HubError):
    """Another program listens there."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(f"{host}:{port} 已被占用 (is taken by another program)")


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
    """A hub with its web server and jobs, for as long as the block runs. Port 0 picks a free one.

    Raises `PortTaken` before anything is opened. `passwords`: cheaper hashing for tests.
    """
    with _listening(settings.web.host, settings.web.port) as listener:
        port: int = listener.getsockname()[1]
        settings = settings.model_copy(update={"web": settings.web.model_copy(update={"port": port})})
        hub = await open_hub(settings, clock)
        try:
            async with _web(hub, listener, passwords or Passwords()):
                jobs = asyncio.create_task(hub.run_jobs(), name="jobs")
                try:
                    yield Running(hub, f"http://{settings.web.host}:{port}", port)
                finally:
                    jobs.cancel()
                    with contextlib.suppress(asyncio.CancelledError):
                        await jobs
        finally:
            await hub.close()


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(1024)  # at once: two hubs that start together must not both have the port
    except OSError as problem:
        listener.close()
        raise PortTaken(host, port) from problem
    return listener


@asynccontextmanager
async def _web(hub: Hub, listener: socket.socket, passwords: Passwords) -> AsyncIterator[None]:
    settings = hub.settings
    staff = Staff.build(
        clock=hub.clock,
        agents=hub.repositories.agents,
        units=hub.repositories.units,
        logins=hub.repositories.sessions,
        setup=hub.repositories.setup,
        devices=hub.repositories.known_devices,
        held=HeldFormRepository(hub.documents, hub.vault),
        passwords=passwords,
        mark=hub.vault.log_mark,
        words=(settings.organisation.name, settings.organisation.province, settings.organisation.signature),
        insecure_cookies=settings.web.insecure_cookies,
    )
    runner = web.AppRunner(build_site(hub, staff), access_log=None, shutdown_timeout=_STOP_SECONDS / 2)
    await runner.setup()
    try:
        connections = Connections(settings.web)
        await GuardedSite(runner, listener, backlog=1024).start_guarded(connections)
        watch = asyncio.create_task(connections.watch(), name="connections")
        try:
            yield
        finally:
            watch.cancel()
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
    manager = ServiceManager()
    async with running(settings, clock) as hub:
        spare_the_collector()
        manager.tell("READY=1")
        living = asyncio.create_task(manager.live(), name="watchdog")
        log.info("hub.ready", extra={"url": hub.url})
        if ready is not None:
            await ready(hub)
        await stop.wait()
        manager.tell("STOPPING=1")
        living.cancel()
        log.info("hub.stopping")
        loop.call_later(_STOP_SECONDS, _give_up)


def _give_up() -> None:
    log.error("hub.stop_deadline")
    raise SystemExit(1)
