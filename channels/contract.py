"""The words adapters and the hub share: inbound events, outbound messages, telephone calls.

An adapter never calls the hub. It comes in several shapes (`channels/adapter.py`): it *receives*
webhooks (request → events and response), it *listens* (calls `accept`, and when `accept` returned the
letter is stored) and *reads* what is stored, it *sends* (message → `Accepted`, or raises a
`SendError`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from channels.address import Address


class ChannelKind(StrEnum):
    """What kind of thing a channel is. The value is part of stored ids: never rename."""

    SMS = "sms"
    VOICE = "voice"
    MAIL = "mail"
    CHAT = "chat"
    PETITION = "petition"
    WECHAT = "wechat"
    VISIT = "visit"  # somebody came to the office
    LETTER = "letter"
    SYSTEM = "system"  # handed over by another system


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message. `content` is the decoded bytes."""

    filename: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """failed: a mail will not arrive. status: its code (RFC 3463), `5.1.1`; "" while it may yet arrive.

    named: which mail of ours the report itself names, as its Message-ID does: whether we wrote that is seen
    elsewhere.
    """

    failed: bool
    status: str = ""
    named: str = ""


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """Something a citizen said.

    channel: the configured channel's name, e.g. `sms-12110`.
    provider_id: the provider's id of this message; with `channel` it makes a repeat harmless.
    sender: who wrote. recipient: the number, mailbox or page that was addressed.
    thread: provider ids this message answers (mail's In-Reply-To and References).
    automatic: an auto-reply or bounce; stored, never answered.
    report: what a mail server says of a mail of ours.
    network: the network address it came from where anybody can take a new `sender`, else ""; never stored.
    left_out: what of it was over a bound: names of files, `text`, `parts`.
    passed_on_by: the mailing list it came by; not answered either.
    """

    channel: str
    kind: ChannelKind
    provider_id: str
    sender: Address
    recipient: str
    text: str
    received_at: int
    subject: str = ""
    thread: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    automatic: bool = False
    report: DeliveryReport | None = None
    network: str = ""
    left_out: tuple[str, ...] = ()
    passed_on_by: str = ""


@dataclass(frozen=True, slots=True)
class TextPart:
    """One part of a long text, as handsets cut it; parts come in any order, and some never.

    reference, total, number: together with sender and recipient they say which text it belongs to, and where.
    content: its bytes, because a character may be cut between two parts. encoding: a codec of Python.
    """

    channel: str
    provider_id: str
    sender: Address
    recipient: str
    reference: str
    total: int
    number: int
    content: bytes
    encoding: str
    received_at: int


@dataclass(frozen=True, slots=True)
class RawLetter:
    """A mail as it came, before anybody read it.

    envelope_from: MAIL FROM, "" for a bounce. recipient: the mailbox that was addressed, or the address that
    stands for a mail of ours (`channels/signed_id.py`). failed: it was tried to read it, in vain.
    """

    channel: str
    content: bytes
    envelope_from: str
    recipient: str
    received_at: int
    failed: bool = False


class ReceiptState(StrEnum):
    """A provider's later word about a delivery, in rank order (see `channels/outbox/receipts.py`)."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    READ = "read"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a delivery, or of one part of it.

    delivery_id: our own id where the provider gives it back (a callback URL carries it), with the attempt;
    "" and 0 where it knows its own id only. Then the receipt is about the one part with this provider_id,
    written as in `Accepted`, and is found by destination and day too, because ids are used again.
    destination: the receiver, normalised as an `Address` is, None when the receipt names none.
    sent_at: when the provider took the message, as its receipt says (ms UTC), 0 when it does not.
    """

    channel: str
    delivery_id: str
    attempt: int
    provider_id: str
    state: ReceiptState
    code: str
    received_at: int
    destination: Address | None = None
    sent_at: int = 0


@dataclass(frozen=True, slots=True)
class OutboundFile:
    """A file that goes with a message. `id` finds its content, which the adapter is given a way to fetch."""

    id: str
    filename: str
    media_type: str


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """One attempt to say `text` to one address, as an adapter gets it.

    delivery_id, attempt: our ids; they travel in the callback URL and in Message-ID.
    reply_to: provider id of the message this answers (mail threads), or "".
    files: where the channel carries them.
    bulk: one of many that one may refuse (law education, a notice), not an answer to somebody.
    page: also as a page to look at, where the channel has such a thing (HTML of a mail).
    extension: digits behind the channel's own number, which it is sent from: answers come there.
    """

    delivery_id: str
    attempt: int
    channel: str
    recipient: Address
    text: str
    subject: str = ""
    reply_to: str = ""
    references: tuple[str, ...] = ()
    files: tuple[OutboundFile, ...] = ()
    bulk: bool = False
    page: bool = False
    extension: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took it.

    provider_ids: the provider's ids in the order of the parts; one for the whole message where it numbers
    messages, () where it gives none. Written as in its receipts: an adapter whose provider answers in hex
    and reports in decimal makes them equal. parts: what it counts and bills.
    by_part: receipts come without our id, one for each of the ids, so the ids are kept to find the delivery.
    """

    provider_ids: tuple[str, ...] = ()
    parts: int = 1
    by_part: bool = False

    @property
    def provider_id(self) -> str:
        """The first of them, "" without any."""
        return self.provider_ids[0] if self.provider_ids else ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A message in the provider's own list: how it would have been answered, and its word since."""

    accepted: Accepted
    state: ReceiptState
    code: str = ""


# --- webhooks ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """An inbound HTTP request as an adapter sees it.

    target: the raw path with its query, exactly as it stood on the request line (signatures
        cover it). headers: names lower-cased. body: the raw bytes, already within the size limit.
    """

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    received_at: int


@dataclass(frozen=True, slots=True)
class WebhookResponse:
    """What the provider is answered once every event is stored."""

    status: int = 200
    content_type: str = "text/plain"
    body: str = ""


# --- telephone calls ---------------------------------------------------------------------------


class CallEventKind(StrEnum):
    """What happened on a call."""

    STARTED = "started"
    DIGITS = "digits"  # keys pressed; `digits` may be empty = nothing pressed
    SPEECH = "speech"  # recognised words in `text`
    RECORDED = "recorded"  # the Record step ended; the audio may not be ready yet
    RECORDING_READY = "recording_ready"  # the audio can be fetched at `recording_url`
    RECORDING_ABSENT = "recording_absent"  # too short or silent: there is no audio
    HANGUP = "hangup"
    STATUS = "status"  # a status callback; only `ended` matters
    LOST = "lost"  # the provider gave up on us and asks the fallback address


@dataclass(frozen=True, slots=True)
class CallEvent:
    """One thing that happened on a call, normalised from the provider's webhook.

    call_id: the provider's id of the call. line: the number that was called, e.g. `12389`.
    revision, node: which answer of ours this event answers (-1 and "" when it answers none).
    event_id: equal across the provider's retries of the same event.
    """

    channel: str
    call_id: str
    kind: CallEventKind
    event_id: str
    line: str
    caller: Address
    received_at: int
    revision: int = -1
    node: str = ""
    digits: str = ""
    text: str = ""
    confidence: float = 0.0
    recording_id: str = ""
    recording_url: str = ""
    recording_seconds: float = 0.0
    ended: bool = False
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RecordedAudio:
    """What came of a recording. whole: False when the connection was cut before the end."""

    content: bytes
    whole: bool = True


@dataclass(frozen=True, slots=True)
class ListedRecording:
    """A recording as the provider lists it. url: "" while it is not ready. seconds: 0 = not said."""

    id: str
    url: str
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Say:
    """Read `text` out in `language` (a prompt already filled in)."""

    text: str
    language: str = "zh"


@dataclass(frozen=True, slots=True)
class Pause:
    """Say nothing for a while."""

    seconds: int = 1


@dataclass(frozen=True, slots=True)
class Ask:
    """Say the prompts, then wait for keys. The answer comes back as DIGITS (maybe empty), or as SPEECH.

    prompts: keys count while they are said, also in a pause. speech: the language in which words are
    listened for as well, "" for keys only.
    """

    prompts: tuple[Say | Pause, ...]
    max_digits: int
    timeout_seconds: int
    finish_on: str = "#"
    barge_in: bool = True
    speech: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """Say the prompts, beep, record. Ends by key `finish_on`, silence, length or hang-up."""

    prompts: tuple[Say, ...]
    max_seconds: int
    silence_seconds: int
    finish_on: str = "#"


@dataclass(frozen=True, slots=True)
class Transfer:
    """Connect the caller to a number; the outcome comes back as a DIGITS event with details."""

    number: str
    timeout_seconds: int = 20


@dataclass(frozen=True, slots=True)
class Hangup:
    """End the call."""


CallStep = Say | Pause | Ask | Record | Transfer | Hangup
"""What a provider is told to do. Ask, Record and Transfer end an answer: they wait."""


@dataclass(frozen=True, slots=True)
class CallAnswer:
    """Our answer to a call event: steps, and the node and revision the next event will name."""

    steps: tuple[CallStep, ...]
    revision: int
    node: str


InboundEvent = InboundMessage | Receipt | CallEvent


@dataclass(frozen=True, slots=True)
class Received:
    """What an adapter made of a webhook: events to store, then the response to give."""

    events: tuple[InboundEvent, ...] = ()
    response: WebhookResponse = field(default_factory=WebhookResponse)
