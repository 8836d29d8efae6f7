"""The two senders of the dispatch bench, each a process: the hub's dispatcher, and the floor.

The floor is a bare aiohttp client that posts the same bodies to the same carrier, as many at once,
and looks at the status only. It keeps nothing, so a crash would lose or double whatever it likes.
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Mapping
from pathlib import Path
from time import perf_counter

import aiohttp

from campaigns.broadcast import Broadcast, BroadcastState
from campaigns.segment import Segment
from channels.address import Address, AddressKind
from channels.contract import Accepted, ChannelKind, OutboundMessage
from channels.http import Destination, HttpAnswer, HttpClient
from channels.outbox.delivery import Delivery, MessageClass, Origin
from channels.outbox.dispatcher import Dispatcher
from channels.outbox.sender import DispatchSettings, SenderSettings
from channels.twilio.sms import TwilioSms, TwilioSmsSettings
from hub.bench.child import commands, tell
from hub.bench.texts import ACCOUNT_SID, AUTH_TOKEN, CHANNEL, PUBLIC_URL, citizen_number
from hub.repositories.repositories import COLLECTIONS, Repositories, repositories
from hub.runtime.bell import LocalBell
from hub.runtime.clock import Clock, SystemClock
from hub.runtime.gc_tuning import spare_the_collector
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import Documents
from hub.store.sqlite import open_sqlite

IN_FLIGHT = 64
_PAGE = 1000
_LIFE_MS = 86_400_000
_BROADCAST = "bench:1"
TEXT = (
    "【公安】冬季用电用火注意安全：出门断电，不在楼道给电动车充电，不让孩子玩火。"
    "接到自称公检法要求转账的电话请立即挂断并拨打96110。拒收请回复R"
)


class _Counting:
    """The text adapter, and how many texts the carrier took; sets `reached` at a number."""

    def __init__(self, sms: TwilioSms) -> None:
        self._sms = sms
        self._goal = 0
        self._taken = 0
        self.reached = asyncio.Event()

    def aim(self, more: int) -> None:
        """From now on count until `more` were taken."""
        self._goal, self._taken, self.reached = more, 0, asyncio.Event()

    async def send(self, message: OutboundMessage) -> Accepted:
        """See `channels.adapter.Sends`."""
        accepted = await self._sms.send(message)
        self._taken += 1
        if self._taken == self._goal:
            self.reached.set()
        return accepted

    @property
    def taken(self) -> int:
        """Taken since `aim`."""
        return self._taken


class _BodyCatcher(HttpClient):
    """Keeps what would have been posted, so that the floor posts exactly the same."""

    def __init__(self) -> None:
        super().__init__(connections=1)
        self.to: Destination | None = None
        self.bodies: list[bytes] = []

    async def post(
        self, to: Destination, body: bytes, *, headers: Mapping[str, str] | None = None
    ) -> HttpAnswer:
        self.to = to
        self.bodies.append(body)
        return HttpAnswer(201, {}, b'{"sid": "SM0"}')


def _sms(http: HttpClient, clock: Clock, api_base: str) -> TwilioSms:
    settings = TwilioSmsSettings(
        channel=CHANNEL,
        account_sid=ACCOUNT_SID,
        auth_tokens=(AUTH_TOKEN,),
        sender="12110",
        public_url=PUBLIC_URL,
        api_base=api_base,
    )
    return TwilioSms(settings, http, clock)


async def run_dispatcher(folder: Path, api_base: str, rows: int) -> None:
    """Plans `rows` deliveries of one broadcast; `{"count"}` → sends so many and says how fast."""
    clock = SystemClock()
    documents = await open_sqlite(folder / "outbox.db", COLLECTIONS, clock=clock)
    stores = repositories(documents, Vault(KeyRing.fresh()), cities={})
    await _plan(documents, stores, rows, clock.now_ms())
    async with HttpClient(connections=IN_FLIGHT + 8) as http:
        counting = _Counting(_sms(http, clock, api_base))
        dispatcher = Dispatcher(
            stores.outbox,
            stores.suppressions,
            {CHANNEL: counting},
            clock,
            random.Random(),
            LocalBell(),
            DispatchSettings(
                senders={CHANNEL: SenderSettings(in_flight=IN_FLIGHT)},
                windows=dict.fromkeys(MessageClass),  # a bench may run at night
            ),
        )
        spare_the_collector()  # as `hub serve` does
        tell(rows=rows)
        async for command in commands():
            counting.aim(command["count"])
            began = perf_counter()
            # When it is reached nothing more is begun, and what is in flight is still settled.
            await dispatcher.run(counting.reached)
            tell(sent=counting.taken, seconds=perf_counter() - began)
    await documents.close()


async def _plan(documents: Documents, stores: Repositories, rows: int, now: int) -> None:
    broadcast = Broadcast(
        id=_BROADCAST,
        campaign_id="bench",
        fire_at=now,
        snapshot_at=now,
        expires_at=now + _LIFE_MS,
        channel=CHANNEL,
        channel_kind=ChannelKind.SMS,
        message_class=MessageClass.L,
        text=TEXT,
        segment=Segment(("bench",)),
        personal=False,
        state=BroadcastState.RUNNING,
    )
    await documents.commit([stores.campaigns.insert_broadcast(broadcast)])
    for first in range(0, rows, _PAGE):
        page = range(first, min(first + _PAGE, rows))
        await stores.outbox.plan([_delivery(stores, number, now) for number in page])


def _delivery(stores: Repositories, number: int, now: int) -> Delivery:
    address = Address(AddressKind.PHONE, citizen_number(number))
    return Delivery(
        id=f"{_BROADCAST}:{number:08d}",
        origin=Origin.BROADCAST,
        origin_id=_BROADCAST,
        sender=CHANNEL,
        recipient=address,
        recipient_key=stores.contacts.key(address),
        message_class=MessageClass.L,
        dedup=f"{_BROADCAST}:{number:08d}",
        created_at=now,
        expires_at=now + _LIFE_MS,
        lane=3,
        parts=2,
        not_before=now,
    )


async def run_floor(api_base: str) -> None:
    """`{"first", "count"}` → posts so many bodies and says how fast."""
    clock = SystemClock()
    tell(ready=True)
    async for command in commands():
        async with _BodyCatcher() as catcher:
            sms = _sms(catcher, clock, api_base)
            for number in range(command["first"], command["first"] + command["count"]):
                await sms.send(
                    OutboundMessage(
                        delivery_id=f"floor:1:{number:08d}",
                        attempt=1,
                        channel=CHANNEL,
                        recipient=Address(AddressKind.PHONE, citizen_number(number)),
                        text=TEXT,
                    )
                )
            if catcher.to is None:
                raise ValueError("nothing to post")
            seconds = await _post_all(catcher.to, catcher.bodies)
        tell(sent=command["count"], seconds=seconds)


async def _post_all(to: Destination, bodies: list[bytes]) -> float:
    waiting = iter(bodies)
    connector = aiohttp.TCPConnector(limit=IN_FLIGHT)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def post() -> None:
            for body in waiting:
                async with session.post(to.url, data=body, headers=to.headers) as response:
                    await response.read()
                    response.raise_for_status()

        began = perf_counter()
        await asyncio.gather(*(post() for _ in range(IN_FLIGHT)))
        return perf_counter() - began


async def main(kind: str, folder: Path, api_base: str, rows: int) -> None:
    """kind: `hub` or `floor`."""
    if kind == "hub":
        await run_dispatcher(folder, api_base, rows)
    else:
        await run_floor(api_base)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])))
