"""Numbers for a progress bar, from the counters of the outbox: no counting of rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from campaigns.window import estimate
from channels.outbox.delivery import DeliveryState
from channels.outbox.quiet_hours import Window

S = DeliveryState
_WAITING = (S.PLANNED, S.READY, S.HELD)
_LEAVING = (S.LEASED, S.SENDING)
_TAKEN = (S.ACCEPTED, S.SENT, S.DELIVERED, S.UNKNOWN)
_FAILED = (S.FAILED, S.DEAD, S.UNDELIVERED)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a broadcast is, in deliveries.

    total = waiting + leaving + taken + failed + suppressed + ambiguous + expired + canceled.
    taken: accepted by the provider, whatever came after; delivered is a part of it. percent: 0–100,
    of everything that has left or will not. eta_at: ms UTC, 0 = unknown or done.
    """

    total: int = 0
    waiting: int = 0
    leaving: int = 0
    taken: int = 0
    delivered: int = 0
    failed: int = 0
    suppressed: int = 0
    ambiguous: int = 0
    expired: int = 0
    canceled: int = 0
    percent: int = 0
    eta_at: int = 0

    @property
    def left(self) -> int:
        """How many may still leave."""
        return self.waiting + self.leaving


def progress(
    counts: Mapping[str, int],
    *,
    total: int,
    window: Window | None,
    now: int,
    per_second: float,
) -> Progress:
    """From counts by state to a progress bar.

    total: how many there will be, known from the broadcast; what the counters do not hold yet is
    waiting. window: its hours, `Broadcast.window`. per_second: messages that leave in a second, 0 = unknown.
    """
    counted = sum(max(number, 0) for number in counts.values())
    total = max(total, counted)

    def of(*states: DeliveryState) -> int:
        return sum(max(counts.get(state.value, 0), 0) for state in states)

    waiting = of(*_WAITING) + total - counted
    leaving = of(*_LEAVING)
    left = waiting + leaving
    eta_at = 0
    if left and per_second > 0:
        eta_at = estimate(window, now, left / per_second).finishes_at
    return Progress(
        total=total,
        waiting=waiting,
        leaving=leaving,
        taken=of(*_TAKEN),
        delivered=of(S.DELIVERED),
        failed=of(*_FAILED),
        suppressed=of(S.SUPPRESSED),
        ambiguous=of(S.AMBIGUOUS),
        expired=of(S.EXPIRED),
        canceled=of(S.CANCELED),
        percent=100 * (total - left) // total if total else 0,
        eta_at=eta_at,
    )


def summed(several: tuple[Progress, ...]) -> Progress:
    """One bar for several broadcasts."""
    total = sum(one.total for one in several)
    left = sum(one.left for one in several)
    return Progress(
        total=total,
        waiting=sum(one.waiting for one in several),
        leaving=sum(one.leaving for one in several),
        taken=sum(one.taken for one in several),
        delivered=sum(one.delivered for one in several),
        failed=sum(one.failed for one in several),
        suppressed=sum(one.suppressed for one in several),
        ambiguous=sum(one.ambiguous for one in several),
        expired=sum(one.expired for one in several),
        canceled=sum(one.canceled for one in several),
        percent=100 * (total - left) // total if total else 0,
        eta_at=max((one.eta_at for one in several), default=0),
    )
