"""What systems of departments hand over by a carrier's protocol: their logins, long texts whose parts are
still coming, receipts that are owed, and texts of citizens that are passed on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hub.model.departments.submission import TextState
from hub.model.personal import personal

JOIN_MS = 10 * 60_000
"""So long the parts of a text are waited for."""
REPEAT_MS = 60_000
"""So long a request under the same number with the same content is the same request."""
KEEP_MS = 72 * 3_600_000
"""So long a receipt is kept for a system that is not connected."""


@dataclass(frozen=True, slots=True)
class ListenerLogin:
    """A key's login. id: the system_id of SMPP, the SP_Id of CMPP. digest: keyed, of name and password: eight
    characters could be guessed from a plain one. secret: what CMPP proves; the proof needs it itself."""

    id: str
    department: str
    key_id: str
    line: str
    digest: str
    created_at: int
    created_by: str
    secret: str = personal("")


@dataclass(frozen=True, slots=True)
class KeptPart:
    """number: from 1. repeat: of sequence and content, by which a repeat is known. content: hex, "" once the
    text is closed."""

    number: int
    at: int
    repeat: str
    encoding: str
    content: str


@dataclass(frozen=True, slots=True)
class LongText:
    """A text in parts. id: made of who sends, from where, to whom, reference and total; used again for the
    next text with the same. destination: numbers with commas between
    them. message_id: of the delivery it becomes, answered to each of its parts.

    way: the protocol it came by. due_at: when it is given up, ms UTC, 0 = closed. keep_until: when the row
    goes.
    """

    id: str
    message_id: str
    client_ref: str
    system_id: str
    department: str
    line: str
    way: str
    total: int
    started_at: int
    due_at: int
    keep_until: int
    wants_receipt: bool = False
    source: str = personal("")
    destination: str = personal("")
    parts: tuple[KeptPart, ...] = personal(())
    reply_to: str = personal("")

    def with_part(self, part: KeptPart, *, wants_receipt: bool, reply_to: str = "") -> LongText:
        """The part added; one that is there stays."""
        known = any(one.number == part.number for one in self.parts)
        return replace(
            self,
            parts=self.parts if known else (*self.parts, part),
            wants_receipt=self.wants_receipt or wants_receipt,
            reply_to=self.reply_to or reply_to,
        )

    @property
    def to(self) -> tuple[str, ...]:
        """The numbers it goes to."""
        return tuple(self.destination.split(","))

    def part(self, number: int) -> KeptPart | None:
        """The part with this number, or None."""
        return next((one for one in self.parts if one.number == number), None)

    def is_whole(self) -> bool:
        """Whether all parts are there."""
        return len(self.parts) == self.total

    def closed(self, now: int) -> LongText:
        """Handed over or given up: what is kept tells repeats."""
        parts = tuple(replace(one, content="") for one in self.parts)
        return replace(self, due_at=0, keep_until=now + JOIN_MS, parts=parts)


@dataclass(frozen=True, slots=True)
class OwedReceipt:
    """A receipt that was asked for. id: of the message. answered: the id its request was answered with.
    place: of the number in it, from 0. way: the protocol it goes back by. look_at: when it is next looked
    whether it came to an end, 0 = it did. next_at: when it is next told, 0 = not yet. until: when it is given
    up. All ms UTC. reply_to: what the way knows to reach whoever asked."""

    id: str
    submission_id: str
    system_id: str
    department: str
    way: str
    at: int
    look_at: int
    until: int
    next_at: int = 0
    state: TextState = TextState.QUEUED
    ended_at: int = 0
    answered: str = ""
    place: int = 0
    source: str = personal("")
    destination: str = personal("")
    reply_to: str = personal("")

    def each(self, ids: Sequence[str], to: Sequence[str]) -> list[OwedReceipt]:
        """One for each number of its request. ids: of their messages."""
        return [
            replace(self, id=id, answered=ids[0], place=place, destination=number)
            for place, (id, number) in enumerate(zip(ids, to, strict=True))
        ]

    def ended(self, state: TextState, now: int) -> OwedReceipt:
        """To be told from now on."""
        return replace(self, state=state, ended_at=now, look_at=0, next_at=now, until=now + KEEP_MS)


@dataclass(frozen=True, slots=True)
class PassedText:
    """A citizen's text that is to be told to a department's platform. id: of the message. next_at: when it is
    next told, until: when it is given up; ms UTC."""

    id: str
    department: str
    at: int
    next_at: int
    until: int
    sender: str = personal("")
    recipient: str = personal("")
    text: str = personal("")
