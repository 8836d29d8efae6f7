"""An adapter connected to a played gateway, for each protocol."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest

from channels.adapter import Event
from channels.address import Address, AddressKind
from channels.carrier.account import AccountSettings
from channels.carrier.gateway import GatewaySettings, GatewaySms, Listening, Protocolled
from channels.carrier.link import LinkLimits
from channels.cmpp.dialect import Cmpp, CmppSettings
from channels.contract import (
    OutboundMessage,
)
from channels.loopback.cmpp import CmppGateway
from channels.loopback.gateway import GatewayPlan, PlayedGateway
from channels.loopback.sgip import SgipGateway
from channels.loopback.smgp import SmgpGateway
from channels.loopback.smpp import SmppGateway
from channels.sgip.dialect import Sgip, SgipSettings
from channels.smgp.dialect import Smgp, SmgpSettings
from channels.smpp.dialect import Smpp, SmppSettings
from hub.runtime.clock import FakeClock

ACCOUNT = "901234"
PHONE = Address(AddressKind.PHONE, "+8613800138000")
LONG = "河边护栏断了一截，怕有人掉下去。" * 9  # 144 characters: three parts
LIMITS = LinkLimits(answer_seconds=1.0, idle_seconds=60)


def text(words: str = "护栏已修好", *, delivery_id: str = "d1", to: Address = PHONE) -> OutboundMessage:
    return OutboundMessage(delivery_id, 1, "sms-mobile", to, words)


@dataclass(frozen=True, slots=True)
class Speaks:
    """A protocol: its played gateway, and its codes for busy and for a number that does not exist."""

    name: str
    version: int
    gateway: type[PlayedGateway]
    busy: int
    bad_number: int
    login: str

    def protocol(self, version: int, clock: FakeClock, more: Mapping[str, Any]) -> Protocolled:
        if self.gateway is SgipGateway:
            return Sgip(SgipSettings(ACCOUNT, "smg", lambda: "s3cret", 3059112345, "12345", **more), clock)
        if self.gateway is SmppGateway:
            return Smpp(SmppSettings(ACCOUNT, **more))
        if self.gateway is SmgpGateway:
            return Smgp(SmgpSettings(ACCOUNT, "12110", version, **more), clock)
        return Cmpp(CmppSettings(ACCOUNT, version, **more), clock)

    def plan(self, **how: Any) -> GatewayPlan:
        return GatewayPlan(**{"version": self.version, "state": "", **how})


CMPP_2 = Speaks("cmpp 2.0", 2, CmppGateway, 8, 13, "connect")
CMPP_3 = Speaks("cmpp 3.0", 3, CmppGateway, 8, 13, "connect")
SMGP = Speaks("smgp 3.0", 3, SmgpGateway, 1, 47, "login")
SMPP = Speaks("smpp 3.4", 3, SmppGateway, 0x58, 0x0B, "bind")
SGIP = Speaks("sgip 1.2", 3, SgipGateway, 88, 6, "bind")
speaking = pytest.mark.parametrize("speaks", [CMPP_2, CMPP_3, SMGP, SMPP, SGIP], ids=lambda one: one.name)
kept = pytest.mark.parametrize("speaks", [CMPP_3, SMGP, SMPP], ids=lambda one: one.name)
each = pytest.mark.parametrize("speaks", [CMPP_3, SMGP, SMPP, SGIP], ids=lambda one: one.name)


@dataclass
class Desk:
    """The hub's side: an adapter, and everything it brought."""

    sms: GatewaySms
    gateway: PlayedGateway
    events: list[Event] = field(default_factory=list)
    refuses: int = 0
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def accept(self, event: Event) -> None:
        if self.refuses:
            self.refuses -= 1
            raise OSError("the store is away")
        async with self.arrived:
            self.events.append(event)
            self.arrived.notify_all()

    async def until(self, count: int) -> list[Event]:
        async with asyncio.timeout(10), self.arrived:
            await self.arrived.wait_for(lambda: len(self.events) >= count)
        return self.events


async def eventually(holds: Callable[[], bool]) -> None:
    """Returns when it holds; what it looks at changes on the event loop."""
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 — nothing tells
            await asyncio.sleep(0)


async def at_once(_: float) -> None:
    """In place of the pause before a connection is made again."""


async def never(_: float) -> None:
    await asyncio.Event().wait()


@asynccontextmanager
async def desk(
    plan: GatewayPlan | None = None,
    *,
    speaks: Speaks = CMPP_3,
    limits: LinkLimits = LIMITS,
    connections: int = 1,
    secret: str | Callable[[], str] = "s3cret",
    sleep: Callable[[float], Awaitable[None]] | None = None,
    patience_seconds: float = 15.0,
    allowed: tuple[str, ...] = (),
    **more: Any,
) -> AsyncIterator[Desk]:
    """An adapter that is connected, unless the gateway does not let it in."""
    clock = FakeClock()
    plan = plan or speaks.plan()
    async with speaks.gateway(ACCOUNT, "s3cret", clock.now_ms, plan) as gateway:
        is_sgip = speaks is SGIP  # nothing is connected before it is needed; what comes is brought to us
        account = AccountSettings(
            "sms-mobile",
            "127.0.0.1",
            gateway.port,
            secret if callable(secret) else lambda: secret,
            connections,
            rate=5000,
            limits=limits,
            on_demand=is_sgip,
        )
        settings = GatewaySettings(
            account,
            "12110",
            country_code="86" if is_sgip else "none",
            patience_seconds=patience_seconds,
            listen=Listening("127.0.0.1", 0, allowed) if is_sgip else None,
        )
        protocol = speaks.protocol(0x10 * plan.version, clock, more)
        sms = GatewaySms(settings, protocol, clock, random.Random(7))
        if sleep is not None:
            sms.account._sleep = sleep
        here = Desk(sms, gateway)
        running = asyncio.ensure_future(sms.connect(here.accept))
        try:
            if isinstance(gateway, SgipGateway):
                await eventually(lambda: sms.listens_on > 0)
                gateway.reach(sms.listens_on)
            else:
                await gateway.until(lambda: gateway.logins >= connections)
            if gateway.connections == connections:
                await eventually(lambda: sms.account.links == connections)
            yield here
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
