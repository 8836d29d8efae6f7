"""Takes in one inbound message: seen before? contact, conversation, message, case, reply.

Everything it leads to is one unit of work: when the provider is answered, the message, the case
and the queued reply are on disk together, or nothing is and the provider sends it again. The id of
the event is made of the channel and the provider's own id, so a message that comes twice changes
nothing the second time, whether the copies come a day or a microsecond apart.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace

from channels.address import Address
from channels.contract import ChannelKind, InboundMessage
from hub.actions.channel_profile import ChannelProfile, Profiles
from hub.actions.open_case import OpenCase, Opened
from hub.actions.outgoing import Outgoing
from hub.actions.track_case import TrackCase
from hub.actions.triage import (
    Answered,
    AskProgress,
    Danger,
    Offer,
    OptIn,
    OptOut,
    ToPerson,
    Triage,
    Verdict,
)
from hub.errors import HubError
from hub.ids import derived_id, new_id
from hub.knowledge import Knowledge
from hub.live import Live
from hub.model.case import Case, HistoryKind, queue_rank, recorded
from hub.model.contact import Contact
from hub.model.conversation import AttachedFile, Author, Conversation, Direction, Message
from hub.model.track import Compartment, Track
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate, Insert, Write
from hub.store.files import FileStore
from hub.store.repositories import Repositories
from hub.texts import Texts
from hub.wake import Wake

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


@dataclass(frozen=True, slots=True)
class _Scene:
    """What was read before deciding."""

    event: InboundMessage
    event_id: str
    profile: ChannelProfile
    text: str
    language: str
    address_key: str
    contact_id: str
    conversation: Conversation  # with this message counted
    version: int  # 0 = the conversation is new
    case: Versioned[Case] | None  # the open case the conversation belongs to
    offered: tuple[str, ...] = ()  # entries behind the numbers of our last words


@dataclass(frozen=True, slots=True)
class _Plan:
    """What was decided: writes, the case touched, the reply."""

    writes: tuple[Write, ...]
    conversation: Conversation
    case_id: str = ""
    reply: str = ""
    queue_changed: bool = False

    def with_writes(self, *writes: Write) -> _Plan:
        """The same decision with these writes instead of its own."""
        return _Plan(writes, self.conversation, self.case_id, self.reply, self.queue_changed)


class AcceptEvent:
    """The first half of the straight line."""

    def __init__(
        self,
        documents: Documents,
        repositories: Repositories,
        profiles: Profiles,
        triage: Triage,
        knowledge: Knowledge,
        open_case: OpenCase,
        outgoing: Outgoing,
        track_case: TrackCase,
        texts: Texts,
        files: FileStore,
        live: Live,
        wake: Wake,
    ) -> None:
        self._documents = documents
        self._repositories = repositories
        self._profiles = profiles
        self._triage = triage
        self._knowledge = knowledge
        self._open_case = open_case
        self._outgoing = outgoing
        self._track_case = track_case
        self._texts = texts
        self._files = files
        self._live = live
        self._wake = wake

    async def __call__(self, event: InboundMessage) -> Outcome:
        """Stores the message and what follows from it. Raises `Busy` when it should come again."""
        event_id = f"{event.channel}:{derived_id(event.provider_id)}"
        files = [
            AttachedFile(
                await self._files.put(file.content), file.filename, file.media_type, len(file.content)
            )
            for file in event.attachments
        ]
        for _ in range(_TRIES):
            plan = await self._decide(event, event_id, tuple(files))
            if plan is None:
                return await self._seen(event_id)
            try:
                await self._documents.commit(plan.writes)
            except Duplicate as taken:
                if taken.write.collection == "events":
                    return await self._seen(event_id)
                continue
            except Conflict:
                continue
            self._live.ring(f"conversation:{plan.conversation.id}", str(plan.conversation.count))
            if plan.queue_changed:
                self._live.ring("queue", plan.case_id)
            if plan.reply:
                self._wake.ring()
            return Outcome(event_id, False, plan.conversation.id, plan.case_id, plan.reply)
        raise Busy("too many messages of one conversation at once")

    async def _seen(self, event_id: str) -> Outcome:
        stored = await self._documents.get("events", event_id)
        body = stored.body if stored else {}
        return Outcome(event_id, True, body.get("conversation_id", ""), body.get("case_id", ""))

    async def _decide(
        self, event: InboundMessage, event_id: str, files: tuple[AttachedFile, ...]
    ) -> _Plan | None:
        """What to write; None for an event that was taken in before."""
        scene, writes = await self._set_scene(event, event_id)
        # An event is stored together with its conversation: where there is none, it never came. This
        # look spares a repeat what deciding costs; the insert of the event is what makes it harmless.
        if scene.version and await self._documents.get("events", event_id) is not None:
            return None
        plan = await self._answer(scene)
        message = Message(
            id=new_id(event.received_at),
            conversation_id=scene.conversation.id,
            seq=scene.conversation.count,
            direction=Direction.IN,
            author=Author.CITIZEN,
            at=event.received_at,
            case_id=plan.case_id,
            event_id=event_id,
            subject=_clean(event.subject)[:200],
            text=scene.text,
            files=files,
        )
        taken = {
            "received_at": event.received_at,
            "conversation_id": plan.conversation.id,
            "case_id": plan.case_id,
        }
        conversations = self._repositories.conversations
        return plan.with_writes(
            Insert("events", event_id, taken),
            *writes,
            conversations.insert_message(message),
            *plan.writes,
            conversations.update(plan.conversation, scene.version)
            if scene.version
            else conversations.insert(plan.conversation),
        )

    async def _set_scene(self, event: InboundMessage, event_id: str) -> tuple[_Scene, list[Write]]:
        contacts = self._repositories.contacts
        writes: list[Write] = []
        address_key = contacts.key(event.sender)
        contact_id = ""
        if address_key:
            contact_id = await contacts.contact_id(address_key) or ""
            if not contact_id:
                contact_id = new_id(event.received_at)
                writes.append(contacts.insert(Contact(id=contact_id, created_at=event.received_at)))
                writes.append(contacts.insert_address(contact_id, event.sender, at=event.received_at))
        id, found = await self._conversation(event, address_key or event_id)
        if found is not None:
            conversation = replace(
                found.value,
                count=found.value.count + 1,
                last_at=event.received_at,
                offered=(),
                thread=_thread(event) or found.value.thread,
            )
        else:
            conversation = Conversation(
                id=id,
                channel=event.channel,
                kind=event.kind,
                contact_id=contact_id,
                address_key=address_key,
                created_at=event.received_at,
                last_at=event.received_at,
                count=1,
                thread=_thread(event),
                title=_clean(event.subject)[:200],
                address=event.sender.value,
            )
        case = await self._repositories.cases.get(conversation.case_id) if conversation.case_id else None
        text = _clean(event.text)[:_MAX_TEXT]
        return (
            _Scene(
                event=event,
                event_id=event_id,
                profile=self._profiles[event.channel],
                text=text,
                language=_language(text),
                address_key=address_key,
                contact_id=contact_id,
                conversation=conversation,
                version=found.version if found else 0,
                case=case if case is not None and case.value.is_open else None,
                offered=found.value.offered if found else (),
            ),
            writes,
        )

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
        for part in (*event.thread, event.provider_id):
            id = conversations.id_for(event.channel, key, part)
            found = await conversations.get(id)
            if found is not None:
                return id, found
            answer = await conversations.by_delivery(part.strip("<>").partition("@")[0])
            found = await conversations.get(answer.conversation_id) if answer else None
            if found is not None and found.value.address_key == key:
                return found.value.id, found
        root = event.thread[0] if event.thread else event.provider_id
        return conversations.id_for(event.channel, key, root), None

    async def _answer(self, scene: _Scene) -> _Plan:
        if scene.event.automatic:
            return _Plan((), scene.conversation)
        verdict: Verdict = self._triage(
            scene.text or scene.event.subject,
            snapshot=self._knowledge.snapshot,
            offered=scene.offered,
            opt_outs=scene.event.kind is ChannelKind.SMS,
        )
        match verdict:
            case Danger(words):
                return await self._danger(scene, words)
            case OptOut(subject, rest):
                return await self._opt(scene, subject, rest, out=True)
            case OptIn(subject):
                return await self._opt(scene, subject, "", out=False)
            case AskProgress(reference, code):
                return await self._progress(scene, reference, code)
            case Answered(entry):
                answer = entry.brief() if scene.event.kind is ChannelKind.SMS else entry.answer
                if scene.profile.auto_reply == "off":
                    return await self._to_person(scene, ToPerson(Track.CONSULT))
                plan = _Plan((), scene.conversation)
                if scene.case:
                    plan = await self._attach(scene, acknowledge=False)
                return self._say(scene, plan, answer, entry_ids=(entry.id,))
            case Offer(entries):
                if scene.case:
                    return await self._attach(scene)
                if scene.profile.auto_reply != "all":
                    return await self._to_person(scene, ToPerson(Track.CONSULT))
                ids = tuple(entry.id for entry in entries)
                choices = "\n".join(f"{number}. {entry.question}" for number, entry in enumerate(entries, 1))
                text = self._texts.say("choices", scene.language, choices=choices)
                return self._say(scene, _Plan((), scene.conversation), text, entry_ids=ids, offered=ids)
            case ToPerson():
                return await self._to_person(scene, verdict)

    async def _danger(self, scene: _Scene, words: tuple[str, ...]) -> _Plan:
        """An EMERGENCY case of its own, above the queue; the matter that was open goes on."""
        running = scene.case
        if running is not None and running.value.track is Track.EMERGENCY:
            return await self._attach(scene, acknowledge=False)
        opened = await self._new_case(scene, Track.EMERGENCY, danger=words)
        writes = self._open_case.writes(opened)
        if running is not None:
            linked, entry = recorded(
                running.value,
                at=scene.event.received_at,
                actor="system",
                kind=HistoryKind.LINKED,
                facts={"emergency": opened.case.reference},
            )
            writes += [
                self._repositories.cases.update(linked, running.version),
                self._repositories.cases.insert_entry(entry),
            ]
        plan = _Plan(
            tuple(writes),
            replace(scene.conversation, case_id=opened.case.id),
            case_id=opened.case.id,
            queue_changed=True,
        )
        # A telephone that answers may betray who wrote; a chat page is in the writer's own hands.
        if scene.event.kind is ChannelKind.CHAT:
            return self._say(scene, plan, self._texts.say("emergency_chat", scene.language))
        return plan

    async def _opt(self, scene: _Scene, subject: str, rest: str, *, out: bool) -> _Plan:
        writes = await self._repositories.suppressions.wish(
            scene.address_key, subject, out=out, by=scene.event.channel, at=scene.event.received_at
        )
        plan = _Plan(tuple(writes), scene.conversation)
        if rest:
            plan = (
                await self._attach(scene)
                if scene.case
                else await self._to_person(
                    replace(scene, text=rest), ToPerson(Track.CONSULT), acknowledge=False
                )
            )
            plan = replace(plan, writes=(*writes, *plan.writes))
        return self._say(scene, plan, self._texts.say("opted_out" if out else "opted_in", scene.language))

    async def _progress(self, scene: _Scene, reference: str, code: str) -> _Plan:
        text = await self._track_case.spoken(
            reference,
            code,
            source=scene.address_key or scene.event_id,
            channel=scene.event.channel,
            language=scene.language,
        )
        return self._say(scene, _Plan((), scene.conversation), text)

    async def _attach(self, scene: _Scene, *, acknowledge: bool = True) -> _Plan:
        """One more word in the open case."""
        if scene.case is None:
            raise ValueError("no open case to attach to")
        before = scene.case.value
        case, entry = recorded(
            replace(
                before,
                waiting=True,
                rank=queue_rank(
                    track=before.track, urgent=before.urgent, waiting=True, received_at=before.received_at
                ),
            ),
            at=scene.event.received_at,
            actor="citizen",
            kind=HistoryKind.CITIZEN_SPOKE,
            facts={"channel": scene.event.channel},
        )
        plan = _Plan(
            (
                self._repositories.cases.update(case, scene.case.version),
                self._repositories.cases.insert_entry(entry),
            ),
            scene.conversation,
            case_id=case.id,
            queue_changed=True,
        )
        # One acknowledgement is kind, one per line is a nuisance: only the first after our last word.
        if acknowledge and not before.waiting and scene.profile.auto_reply == "all":
            return self._say(scene, plan, self._texts.say("added", scene.language, reference=case.reference))
        return plan

    async def _to_person(self, scene: _Scene, verdict: ToPerson, *, acknowledge: bool = True) -> _Plan:
        if scene.case is not None and not (
            # An accusation is never put into a case that ordinary staff can read.
            verdict.track is Track.REPORT and scene.case.value.compartment is Compartment.NONE
        ):
            return await self._attach(scene)
        opened = await self._new_case(scene, verdict.track)
        plan = _Plan(
            tuple(self._open_case.writes(opened)),
            replace(scene.conversation, case_id=opened.case.id),
            case_id=opened.case.id,
            queue_changed=True,
        )
        if not acknowledge or scene.profile.auto_reply != "all":
            return plan
        text = self._texts.say(
            "person" if verdict.asked else "registered",
            scene.language,
            reference=opened.case.reference,
            code=opened.code,
        )
        return self._say(scene, plan, text)

    async def _new_case(self, scene: _Scene, track: Track, *, danger: tuple[str, ...] = ()) -> Opened:
        return await self._open_case(
            track=track,
            channel=scene.event.channel,
            kind=scene.event.kind,
            text=scene.text,
            title=_clean(scene.event.subject)[:120],
            at=scene.event.received_at,
            urgent=bool(danger),
            flags=("danger",) if danger else (),
            conversation_id=scene.conversation.id,
            contact_id=scene.contact_id,
            address_key=scene.address_key,
            address=scene.event.sender.value,
            language=scene.language,
            linked_case_id=scene.case.value.id if scene.case else "",
            details={"recipient": scene.event.recipient, **({"danger": "、".join(danger)} if danger else {})},
        )

    def _say(
        self,
        scene: _Scene,
        plan: _Plan,
        text: str,
        *,
        entry_ids: tuple[str, ...] = (),
        offered: tuple[str, ...] = (),
    ) -> _Plan:
        """Adds the reply to the plan, unless the channel is told to stay silent or nobody is there."""
        if scene.profile.auto_reply == "off" or not scene.event.sender.value:
            return plan
        said = self._outgoing.reply(
            plan.conversation,
            Address(scene.event.sender.kind, scene.event.sender.value),
            text,
            at=scene.event.received_at,
            author=Author.ROBOT,
            case_id=plan.case_id,
            entry_ids=entry_ids,
            offered=offered,
        )
        return _Plan(
            (*plan.writes, *self._outgoing.writes(said)),
            said.conversation,
            case_id=plan.case_id,
            reply=text,
            queue_changed=plan.queue_changed,
        )


def _clean(text: str) -> str:
    """Without control characters (line breaks and tabs stay) and outer blanks."""
    if text.isprintable():
        return text.strip()
    return "".join(
        char for char in text if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs")
    ).strip()


def _language(text: str) -> str:
    """English only for a text of Latin letters without any Chinese character."""
    if any("\u3400" <= char <= "\u9fff" for char in text):
        return "zh"
    return "en" if sum(char.isascii() and char.isalpha() for char in text) >= 8 else "zh"


def _thread(event: InboundMessage) -> str:
    """What an answer must refer to so that it stands in the citizen's own mail thread."""
    return event.provider_id if event.kind is ChannelKind.MAIL else ""
