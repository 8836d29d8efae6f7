"""The sending side as a process of its own: the adapter, or a bare client of the echo."""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Iterator
from time import perf_counter

from channels.address import Address, AddressKind
from channels.carrier.account import AccountSettings
from channels.carrier.gateway import GatewaySettings, GatewaySms, Protocolled
from channels.carrier.link import LinkLimits
from channels.carrier.long_text import pieces
from channels.clock import Clock
from channels.cmpp.dialect import Cmpp, CmppSettings
from channels.contract import OutboundMessage
from channels.sgip.dialect import Sgip, SgipSettings
from channels.smgp.dialect import Smgp, SmgpSettings
from channels.smpp.dialect import Smpp, SmppSettings
from hub.bench.child import commands, tell
from hub.bench.gateways.peer import SECRET
from hub.bench.texts import citizen_number
from hub.runtime.clock import SystemClock
from hub.runtime.gc_tuning import spare_the_collector

TEXT = "【公安】接到自称公检法要求转账的电话请立即挂断并拨打96110。"
_NO_LIMIT = 1e9


def _protocol(name: str, clock: Clock) -> Protocolled:
    match name:
        case "smgp":
            return Smgp(SmgpSettings("901234", "12110"), clock)
        case "sgip":
            return Sgip(SgipSettings("901234", "peer", lambda: SECRET, 3059112345, "12345"), clock)
        case "smpp":
            return Smpp(SmppSettings("901234"))
    return Cmpp(CmppSettings("901234"), clock)


def _gateway(name: str, port: int, connections: int, window: int) -> GatewaySms:
    clock = SystemClock()
    account = AccountSettings(
        "bench",
        "127.0.0.1",
        port,
        lambda: SECRET,
        connections,
        rate=_NO_LIMIT,
        limits=LinkLimits(window=window),
    )
    return GatewaySms(GatewaySettings(account, "12110"), _protocol(name, clock), clock, random.Random())


async def run_adapter(name: str, port: int, connections: int, window: int) -> None:
    """`{"count"}` → sends so many texts of one part, as many at once as the windows hold."""
    gateway = _gateway(name, port, connections, window)
    running = asyncio.ensure_future(gateway.account.run())
    async with asyncio.timeout(10):
        while gateway.account.links < connections:  # noqa: ASYNC110 — nothing tells
            await asyncio.sleep(0.01)
    spare_the_collector()
    tell(ready=True)
    async for command in commands():
        numbers = (Address(AddressKind.PHONE, citizen_number(n)) for n in range(command["count"]))
        messages = iter([OutboundMessage(f"{n:08d}", 1, "bench", to, TEXT) for n, to in enumerate(numbers)])

        async def work(messages: Iterator[OutboundMessage] = messages) -> None:
            for message in messages:
                await gateway.send(message)

        began = perf_counter()
        await asyncio.gather(*(work() for _ in range(connections * window)))
        tell(sent=command["count"], seconds=perf_counter() - began)
    running.cancel()


class _Bare(asyncio.Protocol):
    """Writes the same bytes again for each that came back."""

    def __init__(self, data: bytes, window: int) -> None:
        self._data = data
        self._window = window
        self._left = self._got = self._wanted = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 — for the type
        self._transport = transport

    def begin(self, count: int) -> None:
        self.done = asyncio.get_running_loop().create_future()
        self._wanted, self._got = count * len(self._data), 0
        first = min(self._window, count)
        self._left = count - first
        for _ in range(first):
            self._transport.write(self._data)

    def data_received(self, data: bytes) -> None:
        before = self._got // len(self._data)
        self._got += len(data)
        for _ in range(min(self._left, self._got // len(self._data) - before)):
            self._left -= 1
            self._transport.write(self._data)
        if self._got >= self._wanted and not self.done.done():
            self.done.set_result(None)


async def run_bare(name: str, port: int, connections: int, window: int) -> None:
    """`{"count"}` → the bytes of so many texts there and back."""
    loop, protocol = asyncio.get_running_loop(), _protocol(name, SystemClock())
    (part,) = pieces(TEXT, reference=int)
    data = protocol.submit("12110", "13900000000", part)(protocol.sequence(1))
    clients = [
        (await loop.create_connection(lambda: _Bare(data, window), "127.0.0.1", port))[1]
        for _ in range(connections)
    ]
    spare_the_collector()
    tell(ready=True)
    async for command in commands():
        began = perf_counter()
        for client in clients:
            client.begin(command["count"] // connections)
        await asyncio.gather(*(client.done for client in clients))
        tell(sent=command["count"], seconds=perf_counter() - began)


if __name__ == "__main__":
    side, protocol, *numbers = sys.argv[1:]
    run = run_bare if side == "bare" else run_adapter
    asyncio.run(run(protocol, *map(int, numbers)))
