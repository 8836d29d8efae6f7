"""Takes in one inbound message: seen before? contact, conversation, message, case, reply.

Everything it leads to is one unit of work: when the provider is answered, the message, the case
and the queued reply are on disk together, or nothing is and the provider sends it again. The
message is stored under the event's id, made of the channel and the provider's own id, so one that
comes twice changes nothing the second time, whether the copies come a day or a microsecond apart.
The id of a mail is written by whoever sends it: what it says and brings along is part of the event's id, so
that nobody can take the place of somebody else's mail, and no file is lost that came under an id of before.
"""

from __future__ import annotations

import hashlib
import logging
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from channels.contract import Attachment, ChannelKind, InboundMessage
from hub.actions.cases.citizen.merged_into import goes_on_in
from hub.actions.deliveries.channel_profile import Profiles
from hub.actions.dialogue.quote import split_quote
from hub.actions.dialogue.texts import language_of
from hub.actions.intake.answer_message import AnswerMessage
from hub.actions.intake.scene import MessagePlan, Scene
from hub.actions.intake.search_letter import Found
from hub.model.cases.alarm import was_handed_off
from hub.model.conversation import AttachedFile, Author, Conversation, Direction, Message
from hub.model.dialogue import NOTHING_OPEN
from hub.model.notification import NotificationKind
from hub.repositories.repositories import Repositories
from hub.runtime.clock import to_local
from hub.runtime.errors import HubError
from hub.runtime.ids import derived_id
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate, Write
from hub.store.files import FileStore, FilesUnavailable
from hub.store.until_committed import until_committed

log = logging.getLogger(__name__)

PassesOn = Callable[[InboundMessage, str], Sequence[Write]]
"""Of a message and its id."""

_TRIES = 12
_MAX_TEXT = 20_000


class Busy(HubError):
    """Too many changes to the same conversation at once: the provider should try again."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an event. `seen`: it had been taken in before and changed nothing now."""

    event_id: str
    seen: bool
    conversation_id: str
    case_id: str
    reply: str = ""


class AcceptEvent:
    """The first half of the straight line."""

    def __init__(
        self,
        documents: Documents,
        repositories: Repositories,
        profiles: Profiles,
        answer: AnswerMessage,
        files: FileStore,
        passes_on: PassesOn,
    ) -> None:
        """passes_on: what is written beside a message for a platform that wants it too."""
        self._documents = documents
        self._repositories = repositories
        self._profiles = profiles
        self._answer = answer
        self._files = files
        self._passes_on = passes_on

    async def __call__(
        self, event: InboundMessage, *, searched: Found | None = None, also: Sequence[Write] = ()
    ) -> Outcome:
        """Stores the message and what follows from it. Raises `Busy` when it should come again.

        searched: what a search in a letter found that nobody could read. also: writes of the same unit of
        work; they are not done for an event that was seen.
        """
        event_id = event_id_of(event)
        files = [await self._kept(file) for file in event.attachments]

        async def decide() -> tuple[Sequence[Write], Outcome]:
            scene = replace(await self._set_scene(event, event_id), searched=searched)
            # A message is stored together with its conversation: where there is none, it never came. This
            # look spares a repeat what deciding costs; the insert of the message makes it harmless.
            if scene.version and await self._repositories.conversations.message(event_id) is not None:
                return (), await self._seen(event_id)
            plan = _in_its_place(scene, await self._answer(scene))
            reply = plan.says.text if plan.says else ""
            outcome = Outcome(event_id, False, plan.exchange.id, plan.case_id, reply)
            return [*self._unit(scene, plan, tuple(files)), *also], outcome

        try:  # again after another message of the conversation, or this one at the same moment
            return await until_committed(self._documents, decide, tries=_TRIES)
        except (Conflict, Duplicate):
            raise Busy("too many messages of one conversation at once") from None

    async def _kept(self, file: Attachment) -> AttachedFile:
        """A folder that takes nothing must not cost the words of the message as well."""
        try:
            id = await self._files.put(file.content)
        except FilesUnavailable:
            log.error("attachment.lost")
            id = ""
        return AttachedFile(id, file.filename, file.media_type, len(file.content))

    async def _seen(self, event_id: str) -> Outcome:
        message = await self._repositories.conversations.message(event_id)
        if message is None:
            return Outcome(event_id, True, "", "")
        return Outcome(event_id, True, message.conversation_id, message.case_id)

    def _unit(self, scene: Scene, plan: MessagePlan, files: tuple[AttachedFile, ...]) -> list[Write]:
        conversations = self._repositories.conversations
        message = Message(
            id=scene.event_id,
            conversation_id=scene.conversation.id,
            seq=scene.conversation.count,
            direction=Direction.IN,
            author=Author.CITIZEN,
            at=scene.event.received_at,
            case_id=plan.case_id,
            to=scene.event.recipient if scene.event.kind is ChannelKind.SMS else "",
            subject=scene.subject,
            text=scene.text,
            files=files,
        )
        return [
            conversations.insert_message(message),
            *plan.unit(self._repositories.cases),
            *self._handler_told(scene, plan),
            *self._passes_on(scene.event, scene.event_id),
            conversations.update(plan.exchange, scene.version)
            if scene.version
            else conversations.insert(plan.exchange),
        ]

    def _handler_told(self, scene: Scene, plan: MessagePlan) -> list[Write]:
        """Who handles a case hears that the citizen wrote in it."""
        planned = plan.case
        if planned is None or planned.read is None or not planned.case.handler_id:
            return []
        return [
            self._repositories.notifications.tell(
                planned.case.handler_id,
                NotificationKind.CITIZEN_REPLIED,
                planned.case.id,
                at=scene.event.received_at,
                cause=f"own:{scene.event_id}",
            )
        ]

    async def _set_scene(self, event: InboundMessage, event_id: str) -> Scene:
        contacts = self._repositories.contacts
        address_key = contacts.key(event.sender)
        id, found = await self._conversation(event, address_key or event_id)
        if found is not None:
            conversation = replace(
                found.value,
                count=found.value.count + 1,
                last_at=event.received_at,
                dialogue=NOTHING_OPEN,
                thread=_thread(event) or found.value.thread,
                address=found.value.address or event.sender.value,  # lost, when its seal is damaged
            )
        else:
            conversation = Conversation(
                id=id,
                channel=event.channel,
                kind=event.kind,
                contact_id=await contacts.owner(address_key) if address_key else "",
                address_key=address_key,
                created_at=event.received_at,
                last_at=event.received_at,
                count=1,
                thread=_thread(event),
                title=_clean(event.subject)[:200],
                address=event.sender.value,
            )
        case = await self._repositories.cases.get(conversation.case_id) if conversation.case_id else None
        goes_on = await goes_on_in(self._repositories.cases, case.value) if case else None
        text = _clean(event.text)[:_MAX_TEXT]
        dialogue = found.value.dialogue.at(event.received_at) if found else NOTHING_OPEN
        return Scene(
            event=event,
            event_id=event_id,
            profile=self._profiles[event.channel],
            text=text,
            subject=_clean(event.subject)[:200],
            language=language_of(text, dialogue.language),
            address_key=address_key,
            contact_id=conversation.contact_id,
            conversation=conversation,
            version=found.version if found else 0,
            case=goes_on or (case if case is not None and case.value.is_open else None),
            merged_id=conversation.case_id if goes_on else "",
            dialogue=dialogue,
            handed_off=case is not None and was_handed_off(case.value, event.received_at),
            ours=await self._ours(id, text) if found and event.kind is ChannelKind.MAIL else (),
        )

    async def _ours(self, conversation_id: str, text: str) -> tuple[str, ...]:
        """What we said in the conversation, when a letter quotes anything."""
        if not split_quote(text)[1]:
            return ()
        said = await self._repositories.conversations.last_messages(conversation_id)
        return tuple(message.text for message in said if message.direction is Direction.OUT)

    async def _conversation(
        self, event: InboundMessage, key: str
    ) -> tuple[str, Versioned[Conversation] | None]:
        """Where a message belongs: its id, and the conversation if there is one already.

        Mail threads are conversations of their own, found by their first mail or, when a mail
        program dropped that from the references, by our own answer in them; but only for the
        address that takes part. On other channels there is one conversation per address.
        """
        conversations = self._repositories.conversations
        if event.kind is not ChannelKind.MAIL:
            id = conversations.id_for(event.channel, key)
            return id, await conversations.get(id)
        if event.passed_on_by and not event.automatic:  # one conversation, and one case, of a list and day
            id = conversations.id_for(
                event.channel, event.passed_on_by, f"list:{to_local(event.received_at):%F}"
            )
            return id, await conversations.get(id)
        for part in (*event.thread, event.provider_id):
            id = conversations.id_for(event.channel, key, part)
            found = await conversations.get(id)
            if found is not None:
                return id, found
            delivery_id = part.strip("<>").partition("@")[0].partition("-")[0]  # behind it, our signature
            answer = await conversations.by_delivery(delivery_id)
            found = await conversations.get(answer.conversation_id) if answer else None
            if found is not None and found.value.address_key == key:
                return found.value.id, found
        root = event.thread[0] if event.thread else event.provider_id
        return conversations.id_for(event.channel, key, root), None


def _in_its_place(scene: Scene, plan: MessagePlan) -> MessagePlan:
    """The conversation stays with its own case, so that it goes on there when the cases are taken apart."""
    if scene.merged_id and scene.case is not None and plan.exchange.case_id == scene.case.value.id:
        return replace(plan, exchange=replace(plan.exchange, case_id=scene.merged_id))
    return plan


def event_id_of(event: InboundMessage) -> str:
    """The id under which the message of an event is stored."""
    said: tuple[str, ...] = ()
    if event.kind is ChannelKind.MAIL:
        files = (hashlib.sha256(file.content).hexdigest() for file in event.attachments)
        said = (event.sender.value, event.subject, event.text, *files)
    return f"{event.channel}:{derived_id(event.provider_id, *said)}"


_TURNING = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F)))


def _clean(text: str) -> str:
    """Without control characters (line breaks and tabs stay), marks that turn the order, outer blanks."""
    if text.isprintable():
        return text.strip()
    return "".join(
        char
        for char in text
        if char in "\n\t" or (unicodedata.category(char) not in ("Cc", "Cs") and char not in _TURNING)
    ).strip()


def _thread(event: InboundMessage) -> str:
    """What an answer must refer to so that it stands in the citizen's own mail thread."""
    return event.provider_id if event.kind is ChannelKind.MAIL else ""
