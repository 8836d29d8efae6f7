"""Says messages to a hub of its own and sees what it does.

The path is the real one, from the event of an adapter to what is stored. One hub serves all lines: each comes
from a person who never wrote before, and a conversation, its open case, the limits of answers and the wishes
not to be written to belong to one person; no job runs that would learn from one line for the next.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from channels.address import Address, AddressKind, phone
from channels.contract import (
    Ask,
    CallAnswer,
    CallEvent,
    CallEventKind,
    ChannelKind,
    InboundMessage,
    WebhookResponse,
)
from hub.actions.dialogue.verdict import (
    Answered,
    AnsweredEach,
    AskProgress,
    AskSlot,
    Danger,
    Lost,
    NeedsCode,
    Offer,
    OptIn,
    OptOut,
    SmallTalked,
    ToPerson,
    Verdict,
)
from hub.actions.dialogue.watch import Watch
from hub.app import open_hub
from hub.hub import Hub
from hub.measure.count import Did, Result
from hub.measure.lines import Line
from hub.model.cases.case import POSSIBLE_DANGER, Case
from hub.model.track import Compartment, Track
from hub.runtime.clock import Clock
from hub.runtime.ids import derived_id
from hub.settings.channels import Channel, TwilioSmsChannel, TwilioVoiceChannel, WebChat
from hub.settings.settings import Settings
from hub.settings.store import Keys, Store
from knowledge_base.meaning.safety import Level

_CHANNEL = "eval"
_LINE, _ASK_KEY, _CONFIRM = "12123", "3", "emergency.confirm"
"""A shipped flow, the key of its menu to ask in words, and its node that asks before it connects to 110."""
_WAIT_SECONDS = 60.0
"""Nobody waits for the answers: what a busy machine understands late counts as well."""
_MANY = 10
"""More cases than one message can open."""


@dataclass(frozen=True, slots=True)
class Played:
    """born: the `since` of every entry by id. engine: what told what sentences mean, "" for words alone."""

    results: Sequence[Result]
    born: Mapping[str, str]
    engine: str


async def play(lines: Sequence[Line], kind: ChannelKind, settings: Settings, clock: Clock) -> Played:
    """What was done about each line. kind: chat, SMS or voice."""
    heard: list[Verdict] = []
    async with _hub(settings, kind, clock, heard) as hub:
        citizen = Caller(hub, heard) if kind is ChannelKind.VOICE else Writer(hub, kind, heard)
        results = [await citizen.says(line, number) for number, line in enumerate(lines)]
        born = {entry.id: entry.since for entry in hub.knowledge.snapshot.entries}
        return Played(results, born, hub.encoding.name)


@asynccontextmanager
async def _hub(
    settings: Settings, kind: ChannelKind, clock: Clock, heard: list[Verdict]
) -> AsyncIterator[Hub]:
    with TemporaryDirectory(prefix="hub-talk-") as folder:
        watch = Watch(heard.append, _WAIT_SECONDS)
        hub = await open_hub(_alone(settings, kind, Path(folder)), clock, watch=watch)
        try:
            yield hub
        finally:
            await hub.close()


def _alone(settings: Settings, kind: ChannelKind, folder: Path) -> Settings:
    """The office's words and knobs with one channel that may say everything, and nothing but a folder."""
    return settings.model_copy(
        update={
            "store": Store(path=folder / "hub.db"),
            "keys": Keys(file=folder / "keys.json"),
            "files": settings.files.model_copy(update={"path": folder / "files"}),
            "speech": settings.speech.model_copy(update={"model": ""}),
            # Numbers of other systems are known by their pattern; nobody is asked about them.
            "progress": [
                system.model_copy(update={"url": "http://127.0.0.1:9/"}) for system in settings.progress
            ],
            "channels": {_CHANNEL: _channel(kind, folder)},
        }
    )


def _channel(kind: ChannelKind, folder: Path) -> Channel:
    token = folder / "token"
    token.write_text("nobody comes over the network", "utf-8")
    carrier = {"enabled": True, "auth_tokens": [f"file:{token}"]}
    match kind:
        case ChannelKind.CHAT:
            return WebChat(adapter="web-chat", enabled=True)
        case ChannelKind.SMS:
            return TwilioSmsChannel.model_validate({"adapter": "twilio-sms", "auto_reply": "all", **carrier})
        case ChannelKind.VOICE:
            line = {"line": _LINE, "flow": _LINE, "speech": True}
            return TwilioVoiceChannel.model_validate({"adapter": "twilio-voice", **line, **carrier})
        case _:
            raise ValueError(kind)


class Citizen(ABC):
    """Says lines, each as another person."""

    def __init__(self, hub: Hub, heard: list[Verdict]) -> None:
        """heard: what the hub says of every text it decides about."""
        self._hub = hub
        self._heard = heard
        self._at = 0

    async def says(self, line: Line, number: int) -> Result:
        """One line as the person of this number, and what was done about it."""
        self._heard.clear()
        self._at = max(self._hub.clock.now_ms(), self._at + 1)
        await self._say(line.text, number)
        touched = await self._hub.repositories.cases.touched_since(self._at, limit=_MANY)
        verdict = self._heard[-1] if self._heard else Lost()
        return result_of(line, verdict, touched)

    @abstractmethod
    async def _say(self, text: str, number: int) -> None:
        """Says it on its channel."""


class Writer(Citizen):
    """In a chat or by text message."""

    def __init__(self, hub: Hub, kind: ChannelKind, heard: list[Verdict]) -> None:
        super().__init__(hub, heard)
        self._kind = kind

    async def _say(self, text: str, number: int) -> None:
        chats = self._kind is ChannelKind.CHAT
        await self._hub.actions.accept_event(
            InboundMessage(
                channel=_CHANNEL,
                kind=self._kind,
                provider_id=str(number),
                sender=Address(AddressKind.CHAT, derived_id("talk", str(number)))
                if chats
                else _phone(number),
                recipient=_CHANNEL,
                text=text,
                received_at=self._at,
            )
        )


class Caller(Citizen):
    """On the telephone: presses the key to ask in words, says the text, and is silent from then on."""

    async def _say(self, text: str, number: int) -> None:
        asked = await self._event(number, CallEventKind.STARTED, None)
        asked = await self._event(number, CallEventKind.DIGITS, asked, digits=_ASK_KEY)
        if not any(isinstance(step, Ask) and step.speech for step in asked.steps):
            raise LookupError("the flow does not listen where it should")
        asked = await self._event(number, CallEventKind.SPEECH, asked, text=text)
        while asked.node == _CONFIRM:  # it asks more than once; whoever says nothing to that is connected
            asked = await self._event(number, CallEventKind.DIGITS, asked)

    async def _event(
        self, number: int, kind: CallEventKind, asked: CallAnswer | None, *, digits: str = "", text: str = ""
    ) -> CallAnswer:
        answers: list[CallAnswer] = []

        def render(answer: CallAnswer) -> WebhookResponse:
            answers.append(answer)
            return WebhookResponse(body="-")

        await self._hub.actions.handle_call(
            CallEvent(
                channel=_CHANNEL,
                call_id=str(number),
                kind=kind,
                event_id=f"{number}:{asked.revision if asked else ''}:{kind}",
                line=_LINE,
                caller=_phone(number),
                received_at=self._at,
                revision=asked.revision if asked else -1,
                node=asked.node if asked else "",
                digits=digits,
                text=text,
                confidence=1.0 if text else 0.0,
            ),
            render,
        )
        return answers[-1]


def _phone(number: int) -> Address:
    return phone(f"+86139{number:08d}")


def result_of(line: Line, verdict: Verdict, cases: Sequence[Case]) -> Result:
    """What was done: the cases that were opened come before what was said.

    Whether the channel may speak it does not matter: a sure answer nobody may be sent is one all the same.
    """
    said, got = said_of(verdict)
    did, danger, accusation = said, Level.NONE, Level.NONE
    if any(case.compartment is Compartment.SCREENING for case in cases):
        did, accusation = Did.SCREENING, Level.POSSIBLE
    if any(case.track is Track.REPORT for case in cases):
        did, accusation = Did.REPORT, Level.SURE
    if any(POSSIBLE_DANGER in case.flags for case in cases):
        danger = Level.POSSIBLE
    if any(case.track is Track.EMERGENCY for case in cases):
        did, danger = Did.EMERGENCY, Level.SURE
    return Result(line, did, got if did is said else (), danger, accusation)


def said_of(verdict: Verdict) -> tuple[Did, tuple[str, ...]]:
    """What a verdict says, with the ids of the entries it says it from."""
    match verdict:
        case Danger():
            return Did.EMERGENCY, ()
        case Answered(entry):
            return Did.ANSWERED, (entry.id,)
        case AnsweredEach(answers):
            return Did.ANSWERED, tuple(answer.entry.id for answer in answers)
        case AskSlot(entry):
            return Did.SLOT, (entry.id,)
        case Offer(entries):
            return Did.OFFERED, tuple(entry.id for entry in entries)
        case SmallTalked():
            return Did.SMALL_TALK, ()
        case Lost():
            return Did.UNCLEAR, ()
        case ToPerson():
            return Did.PERSON, ()
        case AskProgress() | NeedsCode():
            return Did.PROGRESS, ()
        case OptOut() | OptIn():
            return Did.OPT_OUT, ()
