"""Claim, gate, intent, post, settle: what leaves, what stays, and what a crash leaves behind."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from campaigns.broadcast import BroadcastState
from channels.contract import Accepted, OutboundMessage, Receipt, ReceiptState
from channels.errors import Ambiguous, Misconfigured, Permanent, Refused, Temporary
from channels.outbox.delivery import DeliveryState, MessageClass, Origin
from channels.outbox.dispatcher import Dispatcher
from channels.outbox.sender import DispatchSettings, SenderSettings
from channels.outbox.suppression import EDUCATION, INVALID
from hub.store.documents import Update
from tests.unit.channels.outbox.outbox_world import NOON, SENDER, World, a_broadcast, a_delivery, a_world

S = DeliveryState


@pytest.fixture
def world() -> World:
    return a_world()


async def test_what_is_ready_leaves_and_is_accepted(world: World) -> None:
    await world.put(a_delivery("a", reply_to="<m@example.org>"))
    assert await world.dispatcher().run_once(SENDER) == 1
    row = await world.row("a")
    assert (row.state, row.provider_id, row.attempt) == (S.ACCEPTED, "SMa-1", 1)
    message = world.provider.seen[0]
    assert (message.text, message.attempt, message.reply_to) == ("您的来信已收到", 1, "<m@example.org>")


async def test_a_second_run_sends_nothing_again(world: World) -> None:
    await world.put(a_delivery("a"))
    dispatcher = world.dispatcher()
    await dispatcher.run_once(SENDER)
    assert await dispatcher.run_once(SENDER) == 0
    assert world.provider.ids == ["a"]


async def test_a_warning_goes_before_everything_that_waited_longer(world: World) -> None:
    bulk = [a_delivery(f"bulk{n}", MessageClass.L, not_before=NOON - 9000) for n in range(5)]
    await world.put(*bulk, a_delivery("notice", MessageClass.N), a_delivery("red", MessageClass.E0))
    await world.dispatcher(DispatchSettings(batch=2)).run_once(SENDER)
    assert world.provider.ids == ["red", "notice"]


async def test_the_text_of_a_broadcast_is_kept_once(world: World) -> None:
    await world.put_broadcast(a_broadcast("b"))
    await world.put(
        a_delivery("a", MessageClass.N, origin=Origin.BROADCAST, origin_id="b", text=""),
    )
    await world.dispatcher().run_once(SENDER)
    assert world.provider.seen[0].text == "【福建公安】防诈提醒"
    assert world.provider.seen[0].subject == "防诈"


async def test_a_row_without_any_text_fails_instead_of_sending_an_empty_message(world: World) -> None:
    await world.put(a_delivery("a", text=""))
    await world.dispatcher().run_once(SENDER)
    assert (await world.row("a")).reason == "no_text"
    assert world.provider.seen == []


async def test_a_row_that_cannot_be_unsealed_fails_once_and_stops_no_other(world: World) -> None:
    await world.put(a_delivery("a"), a_delivery("b"), a_delivery("c"))
    torn = await world.documents.get("outbox", "b")
    assert torn
    broken = torn.body["pii"][:-8] + "AAAAAAA="
    await world.documents.commit([Update("outbox", "b", {"pii": broken}, torn.version)])
    dispatcher = world.dispatcher()
    assert await dispatcher.run_once(SENDER) == 2
    assert world.provider.ids == ["a", "c"]
    row = await world.row("b")
    assert (row.state, row.reason) == (S.FAILED, "unreadable")
    assert await dispatcher.run_once(SENDER) == 0
    kept = await world.documents.get("outbox", "b")
    assert kept
    assert kept.body["pii"] == broken


async def test_nothing_leaves_of_a_broadcast_that_cannot_be_read(world: World) -> None:
    await world.put_broadcast(a_broadcast("b"))
    torn = await world.documents.get("broadcasts", "b")
    assert torn
    await world.documents.commit([Update("broadcasts", "b", {"segment": "torn"}, torn.version)])
    row = a_delivery("a", MessageClass.N, origin=Origin.BROADCAST, origin_id="b", text="")
    await world.put(row, a_delivery("other"))
    await world.dispatcher().run_once(SENDER)
    assert (await world.row("a")).state is S.HELD
    await world.sweeper.run_once()
    assert (await world.row("a")).state is S.HELD
    assert world.provider.ids == ["other"]


async def test_nothing_of_a_paused_broadcast_leaves_and_all_of_it_after_the_resume(world: World) -> None:
    rows = [
        a_delivery(f"a{n}", MessageClass.N, origin=Origin.BROADCAST, origin_id="b", text="") for n in range(3)
    ]
    await world.put_broadcast(a_broadcast("b", BroadcastState.PAUSED))
    await world.put(*rows)
    dispatcher = world.dispatcher()
    await dispatcher.run_once(SENDER)
    assert await world.states(["a0", "a1", "a2"]) == {S.HELD}
    world.clock.advance(seconds=60)
    await world.sweeper.run_once()
    assert await world.states(["a0", "a1", "a2"]) == {S.HELD}

    await world.put_broadcast(a_broadcast("b"))
    await world.sweeper.run_once()
    await dispatcher.run_once(SENDER)
    assert sorted(world.provider.ids) == ["a0", "a1", "a2"]


async def test_a_canceled_broadcast_is_withdrawn_row_by_row(world: World) -> None:
    await world.put_broadcast(a_broadcast("b", BroadcastState.CANCELED))
    row = a_delivery("a", MessageClass.N, origin=Origin.BROADCAST, origin_id="b", text="")
    await world.put(row, replace(row, id="later", dedup="later", not_before=NOON + 60_000))
    await world.dispatcher().run_once(SENDER)
    assert await world.state("a") is S.CANCELED
    await world.sweeper.run_once()
    assert await world.state("later") is S.CANCELED
    assert world.provider.seen == []
    assert await world.outbox.counts("b") == {"canceled": 2}


async def test_law_education_waits_for_the_morning(world: World) -> None:
    world.clock.advance(seconds=9.5 * 3600)
    await world.put(a_delivery("a", MessageClass.L, expires_at=NOON + 48 * 3_600_000))
    dispatcher = world.dispatcher()
    await dispatcher.run_once(SENDER)
    assert (await world.row("a")).reason == "window"
    world.clock.advance(seconds=11.75 * 3600)
    await world.sweeper.run_once()
    await dispatcher.run_once(SENDER)
    assert await world.state("a") is S.ACCEPTED


async def test_what_would_miss_its_last_day_expires(world: World) -> None:
    world.clock.advance(seconds=9.5 * 3600)
    await world.put(a_delivery("a", MessageClass.L, expires_at=world.clock.at + 3_600_000))
    await world.dispatcher().run_once(SENDER)
    assert await world.state("a") is S.EXPIRED


async def test_an_opt_out_stops_what_was_queued_before_it(world: World) -> None:
    row = a_delivery("a", MessageClass.L, origin=Origin.BROADCAST, recipient_key="k")
    await world.put(row, a_delivery("reply", recipient_key="k"))
    await world.documents.commit(await world.suppressions.wish("k", "", out=True, by="sms", at=NOON))
    await world.dispatcher().run_once(SENDER)
    assert (await world.row("a")).state is S.SUPPRESSED
    assert world.provider.ids == ["reply"]


async def test_a_temporary_failure_is_tried_again_with_a_new_attempt_number(world: World) -> None:
    await world.put(a_delivery("a"))
    world.provider.answers(Temporary("20429", "too many", slow_down=True))
    dispatcher = world.dispatcher()
    await dispatcher.run_once(SENDER)
    assert await world.state("a") is S.READY
    assert await dispatcher.run_once(SENDER) == 0
    world.clock.advance(seconds=300)
    await dispatcher.run_once(SENDER)
    assert [message.attempt for message in world.provider.seen] == [1, 2]
    assert await world.state("a") is S.ACCEPTED


async def test_too_many_requests_lower_the_pace(world: World) -> None:
    await world.put(a_delivery("a"))
    world.provider.answers(Temporary("20429", "too many", slow_down=True))
    dispatcher = world.dispatcher(DispatchSettings(senders={SENDER: SenderSettings(parts_per_second=100)}))
    await dispatcher.run_once(SENDER)
    assert dispatcher.health()[0].parts_per_second == pytest.approx(70)


async def test_a_dead_address_fails_once_and_is_never_tried_by_the_next_message(world: World) -> None:
    await world.put(a_delivery("a", recipient_key="k"))
    world.provider.answers(Permanent("21614", "not mobile", invalid_address=True))
    dispatcher = world.dispatcher()
    await dispatcher.run_once(SENDER)
    await world.put(a_delivery("red", MessageClass.E0, recipient_key="k"))
    await dispatcher.run_once(SENDER)
    assert (await world.row("a")).reason == "21614"
    assert (await world.row("red")).reason == INVALID
    assert world.provider.ids == ["a"]


async def test_an_opt_out_the_provider_knows_of_becomes_ours(world: World) -> None:
    await world.put(a_delivery("a", recipient_key="k"))
    world.provider.answers(Refused("21610", "opted out"))
    await world.dispatcher().run_once(SENDER)
    assert await world.state("a") is S.SUPPRESSED
    assert ("k", EDUCATION) in await world.suppressions.blocked([("k", EDUCATION)])


@pytest.mark.parametrize(("message_class", "wait_seconds"), [(MessageClass.E0, 60), (MessageClass.E1, 300)])
async def test_a_lost_answer_is_resent_once_by_class(
    world: World, message_class: MessageClass, wait_seconds: int
) -> None:
    lost = Ambiguous("timeout", "no answer")
    await world.put(a_delivery("a", message_class))
    world.provider.answers(lost, lost, lost)
    dispatcher = world.dispatcher()
    await dispatcher.run_once(SENDER)
    await world.sweeper.run_once()
    assert await world.state("a") is S.AMBIGUOUS
    for _ in range(5):
        world.clock.advance(seconds=wait_seconds)
        await world.sweeper.run_once()
        await dispatcher.run_once(SENDER)
    assert len(world.provider.seen) == 2
    assert [v.value.id for v in (await world.outbox.ambiguous()).deliveries] == ["a"]


@pytest.mark.parametrize("message_class", [MessageClass.N, MessageClass.L])
async def test_a_lost_answer_of_a_notice_is_shown_and_never_resent(
    world: World, message_class: MessageClass
) -> None:
    await world.put(a_delivery("a", message_class))
    world.provider.answers(Ambiguous("timeout", "no answer"))
    dispatcher = world.dispatcher()
    await dispatcher.run_once(SENDER)
    world.clock.advance(seconds=71 * 3600)
    await world.sweeper.run_once()
    await dispatcher.run_once(SENDER)
    assert await world.state("a") is S.AMBIGUOUS
    world.clock.advance(seconds=2 * 3600)
    await world.sweeper.run_once()
    assert await world.state("a") is S.UNKNOWN
    assert len(world.provider.seen) == 1


async def test_a_receipt_settles_a_lost_answer(world: World) -> None:
    await world.put(a_delivery("a"))
    world.provider.answers(Ambiguous("timeout", "no answer"))
    await world.dispatcher().run_once(SENDER)
    await world.outbox.apply_receipt(
        Receipt(SENDER, "a", 1, "SM1", ReceiptState.SENT, "", NOON), random=_Half()
    )
    world.clock.advance(seconds=400)
    await world.sweeper.run_once()
    assert await world.state("a") is S.SENT


async def test_bad_configuration_pauses_the_sender_and_loses_nothing(world: World) -> None:
    await world.put(*(a_delivery(f"a{n}") for n in range(5)))
    world.provider.script = lambda message: Misconfigured("20003", "bad credentials")
    dispatcher = world.dispatcher(DispatchSettings(intent_batch=1))
    await dispatcher.run_once(SENDER)
    assert dispatcher.health()[0].paused_reason == "20003"
    assert await world.states([f"a{n}" for n in range(5)]) == {S.READY}
    assert await dispatcher.run_once(SENDER) == 0
    assert len(world.provider.seen) == 1

    world.clock.advance(seconds=301)  # one message probes whether it was mended
    world.provider.answers()
    assert await dispatcher.run_once(SENDER) == 1
    await dispatcher.run_once(SENDER)
    assert dispatcher.health()[0].paused_reason == ""
    assert await world.states([f"a{n}" for n in range(5)]) == {S.ACCEPTED}
    assert {(await world.row(f"a{n}")).attempt for n in range(5)} == {1}


async def test_an_adapters_bug_is_ambiguous_and_stops_nobody_else(world: World) -> None:
    await world.put(a_delivery("a"), a_delivery("b"))
    world.provider.script = lambda m: KeyError("oops") if m.delivery_id == "a" else Accepted(("SM",))
    await world.dispatcher().run_once(SENDER)
    assert (await world.state("a"), await world.state("b")) == (S.AMBIGUOUS, S.ACCEPTED)


async def test_a_crash_before_the_post_costs_nothing_and_after_the_intent_is_shown(world: World) -> None:
    await world.put(a_delivery("leased", MessageClass.N), a_delivery("intent", MessageClass.N))
    rows = await world.outbox.claim(SENDER, lanes=(0, 1, 2, 3), limit=9, lease_seconds=45)
    await world.outbox.mark_sending([r for r in rows if r.delivery.id == "intent"], lease_seconds=45)
    await world.sweeper.run_once()
    assert await world.state("leased") is S.LEASED
    world.clock.advance(seconds=46)
    await world.sweeper.run_once()
    assert (await world.state("leased"), await world.state("intent")) == (S.READY, S.AMBIGUOUS)


async def test_an_answer_that_comes_after_the_sweeper_is_still_believed(world: World) -> None:
    await world.put(a_delivery("a"))
    answered = asyncio.Event()
    began = asyncio.Event()

    class Slow:
        async def send(self, message: OutboundMessage) -> Accepted:
            began.set()
            await answered.wait()
            return Accepted(("SM-late",))

    dispatcher = Dispatcher(
        world.outbox, world.suppressions, {SENDER: Slow()}, world.clock, _Half(), world.bell
    )
    running = asyncio.create_task(dispatcher.run_once(SENDER))
    await began.wait()
    world.clock.advance(seconds=50)
    await world.sweeper.run_once()
    assert await world.state("a") is S.AMBIGUOUS
    answered.set()
    await running
    assert (await world.row("a")).provider_id == "SM-late"


async def test_a_receipt_faster_than_our_own_record_is_not_overwritten(world: World) -> None:
    await world.put(a_delivery("a"))

    class Quick:
        async def send(self, message: OutboundMessage) -> Accepted:
            receipt = Receipt(SENDER, "a", 1, "SM1", ReceiptState.DELIVERED, "", NOON)
            await world.outbox.apply_receipt(receipt, random=_Half())
            return Accepted(("SM1",))

    dispatcher = Dispatcher(
        world.outbox, world.suppressions, {SENDER: Quick()}, world.clock, _Half(), world.bell
    )
    await dispatcher.run_once(SENDER)
    assert await world.state("a") is S.DELIVERED


async def test_a_channel_without_receipts_is_done_when_accepted(world: World) -> None:
    await world.put(a_delivery("a"))
    settings = DispatchSettings(senders={SENDER: SenderSettings(receipts=False)})
    await world.dispatcher(settings).run_once(SENDER)
    world.clock.advance(seconds=100 * 3600)
    await world.sweeper.run_once()
    assert await world.state("a") is S.ACCEPTED


async def test_running_it_sends_everything_and_stops_without_leaving_a_lease(world: World) -> None:
    await world.put_broadcast(a_broadcast("b"))
    rows = [
        a_delivery(f"a{n:04}", MessageClass.N, origin=Origin.BROADCAST, origin_id="b", text="")
        for n in range(700)
    ]
    await world.put(*rows)
    first, second = asyncio.Event(), asyncio.Event()

    def script(message: OutboundMessage) -> Accepted:
        if len(world.provider.seen) == 700:
            first.set()
        if message.delivery_id == "late":
            second.set()
        return Accepted((f"SM-{message.delivery_id}",))

    world.provider.script = script
    dispatcher = world.dispatcher(DispatchSettings(poll_seconds=3600))  # only a ring wakes it
    stop = asyncio.Event()
    running = asyncio.create_task(dispatcher.run(stop))
    async with asyncio.timeout(30):
        await first.wait()
        await world.put(a_delivery("late"))
        await second.wait()
        stop.set()
        await running
    assert await world.state("late") is S.ACCEPTED
    assert await world.outbox.counts("b") == {"accepted": 700}
    assert len(world.provider.ids) == len(set(world.provider.ids)) == 701
    assert await world.outbox.planned("b") == 700


async def test_stopping_gives_back_what_has_not_left(world: World) -> None:
    await world.put(*(a_delivery(f"a{n}", MessageClass.N) for n in range(50)))
    stop = asyncio.Event()
    gate = asyncio.Event()

    class Blocked:
        async def send(self, message: OutboundMessage) -> Accepted:
            stop.set()
            await gate.wait()
            return Accepted(("SM",))

    narrow = SenderSettings(in_flight=2)
    settings = DispatchSettings(default_sender=narrow, intent_batch=2, poll_seconds=0.01)
    dispatcher = Dispatcher(
        world.outbox, world.suppressions, {SENDER: Blocked()}, world.clock, _Half(), world.bell, settings
    )
    running = asyncio.create_task(dispatcher.run(stop))
    await stop.wait()
    gate.set()
    async with asyncio.timeout(10):
        await running
    states = [await world.state(f"a{n}") for n in range(50)]
    assert set(states) == {S.READY, S.ACCEPTED}
    assert states.count(S.ACCEPTED) <= 6


async def test_however_many_wait_few_are_ever_in_doubt(world: World) -> None:
    await world.put(*(a_delivery(f"a{n:03}", MessageClass.N) for n in range(200)))
    posted, gate, stop = asyncio.Semaphore(0), asyncio.Event(), asyncio.Event()

    class Blocked:
        async def send(self, message: OutboundMessage) -> Accepted:
            posted.release()
            await gate.wait()
            return Accepted(("SM",))

    settings = DispatchSettings(
        default_sender=SenderSettings(in_flight=4), intent_batch=8, batch=50, poll_seconds=0.01
    )
    dispatcher = Dispatcher(
        world.outbox, world.suppressions, {SENDER: Blocked()}, world.clock, _Half(), world.bell, settings
    )
    running = asyncio.create_task(dispatcher.run(stop))

    async def sending() -> int:
        return (await world.documents.count("outbox", {"state": "sending"})).get("", 0)

    async with asyncio.timeout(10):
        for _ in range(4):
            await posted.acquire()
        for _ in range(300):  # whoever would go on has the time to
            assert await sending() == 4
        stop.set()
        gate.set()
        await running
    assert await sending() == 0


class _Half:
    def random(self) -> float:
        return 0.5
