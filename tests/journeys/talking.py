"""A citizen in a dialogue: says something on a channel and reads what comes back."""

from __future__ import annotations

from channels.address import Address, AddressKind, phone
from channels.contract import ChannelKind, InboundMessage
from hub.hub import Hub
from hub.model.agent import Role
from hub.model.cases.case import Case
from hub.model.conversation import Direction, Message
from hub.model.entry_record import EntryRecord
from hub.runtime.ids import derived_id, new_id
from knowledge_base.entry import Entry, EntryState, SlotAnswer
from tests.world import World

CHANNELS = {ChannelKind.CHAT: "web-chat", ChannelKind.SMS: "sms-12110", ChannelKind.MAIL: "mail"}


class Talker:
    """One citizen on one channel, spoken to through the same door as the adapters use."""

    def __init__(self, world: World | Hub, kind: ChannelKind, name: str = "1") -> None:
        self._hub = world.hub if isinstance(world, World) else world
        self._kind = kind
        self._channel = CHANNELS[kind]
        self.address = {
            ChannelKind.CHAT: Address(AddressKind.CHAT, derived_id("talker", name)),
            ChannelKind.SMS: phone(f"+86138001390{int(name):02d}"),
            ChannelKind.MAIL: Address(AddressKind.EMAIL, f"citizen{name}@example.com"),
        }[kind]

    async def say(
        self,
        text: str,
        *,
        id: str = "",
        recipient: str = "",
        after_ms: int = 0,
        thread: tuple[str, ...] = (),
    ) -> str:
        """Says it and gives the reply, "" when there is none."""
        now = self._hub.clock.now_ms() + after_ms
        outcome = await self._hub.actions.accept_event(
            InboundMessage(
                channel=self._channel,
                kind=self._kind,
                provider_id=id or new_id(now),
                sender=self.address,
                recipient=recipient or self._channel,
                text=text,
                received_at=now,
                thread=thread,
            )
        )
        return outcome.reply

    async def messages(self) -> list[Message]:
        """Everything said in the conversation."""
        key = self._hub.repositories.contacts.key(self.address)
        conversation = self._hub.repositories.conversations.id_for(self._channel, key)
        return await self._hub.repositories.conversations.messages(conversation)

    async def heard(self) -> list[str]:
        """What the hub said."""
        return [message.text for message in await self.messages() if message.direction is Direction.OUT]


async def queue(world: World, role: Role = Role.HANDLER) -> list[Case]:
    """What an agent of this role sees."""
    found = await world.hub.repositories.agents.by_login(role.value)
    agent = found.value if found else await world.agent(role)
    return [row.case for row in (await world.hub.actions.read_queue.page(agent)).rows]


def slotted(id_: str = "exam-of-licence") -> Entry:
    """An entry whose answer depends on the licence class."""
    return Entry(
        id=id_,
        question="学员体检合格证明多久提交一次？",
        variants=("体检证明几年交一回",),
        answer="看准驾车型，请查驾驶证副页。",
        short_answer="",
        topic="交管",
        source="",
        confirm_locally=False,
        state=EntryState.PUBLISHED,
        updated_at=0,
        slot="licence",
        by_slot=(SlotAnswer("C1", "每六年交一次。", "六年。"), SlotAnswer("A1", "每年交一次。")),
    )


def teach(world: World, *entries: Entry) -> None:
    """Adds entries to what the running hub knows."""
    records = [EntryRecord(entry.id, live=entry) for entry in entries]
    world.hub.knowledge.take(records, world.hub.clock.now_ms())
