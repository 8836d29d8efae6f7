"""The shapes an adapter comes in: it receives webhooks, listens, connects, sends, finds what it sent.

An adapter is a translator. It never calls the hub, stores nothing and decides nothing: it turns a
provider's words into the contract's and back. One class may have several shapes, and whoever wires
it asks only for the shape it needs.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Protocol

from channels.contract import (
    Accepted,
    CallAnswer,
    InboundMessage,
    ListedRecording,
    OutboundMessage,
    RawLetter,
    Receipt,
    Received,
    RecordedAudio,
    Taken,
    TextPart,
    WebhookRequest,
    WebhookResponse,
)

Accept = Callable[[RawLetter], Awaitable[None]]
"""Stores one letter. When it returned, the letter is stored; when it raised, it is not."""

Event = InboundMessage | TextPart | Receipt
"""What a carrier brings over a connection of ours."""

AcceptEvent = Callable[[Event], Awaitable[None]]
"""Stores one event. When it returned, the event is stored; when it raised, it is not."""


class ReceivesWebhooks(Protocol):
    """An adapter whose provider calls us over HTTP."""

    async def receive(self, request: WebhookRequest, *, part: str) -> Received:
        """What `request` says, and what to answer once every event is stored.

        part: the last piece of the webhook's path, e.g. `sms` or `status`; it says which of the
        provider's callbacks this is. Raises `Forged`, `Malformed` or `TooLarge`; nothing was
        stored then.
        """
        ...


class Listens(Protocol):
    """An adapter that waits on a socket or polls a mailbox."""

    async def listen(self, accept: Accept) -> None:
        """Take in letters, unread, until cancelled. One is confirmed to its sender after `accept`."""
        ...


class Connects(Protocol):
    """An adapter that keeps connections to a carrier, over which texts leave and come."""

    async def connect(self, accept: AcceptEvent) -> None:
        """Keeps them until cancelled. What comes is answered after `accept`, or else comes again."""
        ...

    @property
    def problem(self) -> str:
        """Why nothing can leave or come now, in a code; "" while a connection stands."""
        ...


class ReadsLetters(Protocol):
    """An adapter that makes a message of a letter that is stored already."""

    async def read(self, letter: RawLetter) -> InboundMessage:
        """What the letter says; the same letter always gives the same.

        Raises `Unreadable`, or `OSError` when nothing can be read now whatever the letter is.
        """
        ...

    def rough_texts(self, raw: bytes) -> Iterator[str]:
        """What may be words in the bytes of a letter nobody can read, a few pages at a time.

        Takes linear time and little memory whatever the bytes are; not for the event loop.
        """
        ...


class Sends(Protocol):
    """An adapter that can say something to an address."""

    async def send(self, message: OutboundMessage) -> Accepted:
        """One attempt, without hidden retries. Raises a `SendError` naming the decision to take."""
        ...


class FindsSent(Protocol):
    """An adapter whose provider can be asked what it took. Not every provider can."""

    async def find_sent(self, message: OutboundMessage, *, since: int, until: int) -> Taken | None:
        """The provider's own record of one try of `message`, made between two instants (ms UTC).

        None: it has certainly not taken it. Raises a `SendError` when that cannot be found out now.
        """
        ...


class FetchesRecordings(Protocol):
    """An adapter that can download what a caller said."""

    async def fetch(self, url: str) -> RecordedAudio:
        """The audio behind a `recording_url`, whole or cut off, within a time limit.

        Raises `Temporary`, `Permanent` or `Misconfigured`. Fetching changes nothing at the provider, so a
        lost answer is `Temporary`, never `Ambiguous`.
        """
        ...


class ListsRecordings(Protocol):
    """An adapter whose provider can be asked which recordings it has of a call."""

    async def recordings_of(self, call_id: str) -> tuple[ListedRecording, ...]:
        """Those that hold sound, or will. call_id: the provider's.

        Raises a `SendError` when it cannot be found out now.
        """
        ...


class RendersCalls(Protocol):
    """An adapter whose provider is told the next steps of a call in its answer."""

    def render(self, answer: CallAnswer) -> WebhookResponse:
        """`answer` in the provider's own language."""
        ...
