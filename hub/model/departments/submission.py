"""A submission (提交): texts another system handed over at once, under a reference of its own.

Its rows are in the outbox like everybody's; the submission keeps what was answered, so that the same request
gets the same answer, and how far the caller was told what became of them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum

from channels.outbox.delivery import DeliveryState, MessageClass
from hub.model.personal import personal
from hub.runtime.clock import to_local

S = DeliveryState


class TextState(StrEnum):
    """What became of a text, in the words of the API; part of its contract, never renamed."""

    REJECTED = "rejected"  # never taken: the number is none
    QUEUED = "queued"
    HELD = "held"  # waits for its hours or for a quota
    SENT = "sent"
    UNSURE = "unsure"  # nobody knows whether the carrier took it
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    EXPIRED = "expired"
    CANCELED = "canceled"
    UNKNOWN = "unknown"  # no receipt in 72 hours


OF_DELIVERY: dict[DeliveryState, TextState] = {
    S.PLANNED: TextState.QUEUED,
    S.READY: TextState.QUEUED,
    S.LEASED: TextState.QUEUED,
    S.SENDING: TextState.QUEUED,
    S.HELD: TextState.HELD,
    S.ACCEPTED: TextState.SENT,
    S.SENT: TextState.SENT,
    S.AMBIGUOUS: TextState.UNSURE,
    S.DELIVERED: TextState.DELIVERED,
    S.UNDELIVERED: TextState.UNDELIVERED,
    S.SUPPRESSED: TextState.SUPPRESSED,
    S.EXPIRED: TextState.EXPIRED,
    S.FAILED: TextState.FAILED,
    S.DEAD: TextState.FAILED,
    S.CANCELED: TextState.CANCELED,
    S.UNKNOWN: TextState.UNKNOWN,
}

OPEN = frozenset({TextState.QUEUED, TextState.HELD, TextState.SENT, TextState.UNSURE})
"""More will come of it."""


@dataclass(frozen=True, slots=True)
class TextResult:
    """One number of a submission. to: as the caller wrote it. message_id: of its row; there is none where it
    was refused for `problem`, a code of the API."""

    to: str
    message_id: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    """line, client_ref: make it unique. body: keyed digest of what was asked for. parts: of one text.

    look_at: when it is next looked for receipts (ms UTC), 0 = all is told. told: a character per number, `.`
    while its end is not told. responsible: the person in whose name E0 was sent.
    """

    id: str
    department: str
    line: str
    key_id: str
    at: int
    body: str
    message_class: MessageClass
    parts: int
    accepted: int
    rejected: int
    look_at: int
    told: str
    expires_at: int
    sandbox: bool = False
    callback_url: str = ""
    client_ref: str = personal("")
    responsible: str = personal("")
    results: tuple[TextResult, ...] = personal(())

    @property
    def day(self) -> str:
        """The local day it was submitted on, `20261201`."""
        return f"{to_local(self.at):%Y%m%d}"

    def without(self, message_ids: Collection[str], problem: str) -> Submission:
        """Where these numbers are refused for `problem`, a code of the API; nothing more is told of them.

        They keep the ids they would have had: a listener has to name one in its answer."""
        gone = [one.message_id in message_ids for one in self.results]
        return replace(
            self,
            accepted=self.accepted - sum(gone),
            rejected=self.rejected + sum(gone),
            told="".join("t" if out else mark for out, mark in zip(gone, self.told, strict=True)),
            results=tuple(
                replace(one, problem=problem) if out else one
                for out, one in zip(gone, self.results, strict=True)
            ),
        )
