"""A carrier behind a gateway: it knows only its own ids and reports part by part, even before it answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from channels.address import phone
from channels.loopback.faults import Fault, FaultKind
from channels.loopback.texts import ReceiptOrder, ReceiptPlan
from channels.outbox.delivery import POLICY, Delivery, DeliveryState, MessageClass, Origin
from tests.world import PUBLIC, World, eventually, world

S = DeliveryState
STATUS = f"{PUBLIC}/webhooks/twilio/sms-12110/status"
LONG = "请注意防范电信网络诈骗。" * 15
CITIZENS = [f"+861380000{n:04d}" for n in range(6)]


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path, receipts="by-part") as running:
        running.carrier.connect_status("12110", STATUS)
        yield running


async def put(hub: World, name: str, message_class: MessageClass = MessageClass.E0) -> list[str]:
    """One long text to each of them; the ids of the rows."""
    now = hub.hub.clock.now_ms()
    rows = [
        Delivery(
            id=f"{name}-{place}",
            origin=Origin.BROADCAST,
            origin_id=name,
            sender="sms-12110",
            recipient=phone(number),
            recipient_key=hub.hub.repositories.contacts.key(phone(number)),
            message_class=message_class,
            dedup=f"{name}-{place}",
            created_at=now,
            expires_at=now + 3_600_000,
            text=f"{name} {LONG}",
            lane=POLICY[message_class].lane,
            parts=3,
        )
        for place, number in enumerate(CITIZENS)
    ]
    await hub.hub.repositories.outbox.plan(rows)
    return [row.id for row in rows]


async def all_are(hub: World, ids: list[str], state: DeliveryState) -> bool:
    async def look() -> bool:
        return set((await hub.hub.repositories.outbox.states(ids)).values()) == {state}

    return await eventually(look)


async def test_receipts_in_any_order_before_and_after_the_answer_and_doubled(gateway: World) -> None:
    """Scenario 10: delivered, sent, repeated delivered, some before our own record: delivered, once."""
    hub = gateway
    for place, (order, before) in enumerate(
        [(ReceiptOrder.IN_ORDER, False), (ReceiptOrder.SHUFFLED, True), (ReceiptOrder.REVERSED, True)]
    ):
        hub.carrier.plan_receipts(ReceiptPlan(order=order, copies=2, by_part=True, before_answer=before))
        name = f"run{place}"
        assert await all_are(hub, await put(hub, name), S.DELIVERED)
        await hub.carrier.settled()
        counts = await hub.hub.repositories.outbox.counts(name)
        assert {state: number for state, number in counts.items() if number} == {"delivered": 6}
    assert hub.carrier.callbacks_failed == 0
    assert hub.carrier.journal.taken == 18
    later = hub.hub.clock.now_ms() + 1
    assert await hub.hub.repositories.deliveries.parts.how_many_unmatched(before=later) == 0


async def test_a_receipt_nobody_signed_is_refused_and_counted_and_one_for_nobody_is_shown(
    gateway: World,
) -> None:
    hub = gateway
    fields = {"MessageSid": "SM" + "9" * 32, "MessageStatus": "delivered", "To": CITIZENS[0]}
    async with hub.http.post(f"{hub.url}/webhooks/twilio/sms-12110/status", data=fields) as answer:
        assert answer.status == 403
    later = hub.hub.clock.now_ms() + 100_000
    parts = hub.hub.repositories.deliveries.parts
    assert await parts.how_many_unmatched(before=later) == 0
    assert hub.hub.refused.of("sms-12110") == 1
    assert (await hub.carrier.post_to(STATUS, fields)).status == 204
    [parked] = (await parts.unmatched(before=later)).parts
    assert (parked.provider_id, parked.masked) == (fields["MessageSid"], "138****0000")


async def test_an_answer_that_was_lost_is_made_good_by_the_receipt(hub: World) -> None:
    """Scenario 3: the carrier took it, the connection was cut: ambiguous, then delivered, never twice."""
    hub.carrier.faults.add(Fault(FaultKind.LOST_ANSWER, to=CITIZENS[2]))
    hub.carrier.plan_receipts(ReceiptPlan(states=()))
    ids = await put(hub, "lost")
    assert await all_are(hub, [ids[2]], S.AMBIGUOUS)
    [message] = [m for m in hub.carrier.journal.messages if m.recipient == CITIZENS[2]]
    for state in ("sent", "delivered"):
        fields = {"MessageSid": message.sid, "MessageStatus": state, "To": message.recipient}
        assert (await hub.carrier.post_to(message.status_callback, fields)).status == 204
    row = await hub.hub.repositories.outbox.get(ids[2])
    assert row is not None
    assert (row.value.state, row.value.provider_id) == (S.DELIVERED, message.sid)
    assert (await hub.hub.repositories.outbox.counts("lost"))["delivered"] == 1
    assert hub.carrier.journal.taken == 6
