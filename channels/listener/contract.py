"""What a listener hands on and is told, whatever protocol the other side speaks.

The listener knows no department and no outbox: whoever takes its texts in implements `TakesTexts`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from channels.carrier.frame import Frame
from channels.carrier.link import Wire
from channels.carrier.long_text import Place
from channels.errors import ChannelError


class Refusal(StrEnum):
    """Why not; each protocol has codes of its own for them."""

    NOT_LOGGED_IN = "not_logged_in"
    LOGGED_IN_ALREADY = "logged_in_already"
    WRONG_LOGIN = "wrong_login"
    WRONG_TIME = "wrong_time"
    WRONG_VERSION = "wrong_version"
    LOGIN_NOT_NOW = "login_not_now"  # too many connections, a source that may not
    TOO_FAST = "too_fast"
    DAILY_QUOTA = "daily_quota"
    MONTHLY_QUOTA = "monthly_quota"
    BAD_SOURCE = "bad_source"
    BAD_DESTINATION = "bad_destination"
    BAD_SCHEDULE = "bad_schedule"
    BAD_EXPIRY = "bad_expiry"
    EMPTY = "empty"
    REFUSED = "refused"  # this text, for good
    UNAVAILABLE = "unavailable"  # try again


class Refused(ChannelError):
    """Nothing was taken."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Account:
    """Who logged in. name: what it logged in as. group: accounts that get each other's receipts."""

    name: str
    group: str
    key_id: str


@dataclass(frozen=True, slots=True)
class Login:
    """sends, receives: what the connection is for. proves: where a protocol shows that it knows a secret and
    not the secret; it raises `Refused`."""

    name: str
    password: str = field(repr=False)
    sends: bool = True
    receives: bool = True
    proves: Callable[[str], bool] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class TextPart:
    """A text or a part of one, as it came. encoding: a codec of Python or `gsm7`, "" where nothing was agreed
    about its alphabet. sequence: of the request. not_before, expires_at: ms UTC, 0 = not said. reply_to:
    where the receipt goes when it does not go back over the connection. others: numbers it goes
    to as well."""

    source: str
    destination: str
    encoding: str
    content: bytes = field(repr=False)
    sequence: int
    others: tuple[str, ...] = ()
    place: Place | None = None
    wants_receipt: bool = False
    not_before: int = 0
    expires_at: int = 0
    reply_to: str = field(default="", repr=False)

    @property
    def to(self) -> tuple[str, ...]:
        """All numbers."""
        return self.destination, *self.others


class Control(StrEnum):
    """Requests about the connection."""

    ALIVE = "alive"
    GOODBYE = "goodbye"


class Outcome(StrEnum):
    """What a receipt says."""

    DELIVERED = "delivered"
    EXPIRED = "expired"
    DELETED = "deleted"
    UNDELIVERABLE = "undeliverable"
    UNKNOWN = "unknown"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class TextReceipt:
    """id: that was answered. source, destination: of the text. code: three characters. submitted_at,
    ended_at: ms UTC. place: of the destination among those of one request, from 0."""

    id: str
    source: str
    destination: str
    outcome: Outcome
    code: str
    submitted_at: int
    ended_at: int
    place: int = 0


@dataclass(frozen=True, slots=True)
class CitizenText:
    """A text from a citizen. sender: +8613800138000. recipient: the number that was written to."""

    id: str
    sender: str
    recipient: str
    text: str = field(repr=False)


class TakesTexts(Protocol):
    """Who takes in. Every method raises `Refused` and nothing else that belongs to the request."""

    async def log_in(self, login: Login, source: str) -> Account:
        """source: the address it comes from. Slow for who guesses."""

    async def still_open(self, account: Account) -> bool:
        """Whether it may go on."""

    async def take(self, account: Account, part: TextPart) -> str:
        """The id of the message it belongs to; durable when it returns."""


class Served(Wire, Protocol):
    """A protocol from the side of the one who is connected to."""

    def asked(self, frame: Frame) -> Login | TextPart | Control | None:
        """What a request wants, None for what is not served. Raises `BadFrame`, `Refused`."""

    def done(self, frame: Frame, id: str = "") -> bytes:
        """The answer to a request that was done. id: of a message, or the account's name."""

    def refused(self, frame: Frame, refusal: Refusal) -> bytes:
        """The answer to one that was not."""

    def unreadable(self, frame: Frame | None) -> bytes:
        """The answer to a request whose body cannot be read, to bytes that are no frame."""

    def unknown(self, frame: Frame) -> bytes:
        """The answer to a request that is not served."""

    def goodbye(self, sequence: int) -> bytes:
        """A frame that ends the connection in peace."""

    def receipt(self, receipt: TextReceipt) -> Callable[[int], bytes]:
        """The whole request, for a sequence number."""

    def text(self, text: CitizenText) -> Sequence[Callable[[int], bytes]]:
        """The whole requests, one for each part."""

    def acknowledged(self, frame: Frame) -> bool:
        """Whether the answer to a receipt or a text says it was taken."""
