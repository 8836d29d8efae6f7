"""Mails that come back: what is stopped by which code, and when."""

from __future__ import annotations

import pytest

from channels.address import email
from channels.contract import DeliveryReport
from channels.outbox.delivery import Delivery, DeliveryState, MessageClass, Origin
from channels.outbox.ports import Change, Leased
from hub.actions.deliveries.apply_bounce import ApplyBounce, BounceRule
from hub.actions.deliveries.apply_receipt import ApplyReceipt
from hub.repositories import campaigns, cases, outbox, suppressions
from hub.repositories.outbox import OutboxRepository
from hub.repositories.publicity import bounces
from hub.repositories.publicity.bounces import BounceRepository
from hub.repositories.suppressions import SuppressionRepository
from hub.runtime.clock import FakeClock
from hub.store.crypto import KeyRing, Vault
from hub.store.memory_documents import MemoryDocuments

NOON = 1_790_049_600_000
DAY = 86_400_000
BULK = {"education", "warning", "notice"}


class Office:
    def __init__(self) -> None:
        vault = Vault(KeyRing.fresh())
        collections = (
            *bounces.COLLECTIONS,
            *campaigns.COLLECTIONS,
            *cases.COLLECTIONS,
            *outbox.COLLECTIONS,
            *suppressions.COLLECTIONS,
        )
        self.documents = MemoryDocuments(collections, clock=FakeClock(NOON))
        self.outbox = OutboxRepository(self.documents, vault)
        self.suppressions = SuppressionRepository(self.documents, vault)
        self.bounces = BounceRepository(self.documents, vault)
        self.apply = ApplyBounce(
            self.documents,
            self.outbox,
            self.suppressions,
            self.bounces,
            ApplyReceipt(self.outbox),
            {"mail": BounceRule(soft_bounces=3, soft_days=7)},
        )

    async def sent(self, number: int) -> str:
        """A mail that the relay took."""
        delivery = Delivery(
            id=f"01k5q9w00000000000000{number:05}",
            origin=Origin.BROADCAST,
            origin_id="b1",
            sender="mail",
            recipient=email("reader@example.org"),
            recipient_key="reader",
            message_class=MessageClass.L,
            dedup=str(number),
            created_at=NOON,
            expires_at=NOON + DAY,
            state=DeliveryState.ACCEPTED,
            attempt=1,
            text="x",
        )
        await self.outbox.plan([delivery])
        return delivery.id

    async def rules(self) -> set[str]:
        return {rule.value.subject for rule in await self.suppressions.of_address("reader")}


@pytest.mark.parametrize(
    ("status", "stopped"),
    [
        ("5.1.1", {"invalid"}),
        ("5.0.0", BULK),
        ("5.1.8", BULK),
        ("5.2.1", {"invalid"}),
        ("5.2.2", BULK),
        ("5.7.1", BULK),
        ("4.2.2", set()),
    ],
)
async def test_what_a_code_stops_at_once(status: str, stopped: set[str]) -> None:
    office = Office()
    id = await office.sent(1)
    await office.apply(id, DeliveryReport(True, status), at=NOON)
    assert await office.rules() == stopped
    row = await office.outbox.get(id)
    assert row is not None
    assert (row.value.state, row.value.reason) == (DeliveryState.UNDELIVERED, status)


async def test_the_third_temporary_failure_in_a_week_stops_bulk_mail_and_a_repeat_counts_once() -> None:
    office = Office()
    full = DeliveryReport(True, "4.2.2")
    first, second, third = [await office.sent(number) for number in (1, 2, 3)]
    for id, at in ((first, NOON), (first, NOON + 1), (second, NOON + DAY), (second, NOON + DAY)):
        await office.apply(id, full, at=at)
    assert await office.rules() == set()
    await office.apply(third, full, at=NOON + 6 * DAY)
    assert await office.rules() == BULK


async def test_temporary_failures_over_months_stop_nothing() -> None:
    office = Office()
    for number in range(5):
        id = await office.sent(number)
        await office.apply(id, DeliveryReport(True, "4.4.7"), at=NOON + number * 8 * DAY)
    assert await office.rules() == set()


async def test_a_server_that_still_tries_changes_nothing_nor_does_a_row_that_is_gone() -> None:
    office = Office()
    id = await office.sent(1)
    await office.apply(id, DeliveryReport(False), at=NOON)
    await office.apply("01k5q9w0000000000000099999", DeliveryReport(True, "5.1.1"), at=NOON)
    assert await office.rules() == set()
    row = await office.outbox.get(id)
    assert row is not None
    assert row.value.state is DeliveryState.ACCEPTED


async def test_what_a_crash_cut_off_is_done_by_the_repeat() -> None:
    office = Office()
    id = await office.sent(1)
    row = await office.outbox.get(id)
    assert row is not None
    settled = row.value.moved(state=DeliveryState.UNDELIVERED, reason="5.1.1")  # as far as it got
    await office.outbox.settle([Change(Leased(row.value, row.version), settled)])
    await office.apply(id, DeliveryReport(True, "5.1.1"), at=NOON)
    assert await office.rules() == {"invalid"}
