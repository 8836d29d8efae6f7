"""`hub demo`: starts the outside and the hub, fills it the first time, says where everything is.

Stops within three seconds of SIGTERM or Ctrl-C: whatever was acknowledged is on disk already.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import aiohttp

from hub.actions.staff.passwords import Passwords
from hub.demo.accounts import Account, open_accounts
from hub.demo.citizens import Citizens
from hub.demo.clock import ShiftedClock
from hub.demo.folder import DemoFolder, DemoSecrets
from hub.demo.look import look_in
from hub.demo.outside import Outside, outside
from hub.demo.ports import free_port
from hub.demo.sample import Sample, load
from hub.demo.seed import Seeder
from hub.demo.seed_cases import CaseSeeder
from hub.demo.settings import MAILBOX, SP_ID, Ports, demo_settings
from hub.runtime.clock import SystemClock
from hub.runtime.ids import derived_id
from hub.serve import Running, running

_STOP_SECONDS = 2.5


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """port: 0 picks a free one. store_url: MongoDB, "" = SQLite in the folder.

    elsewhere: the outside runs in another process, which left its addresses in the folder. undo_seconds: how
    long a reply can be taken back.
    """

    folder: Path
    port: int = 8080
    store_url: str = ""
    elsewhere: bool = False
    undo_seconds: int = 15


async def run_demo(options: DemoOptions, announce: Callable[[dict[str, Any]], None]) -> None:
    """Runs until SIGTERM or SIGINT. `announce` gets what `state` holds, once everything is ready.

    Raises `DemoRunning`, `PortTaken`, `Refused`, `KeyProblem`.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def leave() -> None:
        stop.set()
        loop.call_later(_STOP_SECONDS, os._exit, 0)

    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, leave)
    folder = DemoFolder(options.folder)
    with folder.held():
        async with AsyncExitStack() as stack:
            state = await _start(options, folder, stack)
            folder.write_state(state)
            announce(state)
            await stop.wait()


async def _start(options: DemoOptions, folder: DemoFolder, stack: AsyncExitStack) -> dict[str, Any]:
    sample, secrets, system = load(), folder.secrets(), SystemClock()
    world = (
        Outside(**folder.outside())
        if options.elsewhere
        else await stack.enter_async_context(outside(folder, secrets, system))
    )
    before = folder.state()
    mail_in = free_port(before.get("mail", {}).get("smtp_port", 0))
    ports = Ports(options.port, mail_in, world.smtp_port, world.text_port, world.carrier_url)
    settings = demo_settings(
        sample, folder, secrets, ports, options.store_url, undo_seconds=options.undo_seconds
    )
    clock, passwords = ShiftedClock(system), Passwords()
    if before.get("store") != _store_name(options):
        clock.put_back(minutes=sample.oldest_minutes)  # before anybody asks for the time
    server = await stack.enter_async_context(running(settings, clock, passwords=passwords))
    http = await stack.enter_async_context(aiohttp.ClientSession())
    citizens = Citizens(world.control_url, secrets.token, http)
    await citizens.connect(server.url)
    accounts = await open_accounts(server.hub, sample, passwords, clock.now_ms())
    cases = CaseSeeder(server.hub, sample, clock, citizens, mail_in)
    seeder = Seeder(server.hub, sample, clock, cases, citizens)
    if not await seeder.is_done():
        await seeder.run()
    look_url = await stack.enter_async_context(look_in(server.hub, secrets))
    return _state(server, sample, secrets, ports, world, accounts, look_url, options)


def _state(
    server: Running,
    sample: Sample,
    secrets: DemoSecrets,
    ports: Ports,
    world: Outside,
    accounts: list[Account],
    look_url: str,
    options: DemoOptions,
) -> dict[str, Any]:
    return {
        "pid": os.getpid(),
        "organisation": sample.organisation["name"],
        "urls": {
            "home": f"{server.url}/",
            "staff": f"{server.url}/staff/login",
            "feed": f"{server.url}/feed.atom",
            "health": f"{server.url}/healthz",
        },
        "accounts": [asdict(account) for account in accounts],
        "gateway": {"port": world.text_port, "sp_id": SP_ID},
        "carrier": {"url": world.carrier_url, "sid": secrets.account_sid},
        "mail": {"mailbox": MAILBOX, "smtp_port": ports.mail_in, "sink_port": world.smtp_port},
        "control": {"outside": world.control_url, "look": look_url},
        "store": _store_name(options),
        "dir": str(options.folder),
    }


def _store_name(options: DemoOptions) -> str:
    """Which store holds the sample, without what a URL may carry of secrets."""
    return f"mongodb {derived_id(options.store_url)[:8]}" if options.store_url else "sqlite"
