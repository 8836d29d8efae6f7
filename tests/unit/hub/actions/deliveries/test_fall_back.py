"""A warning that did not arrive by text goes once by the next channel, and by none when it arrived."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from campaigns.broadcast import Broadcast, BroadcastState
from channels.address import AddressKind, email, phone
from channels.contract import ChannelKind, Receipt, ReceiptState
from channels.outbox.delivery import Delivery, DeliveryState, MessageClass, Origin
from channels.outbox.ports import Change
from channels.outbox.retry import settled
from channels.outbox.suppression import INVALID
from hub.actions.deliveries.fall_back import FALLBACK, FallBack, FallbackSettings
from hub.model.people.contact import Contact
from hub.repositories.repositories import COLLECTIONS, Repositories, repositories
from hub.runtime.clock import FakeClock
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import Write
from hub.store.memory_documents import MemoryDocuments
from tests.unit.channels.outbox.outbox_world import NOON, SENDER, a_broadcast, a_delivery

S = DeliveryState
VAULT = Vault(KeyRing.fresh())
PHONE, MAIL = phone("13800138000"), email("citizen@example.com")
SETTINGS = FallbackSettings(600, ((AddressKind.EMAIL, "mail"),))


@dataclass
class Storm:
    """A red warning of which one text was tried."""

    clock: FakeClock
    documents: MemoryDocuments
    stores: Repositories
    fall_back: FallBack

    async def begin(self, message_class: MessageClass = MessageClass.E0, **run: Any) -> Broadcast:
        """The warning, and a citizen known by telephone and mail."""
        red = replace(a_broadcast("red"), message_class=message_class, text="红色预警：请转移。", **run)
        contacts = self.stores.contacts
        await self.documents.commit(
            [
                self.stores.campaigns.insert_broadcast(red),
                contacts.insert(Contact("c", NOON)),
                contacts.insert_address("c", PHONE, at=NOON),
                contacts.insert_address("c", MAIL, at=NOON),
            ]
        )
        return red

    async def text(self, state: DeliveryState, id: str = "a", **other: Any) -> Delivery:
        """A text of the warning that stands so."""
        other = {"message_class": MessageClass.E0, "receipt_at": NOON, **other}
        row = a_delivery(id, origin=Origin.BROADCAST, origin_id="red", text="", attempt=1, lane=0)
        key = self.stores.contacts.key(PHONE)
        row = replace(row, state=state, recipient=PHONE, **{"recipient_key": key, **other})
        await self.stores.outbox.plan([row])
        return row

    async def other(self, id: str = "a~f") -> Delivery | None:
        found = await self.stores.outbox.get(id)
        return found.value if found else None

    async def arrives(self) -> None:
        word = Receipt(SENDER, "a", 1, "SM", ReceiptState.DELIVERED, "", self.clock.at)
        await self.stores.outbox.apply_receipt(word)


@pytest.fixture
def storm() -> Storm:
    return a_storm()


def a_storm(store: type[MemoryDocuments] = MemoryDocuments) -> Storm:
    clock = FakeClock(NOON + 1000)
    documents = store(COLLECTIONS, clock=clock)
    stores = repositories(documents, VAULT, cities={})
    return Storm(clock, documents, stores, FallBack(documents, stores, clock, SETTINGS))


@pytest.mark.parametrize("state", [S.UNDELIVERED, S.FAILED, S.DEAD, S.SUPPRESSED, S.UNKNOWN])
async def test_a_text_that_failed_for_good_does_not_wait(storm: Storm, state: DeliveryState) -> None:
    await storm.begin()
    await storm.text(state)
    await storm.fall_back.step()
    other = await storm.other()
    assert other is not None
    assert (other.state, other.sender, other.recipient, other.fallback_of) == (S.READY, "mail", MAIL, "a")
    assert (other.text, other.title, other.lane) == ("红色预警：请转移。", "防诈", 0)


@pytest.mark.parametrize("state", [S.ACCEPTED, S.SENT, S.AMBIGUOUS])
async def test_a_text_without_word_waits_the_minutes_of_the_setting(
    storm: Storm, state: DeliveryState
) -> None:
    await storm.begin()
    await storm.text(state)
    storm.clock.at = NOON + 599_999
    await storm.fall_back.step()
    assert await storm.other() is None
    storm.clock.at = NOON + 600_000
    await storm.fall_back.step()
    assert await storm.other() is not None


async def test_it_is_tried_once_whatever_becomes_of_it_and_however_many_look(storm: Storm) -> None:
    await storm.begin()
    await storm.text(S.UNDELIVERED)
    await asyncio.gather(*(storm.fall_back.step() for _ in range(3)))
    read = (await storm.stores.outbox.reread(["a~f"]))["a~f"]
    await storm.stores.outbox.claim("mail", lanes=(0,), limit=1, lease_seconds=45)
    read = (await storm.stores.outbox.reread(["a~f"]))["a~f"]
    [sending] = await storm.stores.outbox.mark_sending([read], lease_seconds=45)
    await storm.stores.outbox.settle([Change(sending, settled(sending.delivery, S.FAILED, "550"))])
    for _ in range(3):
        storm.clock.advance(seconds=700)
        await storm.fall_back.step()
    assert await storm.documents.count("outbox", {"origin_id": f"red{FALLBACK}"}) == {"": 1}
    assert await storm.stores.outbox.counts("red") == {}
    assert (await storm.stores.outbox.counts("red:fallback"))["failed"] == 1
    assert await storm.stores.deliveries.fallbacks.counts("red") == {"ended": 1}


async def test_nothing_goes_when_the_text_has_arrived(storm: Storm) -> None:
    await storm.begin()
    await storm.text(S.ACCEPTED)
    await storm.arrives()
    storm.clock.advance(seconds=3600 - 10)
    await storm.fall_back.step()
    assert await storm.documents.count("fallbacks", {}) == {"": 0}


async def test_what_has_not_left_is_taken_back_when_the_text_arrives_after_all(storm: Storm) -> None:
    await storm.begin()
    await storm.text(S.UNDELIVERED)
    await storm.fall_back.step()
    await storm.arrives()
    await storm.fall_back.step()
    other = await storm.other()
    assert other is not None
    assert (other.state, other.reason) == (S.CANCELED, "confirmed")
    assert await storm.stores.deliveries.fallbacks.counts("red") == {"ended": 1}


class _JustBefore(MemoryDocuments):
    """Lets something happen right before the first fallback is written."""

    happens: Callable[[], Awaitable[None]] | None = None

    async def commit(self, writes: Sequence[Write]) -> None:
        if self.happens and any(write.collection == "fallbacks" for write in writes):
            happens, self.happens = self.happens, None
            await happens()
        await super().commit(writes)


async def test_a_receipt_that_comes_while_it_is_decided_is_looked_at_first() -> None:
    storm = a_storm(_JustBefore)
    await storm.begin()
    await storm.text(S.SENT)
    storm.clock.advance(seconds=700)
    storm.documents.happens = storm.arrives  # type: ignore[attr-defined]
    await storm.fall_back.step()
    assert await storm.other() is None
    assert await storm.documents.count("fallbacks", {}) == {"": 0}


async def test_whoever_has_no_other_address_is_noted_and_not_looked_up_again(storm: Storm) -> None:
    await storm.begin()
    await storm.text(S.UNDELIVERED, "stranger", recipient_key="nobody")
    await storm.stores.suppressions.suppress(
        (storm.stores.contacts.key(MAIL), INVALID), reason="550", by="provider", at=NOON
    )
    await storm.text(S.UNDELIVERED, "dead-mail")
    await storm.fall_back.step()
    assert await storm.stores.deliveries.fallbacks.counts("red") == {"no_channel": 2}
    assert await storm.documents.count("outbox", {"origin_id": f"red{FALLBACK}"}) == {"": 0}


@pytest.mark.parametrize(
    "run",
    [
        {"message_class": MessageClass.E1},
        {"message_class": MessageClass.L},
        {"state": BroadcastState.CANCELED},
        {"state": BroadcastState.PAUSED},
        {"expires_at": NOON + 500},
        {"channel_kind": ChannelKind.MAIL},
    ],
)
async def test_never_for_lower_classes_nor_for_what_is_over_or_stopped(
    storm: Storm, run: dict[str, Any]
) -> None:
    await storm.begin(**run)
    await storm.text(S.UNDELIVERED, message_class=run.get("message_class", MessageClass.E0))
    await storm.fall_back.step()
    assert await storm.documents.count("fallbacks", {}) == {"": 0}


async def test_a_channel_that_never_reports_is_not_taken_for_one_that_failed(storm: Storm) -> None:
    await storm.begin()
    await storm.text(S.ACCEPTED, receipt_at=0)
    storm.clock.advance(seconds=3000)
    await storm.fall_back.step()
    assert await storm.documents.count("fallbacks", {}) == {"": 0}
