"""A delivery: one message to one address, a row of the outbox, and the moves it may make.

The rules this table protects: a row is durable before anything leaves; `sending` is
written before the network call, so that a crash leaves it known as *may have been
sent*; a final state is never left (a re-drive is a new row).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypedDict, Unpack

from channels.address import Address
from channels.contract import OutboundFile


class MessageClass(StrEnum):
    """What a message is for. It is a property of the template and fixes the policy below."""

    E0 = "E0"  # red or orange warning
    E1 = "E1"  # yellow or blue warning, reply in a case, one-time code
    N = "N"  # notice of progress
    L = "L"  # law education


class WarningLevel(StrEnum):
    """How grave a warning (预警) is, gravest first; "" for what is no warning. It moves lane and hours."""

    NONE = ""
    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    BLUE = "blue"


class Origin(StrEnum):
    """Where a delivery comes from."""

    BROADCAST = "broadcast"
    REPLY = "reply"
    NOTICE = "notice"
    SUBMISSION = "submission"
    TRIAL = "trial"  # a campaign's text to a number of the office itself


@dataclass(frozen=True, slots=True)
class ClassPolicy:
    """What a message class fixes (messaging defaults; all durations are configuration).

    lane: 0 goes first. opens_at, closes_at: minutes after local midnight between which it may
    leave, None = always; to whom they apply says `quiet_hours.window_of`.
    honours_opt_out: suppressed by an opt-out of its subject.
    ambiguous_resend_seconds: wait before the single resend of an ambiguous one, None = never.
    resend_ambiguous: whether it is resent at all; False with None shows it to a person (N)
    or counts it as unknown (L). expiry_seconds: default lifetime.
    """

    lane: int
    opens_at: int | None
    closes_at: int | None
    honours_opt_out: bool
    ambiguous_resend_seconds: int | None
    expiry_seconds: int


POLICY: Mapping[MessageClass, ClassPolicy] = {
    MessageClass.E0: ClassPolicy(0, None, None, False, 60, 24 * 3600),
    MessageClass.E1: ClassPolicy(1, 7 * 60, 22 * 60, True, 300, 2 * 3600),
    MessageClass.N: ClassPolicy(2, 8 * 60, 22 * 60, True, None, 24 * 3600),
    MessageClass.L: ClassPolicy(3, 9 * 60, 20 * 60 + 30, True, None, 48 * 3600),
}


def class_of(message_class: MessageClass, level: WarningLevel) -> MessageClass:
    """The class a message leaves as: a warning's level decides it, whatever its template says."""
    match level:
        case WarningLevel.RED | WarningLevel.ORANGE:
            return MessageClass.E0
        case WarningLevel.YELLOW | WarningLevel.BLUE:
            return MessageClass.E1
        case _:
            return message_class


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    PLANNED = "planned"  # written by expansion, broadcast not released
    READY = "ready"  # may go once `not_before` has come
    LEASED = "leased"  # claimed by a worker, nothing sent
    SENDING = "sending"  # intent is durable, the call may have happened
    ACCEPTED = "accepted"  # the provider took it
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"  # final: the provider gave up
    HELD = "held"  # window closed or paused, with reason
    AMBIGUOUS = "ambiguous"  # unknown whether the provider took it
    SUPPRESSED = "suppressed"  # final: a standing rule forbids it
    EXPIRED = "expired"  # final: too late to be of use
    FAILED = "failed"  # final: can never succeed
    DEAD = "dead"  # final: retries exhausted
    CANCELED = "canceled"  # final: withdrawn before it left
    UNKNOWN = "unknown_final"  # final: no word from the provider in 72 h


S = DeliveryState
MOVES: Mapping[DeliveryState, frozenset[DeliveryState]] = {
    S.PLANNED: frozenset({S.READY, S.CANCELED, S.EXPIRED}),
    # A receipt of the attempt before may come while the next one waits: then it is not sent again.
    S.READY: frozenset({S.LEASED, S.HELD, S.EXPIRED, S.CANCELED, S.SENT, S.DELIVERED}),
    S.LEASED: frozenset(
        {S.SENDING, S.READY, S.HELD, S.SUPPRESSED, S.EXPIRED, S.CANCELED, S.FAILED, S.SENT, S.DELIVERED}
    ),
    S.SENDING: frozenset(
        {S.ACCEPTED, S.READY, S.FAILED, S.SUPPRESSED, S.DEAD, S.AMBIGUOUS, S.EXPIRED}
        | {S.SENT, S.DELIVERED, S.UNDELIVERED}
    ),
    S.ACCEPTED: frozenset({S.SENT, S.DELIVERED, S.UNDELIVERED, S.FAILED, S.READY, S.UNKNOWN}),
    S.SENT: frozenset({S.DELIVERED, S.UNDELIVERED, S.FAILED, S.READY, S.UNKNOWN}),
    S.AMBIGUOUS: frozenset({S.ACCEPTED, S.SENT, S.DELIVERED, S.UNDELIVERED, S.FAILED, S.READY, S.UNKNOWN}),
    S.HELD: frozenset({S.READY, S.EXPIRED, S.CANCELED}),
    S.UNDELIVERED: frozenset({S.DELIVERED}),  # a provider may correct itself, for the better only
    S.UNKNOWN: frozenset({S.DELIVERED, S.UNDELIVERED}),
    S.DELIVERED: frozenset(),
    S.SUPPRESSED: frozenset(),
    S.EXPIRED: frozenset(),
    S.FAILED: frozenset({S.DELIVERED}),
    S.DEAD: frozenset({S.DELIVERED}),
    S.CANCELED: frozenset(),
}


class Moved(TypedDict, total=False):
    """All that may change of a row once it is written; see `Delivery` for what each says."""

    state: DeliveryState
    sender: str
    reason: str
    not_before: int
    attempt: int
    lease_until: int
    provider_id: str
    accepted_at: int
    part_ids: tuple[str, ...]
    receipt_at: int
    redriven_as: str


class Own(TypedDict, total=False):
    """What a row of a broadcast has of its own; see `Delivery` for what each says."""

    id: str
    sender: str
    recipient: Address
    recipient_key: str
    dedup: str
    text: str
    parts: int
    not_before: int


@dataclass(frozen=True)  # without slots: `moved` copies the dictionary at once, not field by field
class Delivery:
    """One row of the outbox.

    id: ULID-like, sorts by creation. sender: which configured sender it leaves by (a channel
    name). text: "" when the body is kept once for the whole broadcast under `origin_id`.
    recipient_key: blind index of the address. subject: opt-out subject (see suppression).
    parts: SMS parts it costs, 1 elsewhere. attempt: how many tries have begun.
    department: id of the department whose share and quota it uses, "" = the office itself.
    extension: digits behind the sender's own number: a department's, or those the citizen wrote to.
    uncounted: no limit of messages per person holds it back, and it takes nothing from them: a correction of
    what the same person was sent, a test to a number of the office.
    level, night: of a warning; night = its approver released it for the quiet hours.
    dedup: unique; what makes a repeated plan harmless.
    accepted_at: when the provider took it, by its answer or by the first word of it that overtook the answer.
    part_ids: the provider's ids by which receipts without our own find the parts of the present attempt, ""
        for one not known; () where receipts carry our id, which is `provider_id`'s case.
    redrive_of, redrive: the row that ended without arriving and which this one repeats; how often in all.
    redriven_as: the row that repeats this one and counts in its place.
    fallback_of: the row on another channel that this one stands in for.
    automatic: no person wrote it: it does not leave to somebody who may be in danger.
    expires_at, not_before, created_at, lease_until, accepted_at, receipt_at: ms UTC, 0 = never.
    """

    id: str
    origin: Origin
    origin_id: str
    sender: str
    recipient: Address
    recipient_key: str
    message_class: MessageClass
    dedup: str
    created_at: int
    expires_at: int
    text: str = ""
    title: str = ""
    subject: str = ""
    reply_to: str = ""
    references: tuple[str, ...] = ()
    files: tuple[OutboundFile, ...] = ()
    case_id: str = ""
    campaign_id: str = ""
    department: str = ""
    level: WarningLevel = WarningLevel.NONE
    night: bool = False
    uncounted: bool = False
    lane: int = 1
    parts: int = 1
    state: DeliveryState = DeliveryState.READY
    reason: str = ""
    not_before: int = 0
    attempt: int = 0
    lease_until: int = 0
    provider_id: str = ""
    accepted_at: int = 0
    part_ids: tuple[str, ...] = ()
    receipt_at: int = 0
    redrive_of: str = ""
    redrive: int = 0
    redriven_as: str = ""
    fallback_of: str = ""
    extension: str = ""
    automatic: bool = False

    def may_become(self, state: DeliveryState) -> bool:
        """Whether the state table allows the move."""
        return state in MOVES[self.state]

    def moved(self, **fields: Unpack[Moved]) -> Delivery:
        """A copy with `fields` changed. Every row is copied at each step; `replace` costs ten times this."""
        copy = object.__new__(Delivery)
        copy.__dict__.update(self.__dict__, **fields)
        return copy

    def untried(self, now: int) -> Delivery:
        """A copy that begins `now`, ready, with nothing of the tries of this one; it needs its own id."""
        return replace(
            self,
            created_at=now,
            state=DeliveryState.READY,
            reason="",
            not_before=now,
            attempt=0,
            lease_until=0,
            provider_id="",
            accepted_at=0,
            part_ids=(),
            receipt_at=0,
            redriven_as="",
        )

    def of(self, **own: Unpack[Own]) -> Delivery:
        """The row of another recipient of the same broadcast. A million are made: see `moved`."""
        copy = object.__new__(Delivery)
        copy.__dict__.update(self.__dict__, **own)
        return copy
