"""Ambiguous rows: the provider's list is asked before the class decides, over its real protocol."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest

from channels.contract import OutboundMessage, Receipt, ReceiptState, Taken
from channels.errors import Temporary
from channels.http import HttpClient
from channels.loopback.faults import Fault, FaultKind
from channels.loopback.simulator import CarrierAccount, CarrierSimulator
from channels.loopback.texts import ReceiptPlan
from channels.outbox.delivery import DeliveryState, MessageClass, Origin
from channels.outbox.reconcile import Reconciler
from channels.outbox.sweeper import Sweeper
from channels.twilio.sms import TwilioSms, TwilioSmsSettings
from hub.repositories.deliveries.parts import DeliveryParts
from tests.unit.channels.outbox.outbox_world import SENDER, World, a_broadcast, a_delivery, a_world

S = DeliveryState
ACCOUNT = CarrierAccount("AC" + "7" * 32, "a token for play")
NEVER_TOLD = ReceiptPlan(states=())


@dataclass
class Lost:
    """A world whose provider sends no receipts, and the sweeper that asks it."""

    world: World
    carrier: CarrierSimulator
    sweeper: Sweeper

    async def send(self) -> None:
        await self.world.dispatcher().run_once(SENDER)

    async def later(self, seconds: float) -> None:
        self.world.clock.advance(seconds=seconds)
        await self.sweeper.run_once()


@asynccontextmanager
async def losing(*faults: Fault, by_part: bool = False) -> AsyncIterator[Lost]:
    world = a_world()
    plan = replace(NEVER_TOLD, by_part=by_part)
    async with CarrierSimulator(ACCOUNT, world.clock, receipts=plan) as carrier, HttpClient() as http:
        for fault in faults:
            carrier.faults.add(fault)
        settings = TwilioSmsSettings(
            channel=SENDER,
            account_sid=ACCOUNT.account_sid,
            auth_tokens=(ACCOUNT.auth_token,),
            sender="12110",
            public_url="https://hub.test",
            api_base=carrier.url,
            timeout_seconds=3.0,
            by_part=by_part,
        )
        sms = TwilioSms(settings, http, world.clock)
        world.senders[SENDER] = sms
        reconciler = Reconciler(world.outbox, {SENDER: sms}, {}, random.Random(1))
        yield Lost(world, carrier, Sweeper(world.outbox, reconciler=reconciler))


LOST = Fault(FaultKind.LOST_ANSWER)


@pytest.mark.parametrize(
    ("message_class", "seconds"),
    [(MessageClass.E0, 60), (MessageClass.E1, 300), (MessageClass.N, 60), (MessageClass.L, 60)],
)
async def test_what_the_provider_took_is_found_and_not_sent_again(
    message_class: MessageClass, seconds: int
) -> None:
    async with losing(LOST) as it:
        await it.world.put(a_delivery("a", message_class))
        await it.send()
        await it.later(seconds - 1)
        assert await it.world.state("a") is S.AMBIGUOUS
        await it.later(1)
        row = await it.world.row("a")
        assert (row.state, row.provider_id) == (S.ACCEPTED, it.carrier.journal.messages[0].sid)
        await it.send()
        assert it.carrier.journal.taken == 1


async def test_found_by_its_parts_it_takes_up_the_receipts_that_waited() -> None:
    async with losing(LOST, by_part=True) as it:
        await it.world.put(a_delivery("a", text="字" * 100))
        await it.send()
        [message] = it.carrier.journal.messages
        for sid in message.part_sids:
            word = Receipt(SENDER, "", 0, sid, ReceiptState.DELIVERED, "", it.world.clock.at)
            assert await it.world.outbox.apply_part_receipt(word) == ""
        await it.later(300)
        assert await it.world.state("a") is S.ACCEPTED  # without a destination they are matched by the look
        parts = DeliveryParts(it.world.documents, it.world.vault)
        for parked in (await parts.unmatched(before=it.world.clock.at)).parts:
            assert await it.world.outbox.match(parked) == "a"
        assert await it.world.state("a") is S.DELIVERED


async def test_what_it_did_not_take_is_left_to_the_class() -> None:
    async with losing(Fault(FaultKind.SERVER_ERROR, times=2)) as it:
        await it.world.put(a_delivery("warning", MessageClass.E0), a_delivery("lesson", MessageClass.L))
        await it.send()
        await it.later(60)
        assert await it.world.state("warning") is S.READY
        assert await it.world.state("lesson") is S.AMBIGUOUS
        await it.send()
        assert [m.delivery_id for m in it.carrier.journal.messages] == ["warning"]
        await it.later(72 * 3600)
        assert await it.world.state("lesson") is S.UNKNOWN
        assert it.carrier.journal.taken == 1


async def test_the_text_of_a_broadcast_is_found_too() -> None:
    async with losing(LOST) as it:
        run = replace(a_broadcast("b"), message_class=MessageClass.L)
        await it.world.put_broadcast(run)
        row = a_delivery("a", MessageClass.L, origin=Origin.BROADCAST, origin_id="b", text="")
        await it.world.put(row)
        await it.send()
        await it.later(60)
        assert await it.world.state("a") is S.ACCEPTED
        assert (await it.world.outbox.counts("b"))["accepted"] == 1


async def test_other_words_and_another_hour_are_not_what_was_sent() -> None:
    async with losing() as it:
        await it.world.put(a_delivery("earlier", MessageClass.E0))
        await it.send()
        it.world.clock.advance(seconds=3600)
        it.carrier.faults.add(Fault(FaultKind.SERVER_ERROR, times=1))
        await it.world.put(a_delivery("again", MessageClass.E0, not_before=0))
        await it.send()
        await it.world.put(a_delivery("other", MessageClass.E0, text="另一条", not_before=0))
        await it.send()
        await it.later(60)
        assert await it.world.state("again") is S.READY


async def test_a_killed_worker_is_asked_about_however_long_nobody_was_there() -> None:
    async with losing() as it:
        await it.world.put(a_delivery("a", MessageClass.N))
        [claimed] = await it.world.outbox.claim(SENDER, lanes=(2,), limit=1, lease_seconds=45)
        [row] = await it.world.outbox.mark_sending([claimed], lease_seconds=45)
        message = OutboundMessage("a", 1, SENDER, row.delivery.recipient, row.delivery.text)
        await it.world.senders[SENDER].send(message)
        await it.later(5 * 3600)
        assert await it.world.state("a") is S.AMBIGUOUS
        await it.later(60)
        assert await it.world.state("a") is S.ACCEPTED


@dataclass
class _Deaf:
    """A provider that cannot be asked."""

    asked: list[str] = field(default_factory=list)

    async def find_sent(self, message: OutboundMessage, *, since: int, until: int) -> Taken | None:
        self.asked.append(message.delivery_id)
        raise Temporary("not-reached", "no connection")


@pytest.mark.parametrize(("message_class", "goes"), [(MessageClass.E0, True), (MessageClass.L, False)])
async def test_whoever_cannot_be_asked_does_not_hold_up_a_warning_for_ever(
    message_class: MessageClass, *, goes: bool
) -> None:
    async with losing(LOST) as it:
        deaf = _Deaf()
        sweeper = Sweeper(
            it.world.outbox,
            reconciler=Reconciler(it.world.outbox, {SENDER: deaf}, {}, random.Random(1)),
        )
        await it.world.put(a_delivery("a", message_class))
        await it.send()
        it.world.clock.advance(seconds=60)
        await sweeper.run_once()
        assert await it.world.state("a") is S.AMBIGUOUS  # asked again before anything is sent again
        for _ in range(12):
            it.world.clock.advance(seconds=10)
            await sweeper.run_once()
        assert (await it.world.state("a") is S.READY) is goes
        assert len(deaf.asked) >= 2


async def test_of_many_none_is_sent_again_unasked() -> None:
    async with losing(Fault(FaultKind.LOST_ANSWER, times=None)) as it:
        rows = [a_delivery(f"a{n:03}", MessageClass.E0, text=f"第{n}条") for n in range(150)]
        await it.world.put(*rows)
        for _ in range(2):
            await it.send()
        for _ in range(4):
            await it.later(60)
        assert await it.world.states([row.id for row in rows]) == {S.ACCEPTED}
        assert it.carrier.journal.taken == 150
