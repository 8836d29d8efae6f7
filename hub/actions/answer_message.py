"""What follows from one inbound message: which case it opens or joins, and what is said at once.

Triage says what the text is (`hub/actions/triage.py`); here it becomes writes. Danger opens a case
of its own; an accusation of police never joins a case that ordinary staff can read; a sure answer
is given; everything else goes to a person.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from channels.address import Address
from channels.contract import ChannelKind, InboundMessage
from hub.actions.channel_profile import ChannelProfile
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
    fold,
)
from hub.ids import derived_id
from hub.knowledge import Knowledge
from hub.model.case import Case, HistoryKind, queue_rank, recorded
from hub.model.conversation import Author, Conversation
from hub.model.track import Compartment, Track
from hub.store.codec import Versioned
from hub.store.documents import Write
from hub.store.repositories import Repositories
from hub.texts import Texts


@dataclass(frozen=True, slots=True)
class Scene:
    """What was read before deciding."""

    event: InboundMessage
    event_id: str
    profile: ChannelProfile
    text: str
    subject: str
    language: str
    address_key: str
    contact_id: str
    conversation: Conversation  # with this message counted
    version: int  # 0 = the conversation is new
    case: Versioned[Case] | None  # the open case the conversation belongs to
    offered: tuple[str, ...] = ()  # entries behind the numbers of our last words


@dataclass(frozen=True, slots=True)
class Plan:
    """What was decided: writes, the case touched, the reply."""

    writes: tuple[Write, ...]
    conversation: Conversation
    case_id: str = ""
    reply: str = ""
    queue_changed: bool = False

    def with_writes(self, *writes: Write) -> Plan:
        """The same decision with these writes instead of its own."""
        return Plan(writes, self.conversation, self.case_id, self.reply, self.queue_changed)


class AnswerMessage:
    """Turns a scene into a plan."""

    def __init__(
        self,
        repositories: Repositories,
        triage: Triage,
        knowledge: Knowledge,
        open_case: OpenCase,
        outgoing: Outgoing,
        track_case: TrackCase,
        texts: Texts,
    ) -> None:
        self._repositories = repositories
        self._triage = triage
        self._knowledge = knowledge
        self._open_case = open_case
        self._outgoing = outgoing
        self._track_case = track_case
        self._texts = texts

    async def __call__(self, scene: Scene) -> Plan:
        """What to write and what to say. Reads only what the rules ask for; writes nothing itself."""
        if scene.event.automatic:
            return Plan((), scene.conversation)
        verdict: Verdict = self._triage(
            scene.text or scene.subject,
            snapshot=self._knowledge.snapshot,
            offered=scene.offered,
            opt_outs=scene.event.kind is ChannelKind.SMS,
            subject=scene.subject if scene.text else "",
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
                plan = Plan((), scene.conversation)
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
                return self._say(scene, Plan((), scene.conversation), text, entry_ids=ids, offered=ids)
            case ToPerson():
                return await self._to_person(scene, verdict)

    async def _danger(self, scene: Scene, words: tuple[str, ...]) -> Plan:
        """An EMERGENCY case of its own, above the queue; the matter that was open goes on."""
        running = scene.case
        walled = running is not None and running.value.compartment is not Compartment.NONE
        if walled or self._triage.accuses_police(fold(f"{scene.subject}|{scene.text}")):
            return await self._danger_behind_the_wall(scene, words)
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
        plan = Plan(
            tuple(writes),
            replace(scene.conversation, case_id=opened.case.id),
            case_id=opened.case.id,
            queue_changed=True,
        )
        # A telephone that answers may betray who wrote; a chat page is in the writer's own hands.
        if scene.event.kind is ChannelKind.CHAT:
            return self._say(scene, plan, self._texts.say("emergency_chat", scene.language))
        return plan

    async def _danger_behind_the_wall(self, scene: Scene, words: tuple[str, ...]) -> Plan:
        """What was said stays behind the wall; one EMERGENCY case beside it names the words only."""
        plan = await self._to_person(scene, ToPerson(Track.REPORT), acknowledge=False)
        emergency_id = derived_id("danger", plan.case_id)
        if await self._repositories.cases.get(emergency_id) is None:
            opened = await self._open_case(
                track=Track.EMERGENCY,
                channel=scene.event.channel,
                kind=scene.event.kind,
                case_id=emergency_id,
                text="",
                title="来信紧急求助",
                at=scene.event.received_at,
                urgent=True,
                flags=("danger",),
                conversation_id=scene.conversation.id,
                contact_id=scene.contact_id,
                address_key=scene.address_key,
                address=scene.event.sender.value,
                language=scene.language,
                details={"recipient": scene.event.recipient, "danger": "、".join(words)},
            )
            plan = replace(plan, writes=(*plan.writes, *self._open_case.writes(opened)))
        if scene.event.kind is ChannelKind.CHAT:
            return self._say(scene, plan, self._texts.say("emergency_chat", scene.language))
        return plan

    async def _opt(self, scene: Scene, subject: str, rest: str, *, out: bool) -> Plan:
        writes = await self._repositories.suppressions.wish(
            scene.address_key, subject, out=out, by=scene.event.channel, at=scene.event.received_at
        )
        plan = Plan(tuple(writes), scene.conversation)
        if rest:
            track = Track.REPORT if self._triage.accuses_police(fold(rest)) else Track.CONSULT
            plan = await self._to_person(replace(scene, text=rest), ToPerson(track), acknowledge=False)
            plan = replace(plan, writes=(*writes, *plan.writes))
        return self._say(scene, plan, self._texts.say("opted_out" if out else "opted_in", scene.language))

    async def _progress(self, scene: Scene, reference: str, code: str) -> Plan:
        text = await self._track_case.spoken(
            reference,
            code,
            source=scene.address_key or scene.event_id,
            channel=scene.event.channel,
            language=scene.language,
        )
        return self._say(scene, Plan((), scene.conversation), text)

    async def _attach(self, scene: Scene, *, acknowledge: bool = True) -> Plan:
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
        plan = Plan(
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

    async def _to_person(self, scene: Scene, verdict: ToPerson, *, acknowledge: bool = True) -> Plan:
        if scene.case is not None and not (
            # An accusation is never put into a case that ordinary staff can read.
            verdict.track is Track.REPORT and scene.case.value.compartment is Compartment.NONE
        ):
            plan = await self._attach(scene, acknowledge=acknowledge and not verdict.asked)
            if not verdict.asked or scene.profile.auto_reply != "all":
                return plan
            reference = scene.case.value.reference
            return self._say(scene, plan, self._texts.say("in_hands", scene.language, reference=reference))
        tells_code = acknowledge and scene.profile.auto_reply == "all" and bool(scene.event.sender.value)
        opened = await self._new_case(scene, verdict.track, code_told=tells_code)
        plan = Plan(
            tuple(self._open_case.writes(opened)),
            replace(scene.conversation, case_id=opened.case.id),
            case_id=opened.case.id,
            queue_changed=True,
        )
        if not tells_code:
            return plan
        text = self._texts.say(
            "person" if verdict.asked else "registered",
            scene.language,
            reference=opened.case.reference,
            code=opened.code,
        )
        return self._say(scene, plan, text)

    async def _new_case(
        self, scene: Scene, track: Track, *, danger: tuple[str, ...] = (), code_told: bool = False
    ) -> Opened:
        return await self._open_case(
            track=track,
            code_told=code_told,
            channel=scene.event.channel,
            kind=scene.event.kind,
            text=scene.text,
            title=scene.subject[:120],
            at=scene.event.received_at,
            urgent=bool(danger),
            flags=("danger",) if danger else (),
            conversation_id=scene.conversation.id,
            contact_id=scene.contact_id,
            address_key=scene.address_key,
            address=scene.event.sender.value,
            language=scene.language,
            linked_case_id=_visible_link(scene, track),
            details={"recipient": scene.event.recipient, **({"danger": "、".join(danger)} if danger else {})},
        )

    def _say(
        self,
        scene: Scene,
        plan: Plan,
        text: str,
        *,
        entry_ids: tuple[str, ...] = (),
        offered: tuple[str, ...] = (),
    ) -> Plan:
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
        return Plan(
            (*plan.writes, *self._outgoing.writes(said)),
            said.conversation,
            case_id=plan.case_id,
            reply=text,
            queue_changed=plan.queue_changed,
        )


def _visible_link(scene: Scene, track: Track) -> str:
    """The case that was open, unless naming it would tell ordinary staff of one behind the wall."""
    if scene.case is None:
        return ""
    walled = scene.case.value.compartment is not Compartment.NONE and track is not Track.REPORT
    return "" if walled else scene.case.value.id
