"""What leaves: a message in a conversation together with the delivery that carries it.

Both are stored in one unit of work, so that a screen never shows an answer that is not in the
outbox, and the outbox never holds one nobody can find.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from channels.address import Address, extension_of
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


@dataclass(frozen=True, slots=True)
class Saying:
    """What is said in a conversation, and by whom.

    entry_ids: the entries it comes from. dialogue: what these words ask. with_110, danger: what a page shows
    below them. hint: leaves behind the text and is kept nowhere else. files: are kept with the message.
    source: as in `Leaving`.
    """

    text: str
    author: Author
    author_id: str = ""
    entry_ids: tuple[str, ...] = ()
    dialogue: Dialogue | None = None
    with_110: bool = False
    danger: DangerKind = DangerKind.NONE
    hint: str = ""
    files: tuple[AttachedFile, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Addressee:
    """To whom something leaves. key: the keyed digest of the address."""

    channel: str
    address: Address
    key: str


@dataclass(frozen=True, slots=True)
class Leaving:
    """What leaves. title, thread: of a mail, and the mail it answers.

    files: leave with a mail; on other channels they are read where the message is. source: the number of
    ours that a text answers, which was written to; "" for the channel's own. automatic: no person wrote it.
    """

    text: str
    title: str = ""
    thread: str = ""
    files: Sequence[AttachedFile] = ()
    source: str = ""
    automatic: bool = False


class Outgoing:
    """Composes replies.

    urgent: it belongs to an open emergency (`hub.model.cases.alarm.is_emergency`) and leaves before
    everything else. not_before: ms UTC, 0 = at once.
    """

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
        saying: Saying,
        *,
        at: int,
        case_id: str = "",
        not_before: int = 0,
        urgent: bool = False,
    ) -> Said:
        """Says it on the conversation's own channel."""
        message_id = new_id(at)
        delivery = self.delivery(
            Addressee(conversation.channel, address, conversation.address_key),
            Leaving(
                f"{saying.text} {saying.hint}" if saying.hint else saying.text,
                _answer_subject(conversation.title),
                conversation.thread,
                saying.files,
                saying.source,
                automatic=saying.author is Author.ROBOT,
            ),
            at=at,
            dedup=message_id,
            case_id=case_id,
            not_before=not_before,
            urgent=urgent,
        )
        dialogue = saying.dialogue or NOTHING_OPEN
        message = Message(
            id=message_id,
            conversation_id=conversation.id,
            seq=conversation.count + 1,
            direction=Direction.OUT,
            author=saying.author,
            at=at,
            case_id=case_id,
            delivery_id=delivery.id,
            author_id=saying.author_id,
            entry_ids=saying.entry_ids,
            offered=bool(saying.entry_ids and dialogue.offered),
            with_110=saying.with_110,
            danger=saying.danger,
            text=saying.text,
            files=saying.files,
        )
        after = replace(conversation, count=message.seq, last_at=at, dialogue=dialogue)
        return Said(after, message, delivery)

    def delivery(
        self,
        to: Addressee,
        leaving: Leaving,
        *,
        at: int,
        dedup: str,
        case_id: str = "",
        not_before: int = 0,
        urgent: bool = False,
    ) -> Delivery:
        """A reply to one address, ready to leave. `dedup`: the same one is never queued twice."""
        profile = self._profiles[to.channel]
        text, parts = profile.compose(leaving.text)
        carried = leaving.files if profile.kind is ChannelKind.MAIL else ()
        message_class = MessageClass.E0 if urgent else MessageClass.E1
        policy = POLICY[message_class]
        return Delivery(
            id=new_id(at),
            origin=Origin.REPLY,
            origin_id=dedup,
            sender=to.channel,
            recipient=to.address,
            recipient_key=to.key,
            message_class=message_class,
            dedup=dedup,
            created_at=at,
            expires_at=at + policy.expiry_seconds * 1000,
            text=text,
            title=leaving.title,
            reply_to=leaving.thread,
            references=(leaving.thread,) if leaving.thread else (),
            case_id=case_id,
            lane=policy.lane,
            parts=parts,
            not_before=max(at, not_before),
            extension=extension_of(profile.number, leaving.source),
            automatic=leaving.automatic,
            files=tuple(OutboundFile(file.id, file.filename, file.media_type) for file in carried),
        )

    def writes(self, said: Said) -> list[Write]:
        """The writes of message and delivery; the conversation is the caller's to write, once."""
        return [self._conversations.insert_message(said.message), self._outbox.insert(said.delivery)]


def _answer_subject(title: str) -> str:
    return title if not title or title.lower().startswith(("re:", "答复:")) else f"Re: {title}"
