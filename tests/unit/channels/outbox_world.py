"""A dispatcher with the real store, a played provider and a clock that only the test moves."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from channels.adapter import Sends
from channels.address import Address, AddressKind
from channels.contract import Accepted, OutboundMessage
from channels.dispatcher import Dispatcher
from channels.outbox import POLICY, Delivery, DeliveryState, MessageClass, Origin
from channels.sender import DispatchSettings
from channels.sweeper import Sweeper
from hub.bell import LocalBell
from hub.clock import FakeClock
from hub.ringing_documents import RingingDocuments
from hub.store import campaigns, outbox, suppressions
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import Documents
from hub.store.outbox import OutboxRepository
from hub.store.sqlite import open_sqlite
from hub.store.suppressions import SuppressionRepository

NOON = 1_790_049_600_000  # in Shanghai
COLLECTIONS = (*outbox.COLLECTIONS, *suppressions.COLLECTIONS, *campaigns.COLLECTIONS)
SENDER = "sms-12110"

Answer = Accepted | BaseException
Script = Callable[[OutboundMessage], Answer]


@dataclass
class PlayedProvider:
    """Answers by script and remembers every message it was given."""

    script: Script = field(default=lambda message: Accepted(f"SM{message.delivery_id}-{message.attempt}"))
    seen: list[OutboundMessage] = field(default_factory=list)

    async def send(self, message: OutboundMessage) -> Accepted:
        self.seen.append(message)
        answer = self.script(message)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    @property
    def ids(self) -> list[str]:
        return [message.delivery_id for message in self.seen]

    def answers(self, *several: Answer) -> None:
        """These answers one after the other, then acceptance."""
        waiting = list(several)
        self.script = lambda message: waiting.pop(0) if waiting else Accepted(f"SM{message.delivery_id}")


@dataclass
class World:
    clock: FakeClock
    documents: Documents
    outbox: OutboxRepository
    suppressions: SuppressionRepository
    provider: PlayedProvider
    sweeper: Sweeper
    senders: dict[str, Sends]
    bell: LocalBell

    def dispatcher(self, settings: DispatchSettings | None = None) -> Dispatcher:
        return Dispatcher(
            self.outbox,
            self.suppressions,
            self.senders,
            self.clock,
            random.Random(7),
            self.bell,
            settings,
        )

    async def put(self, *deliveries: Delivery) -> None:
        await self.outbox.plan(deliveries)

    async def row(self, id: str) -> Delivery:
        read = await self.outbox.get(id)
        assert read is not None
        return read.value

    async def state(self, id: str) -> DeliveryState:
        return (await self.row(id)).state

    async def states(self, ids: Sequence[str]) -> set[DeliveryState]:
        return set((await self.outbox.states(ids)).values())


def a_delivery(id: str, message_class: MessageClass = MessageClass.E1, **other: object) -> Delivery:
    """A reply to a made-up phone; `other` replaces fields."""
    plain = Delivery(
        id=id,
        origin=Origin.REPLY,
        origin_id=f"origin-{id}",
        sender=SENDER,
        recipient=Address(AddressKind.PHONE, "+8613800138000"),
        recipient_key=f"key-{id}",
        message_class=message_class,
        dedup=f"dedup-{id}",
        created_at=NOON,
        expires_at=NOON + POLICY[message_class].expiry_seconds * 1000,
        text="您的来信已收到",
        lane=POLICY[message_class].lane,
        not_before=NOON,
    )
    return replace(plain, **other)  # type: ignore[arg-type]


@asynccontextmanager
async def a_world(folder: Path) -> AsyncIterator[World]:
    clock = FakeClock(NOON)
    vault = Vault(KeyRing.fresh())
    bell = LocalBell()
    documents = RingingDocuments(await open_sqlite(folder / "hub.db", COLLECTIONS, clock=clock), bell)
    repository = OutboxRepository(documents, vault)
    try:
        provider = PlayedProvider()
        rules = SuppressionRepository(documents, vault)
        senders: dict[str, Sends] = {SENDER: provider}
        yield World(clock, documents, repository, rules, provider, Sweeper(repository), senders, bell)
    finally:
        await documents.close()
