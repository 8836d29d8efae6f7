"""A text leaves by the gateway of its number's carrier, and by the next one while that cannot send."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace

import pytest

from campaigns.ports import Recipient
from campaigns.selection import select
from channels.address import Address, AddressKind
from channels.contract import Accepted
from channels.errors import Ambiguous, Misconfigured, Temporary
from channels.outbox.delivery import DeliveryState, MessageClass, Origin
from channels.outbox.dispatcher import Dispatcher
from hub.actions.deliveries.number_routes import PATIENCE_MS, NumberRoutes
from hub.actions.rules.in_force import RulesInForce
from hub.model.sending.number_ranges import number_book
from tests.unit.channels.outbox.outbox_world import PlayedProvider, World, a_broadcast, a_delivery, a_world

S = DeliveryState
MOBILE, TELECOM, UNICOM, VENDOR = "sms-mobile", "sms-telecom", "sms-unicom", "sms-vendor"
ROWS = (
    {"number": "138", "carrier": "", "channels": f"{MOBILE}|{TELECOM}|{UNICOM}", "note": ""},
    {"number": "133", "carrier": "", "channels": f"{TELECOM}|{MOBILE}", "note": ""},
    {"number": "13800138000", "carrier": "", "channels": UNICOM, "note": "携号转网"},
)


class Gateway(PlayedProvider):
    """A provider with a connection that may be gone."""

    problem = ""

    async def connect(self, accept: object) -> None:
        raise NotImplementedError


class Carriers:
    """Three gateways and a vendor that the book does not speak of."""

    def __init__(self) -> None:
        self.world: World = a_world()
        self.gateways: Mapping[str, Gateway] = {name: Gateway() for name in (MOBILE, TELECOM, UNICOM, VENDOR)}
        rules = RulesInForce([number_book(ROWS, self.gateways)], self.world.clock)
        self.routes = NumberRoutes(rules, self.gateways, self.gateways, self.world.clock)
        outbox, suppressions = self.world.outbox, self.world.suppressions
        self.dispatcher = Dispatcher(
            outbox,
            suppressions,
            self.gateways,
            self.world.clock,
            random.Random(7),
            self.world.bell,
            routes=self.routes,
        )

    async def put(self, id: str, number: str, sender: str = MOBILE, **other: object) -> None:
        address = Address(AddressKind.PHONE, number)
        row = a_delivery(id, MessageClass.E0, sender=sender, recipient=address, **other)
        await self.world.put(row)

    async def all_run(self, rounds: int = 3) -> None:
        for _ in range(rounds):
            for name in self.gateways:
                await self.dispatcher.run_once(name)

    def by(self, id: str) -> list[str]:
        """The gateways that were given it."""
        return [name for name, gateway in self.gateways.items() if id in gateway.ids]


@pytest.fixture
def carriers() -> Carriers:
    return Carriers()


NOTICE = {"origin": Origin.NOTICE}


@pytest.mark.parametrize(
    ("number", "sender", "by"),
    [
        ("+8613900000000", MOBILE, MOBILE),  # no range of it is known
        ("+8613811110000", MOBILE, MOBILE),
        ("+8613311110000", MOBILE, TELECOM),
        ("+8613800138000", MOBILE, UNICOM),  # the whole number goes before its range
        ("+8613311110000", VENDOR, VENDOR),  # the book does not speak of this sender
        ("+14155550100", MOBILE, MOBILE),
        ("12345", MOBILE, MOBILE),
    ],
)
async def test_the_longest_beginning_decides(carriers: Carriers, number: str, sender: str, by: str) -> None:
    await carriers.put("a", number, sender, **NOTICE)
    await carriers.all_run()
    assert carriers.by("a") == [by]
    assert (await carriers.world.row("a")).sender == by


async def test_rows_of_a_broadcast_are_written_for_the_gateway_of_their_number(carriers: Carriers) -> None:
    numbers = ("+8613811110000", "+8613311110000", "+8613800138000")
    page = [Recipient(f"c{n}", Address(AddressKind.PHONE, one), f"k{n}") for n, one in enumerate(numbers)]
    run = replace(a_broadcast("b"), channel=MOBILE)
    world, routes = carriers.world, carriers.routes
    selection = await select(run, page, world.suppressions, now=run.fire_at, sender_for=routes.first)
    await world.put(*selection.deliveries)
    rows = [await world.row(one.id) for one in selection.deliveries]
    assert [row.sender for row in rows] == [MOBILE, TELECOM, UNICOM]
    plain = await select(run, page, world.suppressions, now=run.fire_at)
    assert [(row.id, row.sender) for row in plain.deliveries] == [(row.id, MOBILE) for row in rows]


async def test_a_reply_leaves_where_the_citizen_wrote_to(carriers: Carriers) -> None:
    await carriers.put("a", "+8613311110000", MOBILE)
    await carriers.all_run()
    assert carriers.by("a") == [MOBILE]


async def test_a_gateway_that_is_gone_for_long_leaves_its_texts_to_the_next(carriers: Carriers) -> None:
    mobile = carriers.gateways[MOBILE]
    mobile.problem = "not-connected"
    mobile.script = lambda _: Temporary("not-connected", "", retry_after_seconds=5.0)
    await carriers.put("a", "+8613811110000")
    await carriers.all_run()
    assert carriers.by("a") == [MOBILE]  # it may come back
    carriers.world.clock.advance(seconds=PATIENCE_MS // 1000)
    await carriers.all_run()
    assert carriers.by("a") == [MOBILE, TELECOM]
    assert await carriers.world.state("a") is S.ACCEPTED
    mobile.problem = ""
    mobile.script = lambda _: Accepted(("x",))
    await carriers.put("b", "+8613811110000")
    await carriers.all_run()
    assert carriers.by("b") == [MOBILE]


async def test_a_refused_login_sends_what_waits_over_the_next_and_is_tried_again(carriers: Carriers) -> None:
    mobile = carriers.gateways[MOBILE]
    mobile.script = lambda _: Misconfigured("connect-3", "secret")
    for id in ("a", "b", "c"):
        await carriers.put(id, "+8613811110000", **NOTICE)
    await carriers.all_run()
    assert {id: carriers.gateways[TELECOM].ids.count(id) for id in ("a", "b", "c")} == dict.fromkeys("abc", 1)
    assert carriers.gateways[UNICOM].ids == []
    asked = len(mobile.seen)
    mobile.script = lambda _: Accepted(("x",))
    carriers.world.clock.advance(seconds=301)
    await carriers.put("d", "+8613811110000", **NOTICE)
    await carriers.all_run()
    assert carriers.by("d") == [MOBILE]
    assert len(mobile.seen) == asked + 1


async def test_where_nobody_can_send_it_waits(carriers: Carriers) -> None:
    for gateway in carriers.gateways.values():
        gateway.script = lambda _: Misconfigured("connect-3", "secret")
    await carriers.put("a", "+8613811110000", **NOTICE)
    await carriers.all_run(rounds=5)
    assert await carriers.world.state("a") is S.READY
    await carriers.put("b", "+8613811110000", **NOTICE)
    before = await carriers.world.outbox.get("b")
    await carriers.all_run()
    assert await carriers.world.outbox.get("b") == before  # a queue that nobody can send is not touched
    for gateway in carriers.gateways.values():
        gateway.script = lambda _: Accepted(("x",))
    carriers.world.clock.advance(seconds=301)
    await carriers.all_run()
    assert await carriers.world.state("a") is S.ACCEPTED


async def test_what_is_in_doubt_stays_with_the_gateway_that_may_have_it(carriers: Carriers) -> None:
    mobile = carriers.gateways[MOBILE]
    mobile.answers(Ambiguous("no-answer", "", part_ids=("id-1",)))
    await carriers.put("a", "+8613811110000")
    await carriers.all_run(rounds=1)
    assert await carriers.world.state("a") is S.AMBIGUOUS
    mobile.problem = "not-connected"
    await carriers.put("b", "+8613811110000")
    await carriers.all_run(rounds=1)  # seen to be gone
    carriers.world.clock.advance(seconds=61)
    await carriers.world.sweeper.run_once()  # a warning is sent once more
    await carriers.put("c", "+8613811110000")
    await carriers.all_run()
    assert carriers.by("c") == [TELECOM]
    assert mobile.ids.count("a") == 2
    assert carriers.by("a") == [MOBILE]
