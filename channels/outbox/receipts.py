"""What a provider's later word does to a delivery: by rank, never backwards.

Receipts arrive late, twice, out of order and sometimes before our own record of the send. The
rule: a word is applied only when its rank is above what is known; a final state stays unless
*delivered* or *read* comes later, for the better only (Twilio's status page lists no order).
Any word about a row in `sending` or `ambiguous` settles whether the provider took it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from channels.clock import Random
from channels.contract import Receipt, ReceiptState
from channels.outbox.delivery import Delivery, DeliveryState
from channels.outbox.retry import RETRY, backoff_ms, reason_keeping_mark, settled

S = DeliveryState

TARGET: Mapping[ReceiptState, DeliveryState] = {
    ReceiptState.QUEUED: S.ACCEPTED,
    ReceiptState.SENT: S.SENT,
    ReceiptState.DELIVERED: S.DELIVERED,
    ReceiptState.UNDELIVERED: S.UNDELIVERED,
    ReceiptState.FAILED: S.FAILED,
    ReceiptState.READ: S.DELIVERED,
}

RANK: Mapping[DeliveryState, int] = {
    S.ACCEPTED: 1,
    S.SENT: 2,
    S.UNKNOWN: 2,
    S.UNDELIVERED: 3,
    S.FAILED: 3,
    S.DELIVERED: 4,
}
"""States not listed rank 0: the provider has said nothing yet."""

BAD = (ReceiptState.UNDELIVERED, ReceiptState.FAILED)
"""Words after which the provider does nothing more for the message."""


@dataclass(frozen=True, slots=True)
class HandsetRule:
    """Which failure codes mean the handset, not the number, and how often that is tried again.

    temporary_codes: the provider's codes, e.g. unreachable, congested (adapter's data).
    """

    temporary_codes: frozenset[str] = frozenset()
    max_requeues: int = 2


NO_RULE = HandsetRule()
"""Every failure is final."""


def apply_receipt(
    delivery: Delivery, receipt: Receipt, *, random: Random, handset: HandsetRule = NO_RULE
) -> Delivery | None:
    """The delivery after `receipt`, or None when the receipt changes nothing."""
    bad = receipt.state in BAD
    if bad and receipt.attempt != delivery.attempt:
        return None  # an earlier attempt failed; the present one decides
    target = TARGET[receipt.state]
    if RANK.get(target, 0) <= RANK.get(delivery.state, 0) or not delivery.may_become(target):
        return None
    if bad and _goes_again(delivery, receipt, handset):
        wait = backoff_ms(RETRY[delivery.message_class], delivery.attempt + 3, random)
        if receipt.received_at + wait < delivery.expires_at:
            again = settled(delivery, S.READY, reason_keeping_mark(delivery, receipt.code))
            return again.moved(not_before=receipt.received_at + wait, part_ids=())
    return settled(delivery, target, receipt.code if bad else "").moved(
        provider_id=receipt.provider_id or delivery.provider_id,
        accepted_at=delivery.accepted_at or receipt.received_at,
        receipt_at=receipt.received_at,
        not_before=0,
    )


def _goes_again(delivery: Delivery, receipt: Receipt, handset: HandsetRule) -> bool:
    return (
        receipt.code in handset.temporary_codes
        and delivery.attempt <= handset.max_requeues
        and delivery.may_become(S.READY)
    )
