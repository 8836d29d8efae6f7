"""Tells a citizen something about a case on the way they came by, or on the address they left.

Where the case came by a way that cannot carry an answer (a web form, a call), a telephone or mail address
that was given gets it, and it is read with number and code too. What is said of a case behind the compartment
is neutral there, whatever way it came: somebody else may read that telephone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from channels.address import Address, AddressKind, is_textable
from channels.contract import ChannelKind
from channels.outbox.delivery import Delivery
from hub.actions.deliveries.channel_profile import ChannelProfile, Profiles
from hub.actions.deliveries.outgoing import Addressee, Leaving, Outgoing, Saying
from hub.actions.dialogue.texts import Texts
from hub.actions.staff.identities import Identities
from hub.model.cases.alarm import is_emergency
from hub.model.cases.case import Case
from hub.model.conversation import AttachedFile, Author, Conversation, Direction, Message
from hub.repositories.repositories import Repositories
from hub.runtime.ids import new_id
from hub.store.codec import Versioned
from hub.store.documents import Write


@dataclass(frozen=True, slots=True)
class Telling:
    """What is said, and by whom. hint: leaves behind the text and is kept nowhere else.

    notice: the words for an address that is no conversation; "" for the text itself. files: are kept
    with the message.
    """

    text: str
    author: Author
    author_id: str = ""
    hint: str = ""
    notice: str = ""
    not_before: int = 0
    files: tuple[AttachedFile, ...] = ()


class TellCitizen:
    """Composes; writes nothing by itself."""

    def __init__(
        self,
        repositories: Repositories,
        profiles: Profiles,
        outgoing: Outgoing,
        texts: Texts,
        identities: Identities,
    ) -> None:
        self._repositories = repositories
        self._profiles = profiles
        self._outgoing = outgoing
        self._texts = texts
        self._identities = identities

    async def writes(
        self, case: Case, found: Versioned[Conversation], telling: Telling, *, at: int
    ) -> tuple[list[Write], str]:
        """The writes of the message, of the conversation and of what leaves; the message's id."""
        conversations = self._repositories.conversations
        conversation = found.value
        profile = self._profiles.get(conversation.channel)
        # Somebody else may read that telephone or mailbox; a chat page is in the writer's own hands.
        neutral = case.is_restricted and conversation.kind != ChannelKind.CHAT
        if not neutral and profile is not None and profile.can_answer and conversation.address:
            said = self._outgoing.reply(
                conversation,
                Address(address_kind(profile.kind), conversation.address),
                Saying(
                    telling.text,
                    telling.author,
                    telling.author_id,
                    hint=telling.hint,
                    files=telling.files,
                    source=written_to(case),
                ),
                at=at,
                case_id=case.id,
                not_before=telling.not_before,
                urgent=is_emergency(case),
            )
            after = conversations.update(said.conversation, found.version)
            return [*self._outgoing.writes(said), after], said.message.id
        message_id = new_id(at)
        delivery = await self.to_address(case, telling, at=at, dedup=message_id)
        message = Message(
            id=message_id,
            conversation_id=conversation.id,
            seq=conversation.count + 1,
            direction=Direction.OUT,
            author=telling.author,
            at=at,
            case_id=case.id,
            delivery_id=delivery.id if delivery else "",
            author_id=telling.author_id,
            text=telling.text,
            files=telling.files,
        )
        after = conversations.update(replace(conversation, count=message.seq, last_at=at), found.version)
        leaves = [self._repositories.outbox.insert(delivery)] if delivery else []
        return [conversations.insert_message(message), after, *leaves], message.id

    async def to_address(self, case: Case, telling: Telling, *, at: int, dedup: str) -> Delivery | None:
        """A delivery to the address that was given, or None where there is none."""
        route = self._route(await self._identities.whole(case))
        if route is None:
            return None
        profile, address = route
        language, reference = case.origin.language, case.reference
        if case.is_restricted:
            body = self._texts.say("report_reply", language, reference=reference)
        else:
            body = telling.notice or telling.text
        return self._outgoing.delivery(
            Addressee(profile.name, address, case.applicant.address_key),
            Leaving(
                f"{body} {telling.hint}".strip(),
                self._texts.say("case_reply_subject", language, reference=reference),
                files=() if case.is_restricted else telling.files,
                automatic=telling.author is Author.ROBOT,
            ),
            at=at,
            dedup=dedup,
            case_id=case.id,
            not_before=telling.not_before,
            urgent=is_emergency(case),
        )

    def _route(self, case: Case) -> tuple[ChannelProfile, Address] | None:
        given = case.applicant.address
        if case.applicant.anonymous or not given:
            return None
        if "@" in given:
            address = Address(AddressKind.EMAIL, given)
            wanted = ChannelKind.MAIL
        else:
            address = Address(AddressKind.PHONE, given)
            wanted = ChannelKind.SMS
            if not is_textable(address):
                return None
        profile = next((p for p in self._profiles.values() if p.kind is wanted and p.can_answer), None)
        return None if profile is None else (profile, address)


def written_to(case: Case) -> str:
    """The number that a text was written to, from which it is answered; "" for what came otherwise."""
    return (case.details or {}).get("recipient", "") if case.origin.kind == ChannelKind.SMS else ""


def address_kind(kind: ChannelKind) -> AddressKind:
    """What kind of address a channel speaks to."""
    match kind:
        case ChannelKind.MAIL:
            return AddressKind.EMAIL
        case ChannelKind.CHAT:
            return AddressKind.CHAT
        case ChannelKind.WECHAT:
            return AddressKind.WECHAT
        case _:
            return AddressKind.PHONE
