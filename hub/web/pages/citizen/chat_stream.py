"""The web chat: messages come by POST, answers leave on an event stream.

What was said stands in the store, numbered; the stream only tells it. A page that comes back says
the last number it has (`Last-Event-ID`) and is told everything behind it, so that a reconnect
neither loses nor doubles a message. Who chats is known by a random 128-bit cookie; the address
that is stored is made of its digest, so that nobody who reads it can enter the conversation.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from channels.address import Address, AddressKind
from channels.contract import ChannelKind, InboundMessage
from hub.actions.dialogue.look_up import entries_of
from hub.actions.knowledge.help_path import entry_path
from hub.hub import Hub
from hub.model.conversation import AttachedFile, Author, Direction, Message
from hub.model.conversations.message_state import MessageState, states_of
from hub.model.danger_kind import DangerKind
from hub.model.dialogue import NOTHING_OPEN
from hub.model.feedback import Feedback
from hub.runtime.bell import conversation_topic
from hub.runtime.errors import NotFound
from hub.runtime.ids import derived_id
from hub.web.event_stream import EventStream
from hub.web.guard.streams import AGAIN_SECONDS, STREAMS
from hub.web.i18n import msgid
from hub.web.keys import HUB, LANGUAGE
from hub.web.pages.citizen.said_numbers import Piece, pair_in, pieces
from hub.web.pages.citizen.source_line import source_line
from hub.web.render import RENDERER, translator

PING_SECONDS = 15.0
_COOKIE_SECONDS = 30 * 86_400
_TOKEN = re.compile(r"[0-9a-f]{32}")
_PAGE = 100


STATE: Mapping[MessageState, str] = {
    MessageState.RECEIVED: msgid("已收到"),
    MessageState.READ: msgid("工作人员已看"),
    MessageState.ANSWERED: msgid("已答复"),
}


@dataclass(frozen=True, slots=True)
class Bubble:
    """A message as the page shows it. `kind`: own, robot or agent.

    entry_id, given: of an answer of the knowledge base, its entry and what this browser said of it.
    with_110: the emergency number stands below, and no question of ours. danger: so does the red panel.
    pair: reference and query code where the text tells both, to be pressed.
    """

    seq: int
    kind: str
    text: str
    at: int
    source: str = ""
    more: str = ""  # address of the page that tells it all
    choices: tuple[str, ...] = ()
    choice_id: str = ""
    entry_id: str = ""
    given: Feedback | None = None
    with_110: bool = False
    danger: DangerKind = DangerKind.NONE
    state: str = ""  # what became of an own message, in words
    files: tuple[AttachedFile, ...] = ()  # that staff sent
    pair: tuple[str, str] | None = None

    @property
    def pieces(self) -> Sequence[Piece]:
        """The text, with what can be pressed apart; what the citizen wrote as it is."""
        return [Piece(self.text)] if self.kind == "own" else list(pieces(self.text))


def channel_of(hub: Hub) -> str:
    """The configured name of the web chat. Raises `NotFound` where there is none."""
    for name, profile in hub.profiles.items():
        if profile.kind is ChannelKind.CHAT:
            return name
    raise NotFound("no web chat")


def session_token(request: web.Request, hub: Hub) -> str:
    """The token of this browser, or "" when it has none yet."""
    token = request.cookies.get(_cookie(hub), "")
    return token if _TOKEN.fullmatch(token) else ""


def new_token(response: web.StreamResponse, hub: Hub) -> str:
    """Gives the browser a token."""
    token = secrets.token_hex(16)
    response.set_cookie(
        _cookie(hub),
        token,
        max_age=_COOKIE_SECONDS,
        path="/",
        secure=not hub.settings.web.insecure_cookies,
        httponly=True,
        samesite="Lax",
    )
    return token


def forget(response: web.StreamResponse, hub: Hub) -> None:
    """Takes the token away from the browser."""
    secure = not hub.settings.web.insecure_cookies
    response.del_cookie(_cookie(hub), path="/", secure=secure, httponly=True, samesite="Lax")


def address_of(token: str) -> Address:
    """Where answers to this browser go."""
    return Address(AddressKind.CHAT, derived_id("chat", token))


def conversation_id(hub: Hub, token: str) -> str:
    """The conversation of this browser, whether or not anything was said yet."""
    key = hub.repositories.contacts.key(address_of(token))
    return hub.repositories.conversations.id_for(channel_of(hub), key)


async def say(hub: Hub, token: str, text: str, client_id: str, *, network: str = "") -> None:
    """Takes in what the citizen wrote. Raises `Busy` when it should be sent again."""
    address = address_of(token)
    await hub.actions.accept_event(
        InboundMessage(
            channel=channel_of(hub),
            kind=ChannelKind.CHAT,
            # The text is part of it: an old page with an old id must not swallow a new message.
            provider_id=derived_id(address.value, client_id, text),
            sender=address,
            recipient=channel_of(hub),
            text=text,
            received_at=hub.clock.now_ms(),
            network=network,
        )
    )


async def open_choices(request: web.Request, conversation: str) -> tuple[str, ...]:
    """What the hub's last words wait to hear, as buttons; () when nothing is open."""
    hub, _ = request.app[HUB], translator(request)
    found = await hub.repositories.conversations.get(conversation)
    dialogue = found.value.dialogue.at(hub.clock.now_ms()) if found else NOTHING_OPEN
    snapshot = hub.knowledge.snapshot
    if dialogue.matter:
        return (_("是新的事情"), _("是补充"))
    if dialogue.entry_id:
        values = [
            answer.value for entry in entries_of(snapshot, (dialogue.entry_id,)) for answer in entry.by_slot
        ]
        return (*values, _("不清楚")) if values else ()
    offered = [entry.said_in(dialogue.language).question for entry in entries_of(snapshot, dialogue.offered)]
    return (*offered, _("都不是")) if offered else ()


def bubbles(
    request: web.Request,
    messages: Sequence[Message],
    choices: Sequence[str] = (),
    given: Mapping[str, Feedback] | None = None,
    reads: Mapping[str, int] | None = None,
) -> list[Bubble]:
    """The messages as the page shows them; the last one with `choices` as buttons when it is the hub's.

    given: what this browser said of entries before. reads: when a person opened the cases in it.
    """
    _ = translator(request)
    states = states_of(messages, reads or {})
    snapshot = request.app[HUB].knowledge.snapshot
    shown = []
    for place, message in enumerate(messages, 1):
        text, source, more, entry_id = message.text, "", "", ""
        pressed: Sequence[str] = ()
        if message.author is Author.ROBOT:
            entries = entries_of(snapshot, message.entry_ids)
            if len(entries) == 1 and len(message.entry_ids) == 1 and not message.offered:
                entry_id = entries[0].id
                source, more = source_line(entries[0], _), entry_path(entry_id)
            if choices and place == len(messages):
                pressed, text = choices, text.split("\n", 1)[0]
        kind = "own" if message.direction is Direction.IN else message.author.value
        choice_id = secrets.token_hex(16) if pressed or message.danger else ""
        shown.append(
            Bubble(
                message.seq,
                kind,
                text,
                message.at,
                source,
                more,
                tuple(pressed),
                choice_id,
                entry_id,
                (given or {}).get(entry_id),
                message.with_110,
                message.danger,
                _(STATE[states[message.seq]]) if message.seq in states else "",
                message.files if message.author is Author.AGENT else (),
                pair_in(text) if kind != "own" else None,
            )
        )
    return shown


async def fragment(request: web.Request, conversation: str, messages: Sequence[Message]) -> str:
    """The messages as HTML, without the page round them."""
    choices = await open_choices(request, conversation)
    return request.app[RENDERER].text(
        "citizen/_messages.html", request[LANGUAGE], {"messages": bubbles(request, messages, choices)}
    )


async def events(request: web.Request) -> web.StreamResponse:
    """GET /chat/events?after="""
    hub = request.app[HUB]
    token = session_token(request, hub)
    if not token:
        return web.Response(status=204)  # tells an EventSource not to come back
    conversation = conversation_id(hub, token)
    stream = EventStream()
    with (
        request.app[STREAMS].of_address(request) as place,
        hub.bell.listen(conversation_topic(conversation)) as ear,
    ):
        try:
            await stream.open(request, retry_ms=2000 if place else AGAIN_SECONDS * 1000)
            seq = await _catch_up(request, stream, conversation, _start(request))
            told = await _tell_states(request, stream, conversation, "")
            if not place:
                await stream.send("later", "")
            while place and not ear.over:
                if await ear.wait(at_most_seconds=PING_SECONDS):
                    seq = await _catch_up(request, stream, conversation, seq)
                    told = await _tell_states(request, stream, conversation, told)
                else:
                    await stream.ping()
        except ConnectionResetError:
            pass  # the page was closed
    return stream.response


async def _catch_up(request: web.Request, stream: EventStream, conversation: str, seq: int) -> int:
    repository = request.app[HUB].repositories.conversations
    while messages := await repository.messages(conversation, after_seq=seq, limit=_PAGE):
        choices = await open_choices(request, conversation)
        for place, message in enumerate(messages):
            last = place == len(messages) - 1
            html = request.app[RENDERER].text(
                "citizen/_messages.html",
                request[LANGUAGE],
                {"messages": bubbles(request, [message], choices if last else ())},
            )
            await stream.send("message", html, id=message.seq)
        seq = messages[-1].seq
    return seq


async def _tell_states(request: web.Request, stream: EventStream, conversation: str, told: str) -> str:
    """What became of the last own messages, in words by their numbers, unless it is what was told before."""
    _ = translator(request)
    repository = request.app[HUB].repositories.conversations
    messages = await repository.last_messages(conversation, limit=_PAGE)
    states = states_of(messages, await reads_of(request, conversation))
    now = json.dumps({seq: _(STATE[state]) for seq, state in states.items()}, sort_keys=True)
    if now != told:
        await stream.send("states", now)
    return now


async def reads_of(request: web.Request, conversation: str) -> Mapping[str, int]:
    """When a person last opened the cases of a conversation."""
    found = await request.app[HUB].repositories.conversations.get(conversation)
    return found.value.reads if found else {}


def _start(request: web.Request) -> int:
    """Behind which message to begin: what a reconnecting browser says counts before the address."""
    for text in (request.headers.get("Last-Event-ID", ""), request.query.get("after", "")):
        if text.isascii() and text.isdecimal() and len(text) < 10:
            return int(text)
    return 0


def _cookie(hub: Hub) -> str:
    return "hub-chat" if hub.settings.web.insecure_cookies else "__Host-hub-chat"
