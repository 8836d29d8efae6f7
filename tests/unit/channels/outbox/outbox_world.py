"""A dispatcher over a store in memory, with a played provider and a clock that only the test moves."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from campaigns.broadcast import Broadcast, BroadcastState
from campaigns.segment import Segment
from channels.adapter import Sends
from channels.address import Address, AddressKind
from channels.contract import Accepted, ChannelKind, OutboundMessage
from channels.outbox.delivery import POLICY, Delivery, DeliveryState, MessageClass, Origin
from channels.outbox.dispatcher import Dispatcher
from channels.outbox.sender import DispatchSettings
from channels.outbox.sweeper import Sweeper
from hub.repositories import campaigns, outbox, suppressions
from hub.repositories.campaigns import CampaignRepository
from hub.repositories.outbox import OutboxRepository
from hub.repositories.ringing_documents import RingingDocuments
from hub.repositories.suppressions import SuppressionRepository
from hub.runtime.bell import LocalBell
from hub.runtime.clock import FakeClock
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import Documents
from hub.store.memory_documents import MemoryDocuments

NOON = 1_790_049_600_000  # in Shanghai
COLLECTIONS = (*outbox.COLLECTIONS, *suppressions.COLLECTIONS, *campaigns.COLLECTIONS)
SENDER = "sms-12110"

Answer = Accepted | BaseException
Script = Callable[[OutboundMessage], Answer]


@dataclass
class PlayedProvider:
    """Answers by script and remembers every message it was given."""

    script: Script = field(default=lambda message: Accepted((f"SM{message.delivery_id}-{message.attempt}",)))
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
        self.script = lambda message: waiting.pop(0) if waiting else Accepted((f"SM{message.delivery_id}",))


@dataclass
class World:
    clock: FakeClock
    documents: Documents
    outbox: OutboxRepository
    suppressions: SuppressionRepository
    campaigns: CampaignRepository
    provider: PlayedProvider
    sweeper: Sweeper
    senders: dict[str, Sends]
    bell: LocalBell
    vault: Vault

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

    async def put_broadcast(self, broadcast: Broadcast) -> None:
        """Writes it, or what has become of it."""
        read = await self.campaigns.broadcast(broadcast.id)
        write = (
            self.campaigns.insert_broadcast(broadcast)
            if read is None
            else self.campaigns.update_broadcast(broadcast, read.version)
        )
        await self.documents.commit([write])

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


def a_broadcast(id: str, state: BroadcastState = BroadcastState.RUNNING) -> Broadcast:
    """A broadcast that keeps its text once for all its deliveries."""
    return Broadcast(
        id=id,
        campaign_id="c",
        fire_at=NOON,
        snapshot_at=NOON,
        expires_at=NOON + 3_600_000,
        channel=SENDER,
        channel_kind=ChannelKind.SMS,
        message_class=MessageClass.N,
        text="【福建公安】防诈提醒",
        segment=Segment(()),
        personal=False,
        title="防诈",
        state=state,
    )


def a_world(clock: FakeClock | None = None) -> World:
    clock = clock or FakeClock(NOON)
    vault = Vault(KeyRing.fresh())
    bell = LocalBell()
    documents = RingingDocuments(MemoryDocuments(COLLECTIONS, clock=clock), bell)
    repository = OutboxRepository(documents, vault)
    provider = PlayedProvider()
    return World(
        clock,
        documents,
        repository,
        SuppressionRepository(documents, vault),
        CampaignRepository(documents, vault),
        provider,
        Sweeper(repository),
        {SENDER: provider},
        bell,
        vault,
    )
