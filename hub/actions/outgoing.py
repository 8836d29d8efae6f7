"""What leaves: a message in a conversation together with the delivery that carries it.

Both are stored in one unit of work, so that a screen never shows an answer that is not in the
outbox, and the outbox never holds one nobody can find.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from channels.address import Address
from channels.outbox import POLICY, Delivery, MessageClass, Origin
from hub.actions.channel_profile import Profiles
from hub.ids import new_id
from hub.model.conversation import Author, Conversation, Direction, Message
from hub.store.conversations import ConversationRepository
from hub.store.documents import Write
from hub.store.outbox import OutboxRepository


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
        offered: tuple[str, ...] = (),
    ) -> Said:
        """Says `text` on the conversation's own channel. `offered`: entries behind numbered choices."""
        leaving, parts = self._profiles[conversation.channel].compose(text)
        message_id = new_id(at)
        delivery = Delivery(
            id=new_id(at),
            origin=Origin.REPLY,
            origin_id=message_id,
            sender=conversation.channel,
            recipient=address,
            recipient_key=conversation.address_key,
            message_class=MessageClass.E1,
            dedup=message_id,
            created_at=at,
            expires_at=at + POLICY[MessageClass.E1].expiry_seconds * 1000,
            text=leaving,
            title=_answer_subject(conversation.title),
            reply_to=conversation.thread,
            references=(conversation.thread,) if conversation.thread else (),
            case_id=case_id,
            lane=POLICY[MessageClass.E1].lane,
            parts=parts,
            not_before=at,
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
            text=text,
        )
        after = replace(conversation, count=message.seq, last_at=at, offered=offered)
        return Said(after, message, delivery)

    def writes(self, said: Said) -> list[Write]:
        """The writes of message and delivery; the conversation is the caller's to write, once."""
        return [self._conversations.insert_message(said.message), self._outbox.insert(said.delivery)]


def _answer_subject(title: str) -> str:
    return title if not title or title.lower().startswith(("re:", "答复:")) else f"Re: {title}"
