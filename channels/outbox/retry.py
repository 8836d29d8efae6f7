"""When to try again: exponential back-off with full jitter, bounded per message class.

Full jitter (a uniform pick between zero and the back-off) keeps rows that failed together from
coming back together. What must not be repeated is decided elsewhere: only `Temporary`, which
means *certainly not sent*, comes here; the single resend of an ambiguous row is the class rule
below (a second red warning is better than none, a second law-education text is not).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from channels.clock import Random
from channels.outbox.delivery import POLICY, Delivery, DeliveryState, MessageClass

RESENT = "resent"
"""Start of `Delivery.reason` once the single resend after an ambiguous outcome is used up."""

ASK_SECONDS = 60
"""When the provider is asked about an ambiguous row that is not sent again whatever it says."""


@dataclass(frozen=True, slots=True)
class RetryRule:
    """Back-off of one class: `first_seconds` doubled per attempt up to `longest_seconds`."""

    max_attempts: int
    first_seconds: float
    longest_seconds: float


RETRY: Mapping[MessageClass, RetryRule] = {
    MessageClass.E0: RetryRule(12, 2, 60),
    MessageClass.E1: RetryRule(8, 5, 300),
    MessageClass.N: RetryRule(6, 30, 1800),
    MessageClass.L: RetryRule(5, 60, 3600),
}
"""Defaults; the first pause is at least half a second whatever the jitter says."""


def backoff_ms(rule: RetryRule, attempt: int, random: Random) -> int:
    """Milliseconds to wait after attempt number `attempt` (1 is the first)."""
    ceiling = min(rule.longest_seconds, rule.first_seconds * 2 ** min(attempt - 1, 30))
    return int(max(0.5, ceiling * random.random()) * 1000)


def retry(
    delivery: Delivery,
    *,
    code: str,
    now: int,
    random: Random,
    rules: Mapping[MessageClass, RetryRule] = RETRY,
    retry_after_seconds: float | None = None,
) -> Delivery:
    """What becomes of a `sending` row that was certainly not sent.

    Ready again after the back-off (never before `retry_after_seconds`), dead when its attempts
    are used up, expired when the next try would come too late.
    """
    rule = rules[delivery.message_class]
    reason = reason_keeping_mark(delivery, code)
    if delivery.attempt >= rule.max_attempts:
        return settled(delivery, DeliveryState.DEAD, reason)
    wait = backoff_ms(rule, delivery.attempt, random)
    if retry_after_seconds is not None:
        wait = max(wait, int(retry_after_seconds * 1000))
    if now + wait >= delivery.expires_at:
        return settled(delivery, DeliveryState.EXPIRED, reason)
    return settled(delivery, DeliveryState.READY, reason).moved(not_before=now + wait)


def ambiguous(delivery: Delivery, *, code: str, now: int) -> Delivery:
    """A row of which nobody knows whether the provider took it.

    A receipt may tell at any time. `not_before` is the instant at which the provider's list is asked and then
    the class decides (`by_class`). `receipt_at`, from which the wait for a receipt counts, is when the try
    ended: with its lease, if nobody saw its end.
    """
    wait = POLICY[delivery.message_class].ambiguous_resend_seconds
    if wait is None or was_resent(delivery):
        wait = ASK_SECONDS
    ended_at = min(now, delivery.lease_until or now)
    unsure = settled(delivery, DeliveryState.AMBIGUOUS, reason_keeping_mark(delivery, code))
    return unsure.moved(not_before=now + wait * 1000, receipt_at=ended_at)


def by_class(delivery: Delivery, *, now: int) -> Delivery:
    """An ambiguous row whose time to decide has come and of which nothing was found out.

    E0 and E1 are sent once more while they are of use. N is held and shown to a person, L is never sent
    twice: those wait for a receipt, and so does what was sent once more already.
    """
    may_go_again = POLICY[delivery.message_class].ambiguous_resend_seconds is not None
    if may_go_again and not was_resent(delivery) and delivery.expires_at > now:
        return resend(delivery, now=now)
    return delivery.moved(not_before=0)


def resend(delivery: Delivery, *, now: int) -> Delivery:
    """The single resend of an ambiguous row; the mark in `reason` forbids a second one."""
    return settled(delivery, DeliveryState.READY, RESENT).moved(not_before=now, part_ids=())


def was_resent(delivery: Delivery) -> bool:
    """Whether the single resend of this row is used up."""
    return delivery.reason.partition(":")[0] == RESENT


def settled(delivery: Delivery, state: DeliveryState, reason: str) -> Delivery:
    """The row in `state`, its lease ended."""
    return delivery.moved(state=state, reason=reason, lease_until=0)


def reason_keeping_mark(delivery: Delivery, code: str) -> str:
    """`code` as the row's new reason, without losing the mark of the single resend."""
    return f"{RESENT}:{code}" if was_resent(delivery) else code
