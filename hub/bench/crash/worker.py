"""Processes that send, one after another: broadcasts, dispatcher, sweeper, receipts.

Each is the code of the hub with nothing round it, over a store it may share with others. It plays the story
until everything has come to its end, says how every row ended, and is killed on the way where it was told to.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import random
import sys
import traceback
import zlib
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from aiohttp import web

from channels.contract import Receipt, WebhookRequest
from channels.http import HttpClient
from channels.outbox.delivery import DeliveryState
from channels.outbox.dispatcher import Dispatcher
from channels.outbox.ports import Change
from channels.outbox.sender import DispatchSettings, SenderSettings
from channels.outbox.sweeper import Sweeper
from channels.points import Point, arm
from channels.twilio.sms import TwilioSms, TwilioSmsSettings
from hub.actions.deliveries.apply_receipt import ApplyReceipt
from hub.bench.child import tell
from hub.bench.crash.scene import FastClock, Story, prepare, scene_settings
from hub.bench.crash.served_store import store_at
from hub.bench.texts import ACCOUNT_SID, AUTH_TOKEN, CHANNEL, PUBLIC_URL
from hub.jobs.broadcasts import BroadcastLoop
from hub.jobs.dispatch import dispatch
from hub.repositories.leases import LeaseRepository
from hub.repositories.outbox import OutboxRepository
from hub.repositories.repositories import Repositories, repositories
from hub.repositories.ringing_documents import RingingDocuments
from hub.runtime.bell import LocalBell
from hub.runtime.errors import HubError
from hub.store.around import DocumentsAround
from hub.store.crypto import Vault
from hub.store.documents import Documents, StoreUnavailable
from hub.wiring.publicity.campaigns import campaign_settings, campaigns_on
from hub.wiring.store import open_store, open_vault

_UNHEARD = 2
"""Of so many deliveries the carrier never says anything of one."""
_IN_FLIGHT = 8
_PAGE = 10


@dataclass(frozen=True, slots=True)
class Order:
    """folder: of the round. served: "" or where another process serves the store. people: to prepare the
    store for, 0 = it is. at: "" or where to be killed, the `passing`-th time."""

    folder: str
    api_base: str
    began: int
    mongodb: str = ""
    database: str = ""
    served: str = ""
    people: int = 0
    at: str = ""
    passing: int = 1


class _Watched(OutboxRepository):
    """Lists, in a file that survives the process, every row of which nobody knew whether it was sent."""

    def __init__(self, documents: Documents, vault: Vault, path: Path) -> None:
        super().__init__(documents, vault)
        self._path = path

    async def settle(self, changes: Sequence[Change]) -> list[Change]:
        """See `OutboxRepository`."""
        unsure = [c.after.id for c in changes if c.after.state is DeliveryState.AMBIGUOUS]
        if unsure:
            with self._path.open("a") as file:
                file.write("".join(f"{id}\n" for id in unsure))
        return await super().settle(changes)


class _OnClock(DocumentsAround):
    """A store whose clock is the played one; a server has its own."""

    def __init__(self, documents: Documents, clock: FastClock) -> None:
        super().__init__(documents)
        self.now_ms = self._now
        self._clock = clock

    async def _now(self) -> int:
        return self._clock.now_ms()


class Office:
    """What one process is made of."""

    def __init__(self, order: Order, documents: Documents, vault: Vault, clock: FastClock) -> None:
        self.bell = LocalBell()
        self.documents = RingingDocuments(_OnClock(documents, clock), self.bell)
        self.stores: Repositories = repositories(self.documents, vault, cities={})
        self.outbox = _Watched(self.documents, vault, Path(order.folder) / "ambiguous")
        self.clock = clock
        settings = scene_settings(Path(order.folder), api_base=order.api_base, mongodb="", database="")
        campaigns = replace(campaign_settings(settings), page_size=_PAGE)
        actions = campaigns_on(self.documents, self.stores, self.outbox, clock, campaigns)
        self.desk, self.planning = actions.desk, actions.planning

    async def send(self, sms: TwilioSms, holder: str) -> None:
        """All loops, until canceled."""
        sender = SenderSettings(in_flight=_IN_FLIGHT, urgent_in_flight=_IN_FLIGHT)
        settings = DispatchSettings(
            senders={CHANNEL: sender}, batch=2 * _PAGE, intent_batch=_PAGE, poll_seconds=0.05
        )
        dispatcher = Dispatcher(
            self.outbox,
            self.stores.suppressions,
            {CHANNEL: sms},
            self.clock,
            random.Random(),
            self.bell,
            settings,
        )
        leases = LeaseRepository(self.documents, holder=holder)
        loop = BroadcastLoop(self.desk, leases, idle_seconds=0.05, pages=2)
        async with asyncio.TaskGroup() as tasks:
            sweeper = Sweeper(self.outbox)
            sending = partial(dispatch, dispatcher, sweeper, self.bell, sweep_seconds=0.1)
            tasks.create_task(_kept(sending))
            tasks.create_task(_kept(loop.run))


async def _kept(work: Callable[[], Awaitable[None]]) -> None:
    """Begun again when a server cannot be reached, as the hub's supervisor does."""
    while True:
        with suppress(StoreUnavailable):
            await work()
        await asyncio.sleep(0.2)


async def _listen(office: Office, sms: TwilioSms) -> tuple[web.AppRunner, str]:
    apply = ApplyReceipt(office.outbox)

    async def status(request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        called = WebhookRequest(
            request.method, request.raw_path, headers, await request.read(), office.clock.now_ms()
        )
        received = await sms.receive(called, part="status")
        for event in received.events:
            if isinstance(event, Receipt) and zlib.crc32(event.delivery_id.encode()) % _UNHEARD:
                await apply(event)
        return web.Response(status=204)

    app = web.Application()
    app.router.add_post(f"/webhooks/twilio/{CHANNEL}/status", status)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


async def main(order: Order) -> None:
    """Works until all is done; says its address, and at the end every row."""
    nursery = os.getppid()
    clock = FastClock(order.began)
    settings = scene_settings(
        Path(order.folder), api_base=order.api_base, mongodb=order.mongodb, database=order.database
    )
    documents = (
        store_at(Path(order.served)) if order.served else await open_store(settings, clock, migrated=False)
    )
    office = Office(order, documents, await open_vault(settings, documents), clock)
    if order.people:
        await prepare(office.documents, office.stores, office.desk, order.people)
    async with HttpClient(connections=4 * _IN_FLIGHT) as http:
        sms = TwilioSms(
            TwilioSmsSettings(CHANNEL, ACCOUNT_SID, (AUTH_TOKEN,), "12110", PUBLIC_URL, order.api_base),
            http,
            clock,
        )
        runner, url = await _listen(office, sms)
        tell(url=url)
        if order.at:
            arm(Point(order.at), passing=order.passing)
        sending = asyncio.create_task(office.send(sms, url))
        story = Story(office.documents, office.stores, office.desk, office.planning)
        ended = False
        while not ended:
            with suppress(HubError, StoreUnavailable):  # another process was first, or the server is away
                ended = await story.step()
            if sending.done():
                await sending
            if os.getppid() != nursery:
                sys.exit("the bench has ended")
            await asyncio.sleep(0.02)
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        tell(rows=await story.rows())
        await runner.cleanup()
    await documents.close()


def run_orders() -> None:
    """One order after another, each in a process of its own, and how that ended. What all of them need is
    loaded once, so a process is there in a moment.
    """
    logging.getLogger().setLevel(logging.ERROR)  # what is tried again says so all the time
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # calls that were cut are what is wanted
    tell(ready=True)
    for line in sys.stdin:
        worker = os.fork()
        if not worker:
            try:
                asyncio.run(main(Order(**json.loads(line))))
                os._exit(0)
            except BaseException:
                traceback.print_exc()
                os._exit(1)
        tell(ended=os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1]))


if __name__ == "__main__":
    run_orders()
