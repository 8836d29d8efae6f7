"""Nothing waits for ever: when a row must be looked at again, and what becomes of it then.

`due_at` and `overdue` are the two halves of one promise: every row that is not final has an
instant at which a sweeper takes it up, and the sweeper always moves it. A crash at any
instruction therefore leaves a row that ends in a known state.
"""

from __future__ import annotations

from channels.outbox.delivery import MOVES, Delivery, DeliveryState
from channels.outbox.retry import ambiguous, by_class, settled

NO_WORD_SECONDS = 72 * 3600
"""Vendors synthesise their last receipt after 72 h; what has none by then never gets one."""

FAR = 9_999_999_999_999
"""An instant that never comes: `not_before` of rows that wait for a person."""

S = DeliveryState
SWEPT: tuple[DeliveryState, ...] = (
    S.LEASED,
    S.SENDING,
    S.AMBIGUOUS,
    S.HELD,
    S.READY,
    S.PLANNED,
    S.ACCEPTED,
    S.SENT,
)
"""The states a sweeper visits, the most urgent first."""


def due_at(delivery: Delivery) -> int:
    """The instant (ms UTC) at which a sweeper must look at the row; `FAR` when it is final."""
    match delivery.state:
        case S.LEASED | S.SENDING:
            return delivery.lease_until
        case S.PLANNED | S.READY:
            return delivery.expires_at
        case S.HELD:
            return min(delivery.not_before, delivery.expires_at)
        case S.ACCEPTED | S.SENT:  # 0: this channel gives no receipts, so acceptance is its last word
            return delivery.receipt_at + NO_WORD_SECONDS * 1000 if delivery.receipt_at else FAR
        case S.AMBIGUOUS:
            return delivery.not_before or delivery.receipt_at + NO_WORD_SECONDS * 1000
        case _:
            return FAR


def overdue(delivery: Delivery, *, now: int) -> Delivery | None:
    """The row after its time has come, or None while it has not."""
    if due_at(delivery) > now:
        return None
    expired = delivery.expires_at <= now
    match delivery.state:
        case S.LEASED:  # claimed, never posted: safe to give back
            if expired:
                return settled(delivery, S.EXPIRED, "expired")
            return settled(delivery, S.READY, delivery.reason)
        case S.SENDING:  # the call may have happened
            return ambiguous(delivery, code="lease_over", now=now)
        case S.PLANNED | S.READY:
            return settled(delivery, S.EXPIRED, "expired")
        case S.HELD:
            if expired:
                return settled(delivery, S.EXPIRED, "expired")
            return settled(delivery, S.READY, "").moved(not_before=now)
        case S.AMBIGUOUS:
            if delivery.not_before:
                return by_class(delivery, now=now)
            return settled(delivery, S.UNKNOWN, "no_receipt")
        case _:  # accepted or sent
            return settled(delivery, S.UNKNOWN, "no_receipt")


def is_final(state: DeliveryState) -> bool:
    """Whether a row in `state` is done: no sweeper moves it, only a receipt may correct it."""
    return state not in SWEPT and not MOVES[state] & frozenset(SWEPT)
