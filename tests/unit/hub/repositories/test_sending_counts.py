"""What is counted of a broadcast while it is sent: from the commits that move its rows, never by looking."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from campaigns.totals import (
    LAG_BOUNDS,
    TAKEN,
    Carrier,
    CarrierCount,
    Minute,
    added,
    carrier_of,
    lag_bucket,
    lag_within,
    per_second,
)
from channels.address import Address, AddressKind, phone
from channels.contract import Accepted, Receipt, ReceiptState
from channels.errors import Permanent, Temporary
from channels.outbox.delivery import Delivery, DeliveryState, Origin
from channels.outbox.gate import PAUSED
from channels.outbox.overdue import FAR
from channels.outbox.ports import Change
from channels.outbox.retry import settled
from hub.repositories.sending.counts import SendingCounts
from tests.unit.channels.outbox.outbox_world import NOON, SENDER, World, a_delivery, a_world

S = DeliveryState
MINUTE = 60_000


@pytest.fixture
def world() -> World:
    return a_world()


def a_row(id: str, number: str = "13800138000", **other: object) -> Delivery:
    plain = a_delivery(id, origin=Origin.BROADCAST, origin_id="b", recipient=phone(number))
    return replace(plain, **other)  # type: ignore[arg-type]


def receipt(id: str, state: ReceiptState, at: int, code: str = "") -> Receipt:
    return Receipt(SENDER, id, 1, f"SM{id}", state, code, at)


async def test_one_dispatch_counts_minutes_carriers_reasons_and_delays(world: World) -> None:
    await world.put(
        a_row("a", "13800138000", parts=2), a_row("b", "13300138000"), a_row("c", "18600138000"), a_row("d")
    )
    answers = {"c": Permanent("21211", "no such number"), "d": Temporary("503", "later")}
    world.provider.script = lambda message: (
        answers.get(message.delivery_id) or Accepted((f"SM{message.delivery_id}",))
    )
    await world.dispatcher().run_once(SENDER)
    for word in (
        receipt("a", ReceiptState.SENT, NOON + 4000),
        receipt("a", ReceiptState.DELIVERED, NOON + 4500),
        receipt("a", ReceiptState.DELIVERED, NOON + 9000),
        receipt("b", ReceiptState.UNDELIVERED, NOON + MINUTE, "30003"),
    ):
        await world.outbox.apply_receipt(word, random=random.Random(1))
    counts = SendingCounts(world.documents)
    totals = await counts.totals("b")
    assert totals.failures == (("21211", 1), ("30003", 1))
    assert totals.lags == {lag_bucket(4500): 1}
    assert {carrier: count for carrier, count in totals.carriers.items() if count != CarrierCount()} == {
        Carrier.MOBILE: CarrierCount(taken=1, delivered=1),
        Carrier.UNICOM: CarrierCount(failed=1),
        Carrier.TELECOM: CarrierCount(failed=1),
    }
    assert await counts.minutes("b") == (
        Minute(NOON, taken=2, parts=3, delivered=1, failed=1),
        Minute(NOON + MINUTE, failed=1),
    )
    assert await counts.minutes("b", since=NOON + MINUTE) == (Minute(NOON + MINUTE, failed=1),)


async def test_what_is_held_is_counted_by_its_reason_and_changes_no_progress(world: World) -> None:
    await world.put(*(a_row(f"a{n}") for n in range(3)))
    rows = await world.outbox.claim(SENDER, lanes=(1,), limit=3, lease_seconds=45)
    held = [Change(row, settled(row.delivery, S.HELD, PAUSED).moved(not_before=FAR)) for row in rows]
    assert await world.outbox.settle(held) == []
    counts = SendingCounts(world.documents)
    assert (await counts.totals("b")).held == ((PAUSED, 3),)
    assert await world.outbox.counts("b") == {}
    back = await world.outbox.reread(["a0"])
    await world.outbox.settle([Change(back["a0"], settled(back["a0"].delivery, S.READY, ""))])
    assert (await counts.totals("b")).held == ((PAUSED, 2),)


async def test_a_failure_that_a_later_word_corrects_is_no_failure_any_more(world: World) -> None:
    await world.put(a_row("a", state=S.ACCEPTED, attempt=1, accepted_at=NOON, receipt_at=NOON))
    for word in (
        receipt("a", ReceiptState.UNDELIVERED, NOON + 1000, "30003"),
        receipt("a", ReceiptState.DELIVERED, NOON + 2000),
    ):
        await world.outbox.apply_receipt(word, random=random.Random(1))
    totals = await SendingCounts(world.documents).totals("b")
    assert totals.failures == ()
    assert (totals.carriers[Carrier.MOBILE].failed, totals.carriers[Carrier.MOBILE].delivered) == (0, 1)


async def test_a_reason_never_carries_who_decided_or_what_is_no_code(world: World) -> None:
    rows = {"a": "resent:30003", "b": "30003", "c": "被叫 不存在|x"}
    await world.put(*(a_row(id) for id in rows))
    claimed = await world.outbox.claim(SENDER, lanes=(1,), limit=9, lease_seconds=45)
    sending = await world.outbox.mark_sending(claimed, lease_seconds=45)
    await world.outbox.settle(
        [Change(row, settled(row.delivery, S.FAILED, rows[row.delivery.id])) for row in sending]
    )
    assert (await SendingCounts(world.documents).totals("b")).failures == (("30003", 2), ("x", 1))


async def test_counters_of_one_broadcast_are_not_those_of_another(world: World) -> None:
    await world.put(a_row("a"), replace(a_row("z"), origin_id="b2"))
    await world.dispatcher().run_once(SENDER)
    counts = SendingCounts(world.documents)
    for id in ("b", "b2"):
        assert [minute.taken for minute in await counts.minutes(id)] == [1]
    assert await counts.minutes("b1") == ()


@pytest.mark.parametrize(
    ("number", "carrier"),
    [
        ("13900000000", Carrier.MOBILE),
        ("13490000000", Carrier.TELECOM),
        ("17010000000", Carrier.TELECOM),
        ("17050000000", Carrier.MOBILE),
        ("17080000000", Carrier.UNICOM),
        ("16600000000", Carrier.UNICOM),
        ("19900000000", Carrier.TELECOM),
        ("19200000000", Carrier.BROADNET),
        ("059187000000", Carrier.OTHER),
        ("+85290000000", Carrier.OTHER),
    ],
)
def test_a_carrier_is_told_by_the_prefix(number: str, carrier: Carrier) -> None:
    assert carrier_of(phone(number)) is carrier
    assert carrier_of(Address(AddressKind.EMAIL, "a@example.org")) is None


def test_the_percentile_of_delays_is_a_bound_of_the_histogram() -> None:
    assert lag_within({}, 0.95) == 0
    assert lag_within({lag_bucket(800): 95, lag_bucket(40_000): 5}, 0.95) == 1
    assert lag_within({lag_bucket(800): 94, lag_bucket(40_000): 6}, 0.95) == 45
    assert lag_bucket(-5) == 0
    assert lag_bucket(10**12) == len(LAG_BOUNDS) - 1


def test_the_rate_looks_back_over_one_minute() -> None:
    minutes = [Minute(NOON, parts=600), Minute(NOON + MINUTE, parts=300)]
    assert per_second(minutes, NOON + MINUTE + 30_000) == pytest.approx(10)
    assert per_second(minutes, NOON + 2 * MINUTE) == pytest.approx(5)
    assert per_second(minutes, NOON + 4 * MINUTE) == 0
    assert per_second(minutes, NOON + MINUTE + 20_000, since=NOON + 50_000) == pytest.approx(900 / 30)
    assert per_second([Minute(NOON, parts=5)], NOON + 1, since=NOON) == pytest.approx(1)


def test_several_broadcasts_make_one_tally() -> None:
    one = added([])
    assert (one.failures, one.lags, one.carriers) == ((), {}, {})
    assert S.DELIVERED in TAKEN


async def test_a_receipt_that_overtakes_our_own_record_still_tells_the_delay(world: World) -> None:
    await world.put(a_row("a"), a_row("b"))
    claimed = await world.outbox.claim(SENDER, lanes=(1,), limit=2, lease_seconds=45)
    await world.outbox.mark_sending(claimed, lease_seconds=45)
    for word in (
        receipt("a", ReceiptState.SENT, NOON),
        receipt("a", ReceiptState.DELIVERED, NOON + 7000),
        receipt("b", ReceiptState.DELIVERED, NOON + 100),
    ):
        await world.outbox.apply_receipt(word, random=random.Random(1))
    totals = await SendingCounts(world.documents).totals("b")
    assert totals.lags == {lag_bucket(7000): 1, lag_bucket(0): 1}
