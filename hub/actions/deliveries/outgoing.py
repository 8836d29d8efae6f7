"""What leaves: a message in a conversation together with the delivery that carries it.

Both are stored in one unit of work, so that a screen never shows an answer that is not in the
outbox, and the outbox never holds one nobody can find.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from channels.address import Address
from channels.contract import ChannelKind, OutboundFile
from channels.outbox.delivery import POLICY, Delivery, MessageClass, Origin
from hub.actions.deliveries.channel_profile import Profiles
from hub.model.conversation import AttachedFile, Author, Conversation, Direction, Message
from hub.model.danger_kind import DangerKind
from hub.model.dialogue import NOTHING_OPEN, Dialogue
from hub.repositories.conversations import ConversationRepository
from hub.repositories.outbox import OutboxRepository
from hub.runtime.ids import new_id
from hub.store.documents import Write


@dataclass(frozen=True, slots=True)
class Said:
    """A message and its delivery, and the conversation as it stands afterwards."""

    conversation: Conversation
    message: Message
    delivery: Delivery


class Outgoing:
    """Composes replies."""

    def __init__(
        self, profiles: Profiles, conversations: ConversationRepository, outbox: OutboxRepository
    ) -> None:
        self._profiles = profiles
        self._conversations = conversations
        self._outbox = outbox

    def reply(
        self,
        conversation: Conversation,
        address: Address,
        text: str,
        *,
        at: int,
        author: Author,
        author_id: str = "",
        case_id: str = "",
        entry_ids: tuple[str, ...] = (),
        dialogue: Dialogue | None = None,
        with_110: bool = False,
        danger: DangerKind = DangerKind.NONE,
        hint: str = "",
        not_before: int = 0,
        files: tuple[AttachedFile, ...] = (),
        urgent: bool = False,
    ) -> Said:
        """Says `text` on the conversation's own channel.

        dialogue: what these words ask. with_110, danger: what a page shows below them.
        hint: leaves behind the text and is kept nowhere else. not_before: ms UTC, 0 = at once.
        files: are kept with the message. urgent: see `delivery`.
        """
        message_id = new_id(at)
        delivery = self.delivery(
            conversation.channel,
            address,
            f"{text} {hint}" if hint else text,
            at=at,
            address_key=conversation.address_key,
            dedup=message_id,
            case_id=case_id,
            title=_answer_subject(conversation.title),
            thread=conversation.thread,
            not_before=not_before,
            files=files,
            urgent=urgent,
        )
        message = Message(
            id=message_id,
            conversation_id=conversation.id,
            seq=conversation.count + 1,
            direction=Direction.OUT,
            author=author,
            at=at,
            case_id=case_id,
            delivery_id=delivery.id,
            author_id=author_id,
            entry_ids=entry_ids,
            offered=bool(entry_ids and dialogue and dialogue.offered),
            with_110=with_110,
            danger=danger,
            text=text,
            files=files,
        )
        after = replace(conversation, count=message.seq, last_at=at, dialogue=dialogue or NOTHING_OPEN)
        return Said(after, message, delivery)

    def delivery(
        self,
        channel: str,
        address: Address,
        text: str,
        *,
        at: int,
        address_key: str,
        dedup: str,
        case_id: str,
        title: str = "",
        thread: str = "",
        not_before: int = 0,
        files: Sequence[AttachedFile] = (),
        urgent: bool = False,
    ) -> Delivery:
        """A reply to one address, ready to leave. `dedup`: the same one is never queued twice.

        files: leave with a mail; on other channels they are read where the message is. urgent: it belongs
        to an open emergency (`hub.model.cases.alarm.is_emergency`) and leaves before everything else.
        """
        profile = self._profiles[channel]
        leaving, parts = profile.compose(text)
        carried = files if profile.kind is ChannelKind.MAIL else ()
        message_class = MessageClass.E0 if urgent else MessageClass.E1
        policy = POLICY[message_class]
        return Delivery(
            id=new_id(at),
            origin=Origin.REPLY,
            origin_id=dedup,
            sender=channel,
            recipient=address,
            recipient_key=address_key,
            message_class=message_class,
            dedup=dedup,
            created_at=at,
            expires_at=at + policy.expiry_seconds * 1000,
            text=leaving,
            title=title,
            reply_to=thread,
            references=(thread,) if thread else (),
            case_id=case_id,
            lane=policy.lane,
            parts=parts,
            not_before=max(at, not_before),
            files=tuple(OutboundFile(file.id, file.filename, file.media_type) for file in carried),
        )

    def writes(self, said: Said) -> list[Write]:
        """The writes of message and delivery; the conversation is the caller's to write, once."""
        return [self._conversations.insert_message(said.message), self._outbox.insert(said.delivery)]


def _answer_subject(title: str) -> str:
    return title if not title or title.lower().startswith(("re:", "答复:")) else f"Re: {title}"
