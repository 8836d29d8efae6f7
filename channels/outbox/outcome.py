"""What becomes of a delivery after one try: the provider's answer turned into the row's next state.

One line per class of `channels/errors.py`, because each class is one decision.
"""

from __future__ import annotations

from collections.abc import Mapping

from channels.clock import Random
from channels.contract import Accepted
from channels.errors import Ambiguous, Misconfigured, Permanent, Refused, SendError, Temporary
from channels.outbox.delivery import Delivery, DeliveryState, MessageClass
from channels.outbox.retry import RETRY, RetryRule, ambiguous, retry, settled
from channels.outbox.suppression import BY_DEFAULT, INVALID

S = DeliveryState
Outcome = Accepted | SendError


def after(
    delivery: Delivery,
    outcome: Outcome,
    *,
    now: int,
    random: Random,
    receipts: bool = True,
    rules: Mapping[MessageClass, RetryRule] = RETRY,
) -> Delivery:
    """The `sending` row after `outcome`.

    receipts: whether this sender's provider sends receipts; without them acceptance is final.
    """
    match outcome:
        case Accepted():
            taken = delivery.moved(
                state=S.ACCEPTED,
                reason="",
                accepted_at=now,
                provider_id="" if outcome.by_part else outcome.provider_id,
                receipt_at=now if receipts else 0,
                not_before=0,
                lease_until=0,
            )
            return taken.moved(part_ids=outcome.provider_ids) if outcome.by_part else taken
        case Temporary():
            wait = outcome.retry_after_seconds
            return retry(
                delivery, code=outcome.code, now=now, random=random, rules=rules, retry_after_seconds=wait
            )
        case Permanent():
            return settled(delivery, S.FAILED, outcome.code)
        case Refused():
            return settled(delivery, S.SUPPRESSED, outcome.code)
        case Misconfigured():
            return not_sent(delivery, reason=outcome.code, now=now)
        case Ambiguous():
            unsure = ambiguous(delivery, code=outcome.code, now=now)
            return unsure.moved(part_ids=outcome.part_ids) if outcome.part_ids else unsure
        case _:
            return ambiguous(delivery, code=outcome.code, now=now)


def not_sent(delivery: Delivery, *, reason: str, now: int) -> Delivery:
    """A `sending` row that was certainly never posted, given back without using up an attempt."""
    back = settled(delivery, S.READY, delivery.reason or reason)
    return back.moved(not_before=now, attempt=delivery.attempt - 1)


def suppressions_after(delivery: Delivery, outcome: Outcome) -> tuple[tuple[str, str], ...]:
    """The standing rules an outcome asks for: a dead address, or a wish the provider reports."""
    if isinstance(outcome, Permanent) and outcome.invalid_address:
        return ((delivery.recipient_key, INVALID),)
    if isinstance(outcome, Refused):
        return tuple((delivery.recipient_key, subject) for subject in BY_DEFAULT)
    return ()
