"""Texts over two carriers' gateways, through a whole hub: each number by its own, by the other in trouble."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from channels.address import phone
from channels.loopback.cmpp import CmppGateway
from channels.loopback.gateway import Fault, Trouble
from channels.loopback.smgp import SmgpGateway
from channels.outbox.delivery import POLICY, Delivery, DeliveryState, MessageClass, Origin
from hub.model.cases.rule_book import BookKind
from hub.runtime.clock import SystemClock
from tests.world import CMPP_ACCOUNT, World, eventually, world

FIRST, OTHER = "sms-12110", "sms-telecom"
MOBILE, TELECOM = "13800139001", "13300139001"
_SOURCE_NUMBER = 10  # of CMPP: the access number is not ours


@dataclass
class Office:
    """A running hub between two gateways."""

    world: World
    mobile: CmppGateway
    telecom: SmgpGateway

    async def put(self, id: str, number: str, channel: str = FIRST) -> None:
        hub, to = self.world.hub, phone(number)
        now = hub.clock.now_ms()
        row = Delivery(
            id=id,
            origin=Origin.NOTICE,
            origin_id=id,
            sender=channel,
            recipient=to,
            recipient_key=hub.repositories.contacts.key(to),
            message_class=MessageClass.E0,
            dedup=id,
            created_at=now,
            expires_at=now + 3_600_000,
            text="【测试公安】护栏已修好",
            lane=POLICY[MessageClass.E0].lane,
        )
        await hub.repositories.outbox.plan([row])

    async def arrives_by(self, id: str) -> str:
        """The channel by which it was delivered, as a receipt says."""

        async def look() -> str:
            read = await self.world.hub.repositories.outbox.get(id)
            done = read is not None and read.value.state is DeliveryState.DELIVERED
            return read.value.sender if read is not None and done else ""

        return await eventually(look)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    now = SystemClock().now_ms
    async with (
        CmppGateway(*CMPP_ACCOUNT, now) as mobile,
        SmgpGateway(*CMPP_ACCOUNT, now) as telecom,
        world(tmp_path, cmpp_port=mobile.port, smgp_port=telecom.port) as running,
    ):
        await mobile.until(lambda: mobile.connections == 1)
        await telecom.until(lambda: telecom.connections == 1)
        revise = running.hub.actions.rule_books.revise
        rows = [
            {"number": start, "carrier": "", "channels": channels, "note": ""}
            for start, channels in (("138", f"{FIRST}|{OTHER}"), ("133", f"{OTHER}|{FIRST}"))
        ]
        plan = await revise.plan_rows(BookKind.NUMBERS, rows)
        await revise.propose(
            BookKind.NUMBERS, plan.after, base=plan.base, reason="两家运营商", wanted_from=0, by="a"
        )
        yield Office(running, mobile, telecom)


async def test_each_number_by_its_carrier_and_by_the_other_when_that_refuses_us(office: Office) -> None:
    await office.put("a", MOBILE)
    await office.put("b", TELECOM)
    assert [await office.arrives_by(id) for id in "ab"] == [FIRST, OTHER]
    office.mobile.faults.append(Fault(Trouble.RESULT, code=_SOURCE_NUMBER, times=100))
    for id in "cd":
        await office.put(id, MOBILE)
    assert [await office.arrives_by(id) for id in "cd"] == [OTHER, OTHER]
    assert [part.destination for part in office.mobile.taken] == [MOBILE]
    assert sorted(part.destination for part in office.telecom.taken) == [TELECOM, MOBILE, MOBILE]
