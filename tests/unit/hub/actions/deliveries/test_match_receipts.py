"""The look for what no receipt and no answer found by itself, and what a case is told of by it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from channels.contract import ReceiptState
from channels.outbox.delivery import DeliveryState
from hub.actions.deliveries.match_receipts import MatchReceipts
from hub.actions.deliveries.read_unmatched import ReadUnmatched
from hub.model.agent import Agent, Role
from hub.repositories.repositories import COLLECTIONS
from hub.runtime.clock import FakeClock
from hub.runtime.errors import Forbidden
from hub.store.memory_documents import MemoryDocuments
from tests.unit.channels.outbox.outbox_world import NOON
from tests.unit.hub.repositories.deliveries.test_part_receipts import Carrier

S = DeliveryState
R = ReceiptState
MIDNIGHT_MS = 12 * 3_600_000  # after noon


@dataclass
class Told:
    """Whoever wants to know of what arrived."""

    ids: list[str] = field(default_factory=list)

    async def __call__(self, delivery_id: str) -> None:
        self.ids.append(delivery_id)


@pytest.fixture
def carrier() -> Carrier:
    return Carrier(MemoryDocuments(COLLECTIONS, clock=FakeClock(NOON)))


def matching(carrier: Carrier, told: Told) -> MatchReceipts:
    return MatchReceipts(carrier.documents, carrier.outbox, carrier.parts, told, carrier.clock)


async def test_a_receipt_on_the_other_side_of_midnight_finds_its_message_once(carrier: Carrier) -> None:
    told = Told()
    carrier.clock.at += MIDNIGHT_MS - 500
    await carrier.sending()
    await carrier.says("m0", R.DELIVERED, sent_at=carrier.clock.at + 1000)
    await carrier.answers("m0")
    assert await matching(carrier, told).step() is False  # it is only early
    carrier.clock.advance(seconds=61)
    assert await matching(carrier, told).step() is True
    assert await matching(carrier, told).step() is False
    assert ((await carrier.row()).state, told.ids) == (S.DELIVERED, ["a"])


async def test_a_case_is_told_of_a_receipt_that_came_before_the_answer_once(carrier: Carrier) -> None:
    told = Told()
    await carrier.sending(case_id="case")
    await carrier.says("m0", R.DELIVERED)
    await carrier.answers("m0")
    for _ in range(3):
        await matching(carrier, told).step()
    assert told.ids == ["a"]


async def test_without_a_case_nobody_is_told(carrier: Carrier) -> None:
    told = Told()
    await carrier.sending()
    await carrier.says("m0", R.DELIVERED)
    await carrier.answers("m0")
    await matching(carrier, told).step()
    assert told.ids == []


async def test_what_waits_is_shown_after_a_minute_to_those_who_decide(carrier: Carrier) -> None:
    read = ReadUnmatched(carrier.parts, carrier.clock)
    admin = Agent("admin", "admin", "", (Role.ADMIN,), 0)
    await carrier.says("m0", R.DELIVERED)
    assert (await read(admin)).count == 0
    carrier.clock.advance(seconds=61)
    found = await read(admin)
    assert [(one.provider_id, one.masked) for one in found.receipts] == [("m0", "138****8000")]
    assert (found.count, found.next) == (1, None)
    with pytest.raises(Forbidden):
        await read(replace(admin, roles=(Role.HANDLER,)))
