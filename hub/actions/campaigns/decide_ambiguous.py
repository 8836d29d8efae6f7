"""A person's decision on everything of a campaign of which nobody knows whether it was sent.

Rules protected: a law-education text is never sent a second time (`POLICY`: at most once), whatever somebody
chooses; what is decided is what was looked at: a row that became doubtful after the look, or became so again
after a resend, waits for the next look. So the same decision given twice changes nothing the second time.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from campaigns.broadcast import Broadcast, BroadcastState
from channels.outbox.delivery import Delivery, DeliveryState, MessageClass
from channels.outbox.ports import Change, Leased
from channels.outbox.retry import RESENT, resend, settled
from hub.repositories.campaigns import CampaignRepository
from hub.repositories.outbox import OutboxRepository
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid, NotFound

log = logging.getLogger(__name__)

MAY_RESEND = frozenset({MessageClass.E0, MessageClass.E1, MessageClass.N})
"""The classes of which a second copy is better than none. Of L it is not."""
ONCE_ONLY = "普法内容最多发送一次，不能重新发送"
_STEP = 500
_SHOWN = 200


class BulkDecision(StrEnum):
    """What was found out about all of them."""

    SENT = "sent"  # the provider took them; whether they arrived a receipt may still say
    AGAIN = "again"  # they were not sent: once more
    UNKNOWN = "unknown"  # nobody will know


@dataclass(frozen=True, slots=True)
class InDoubt:
    """What there is to decide at `at` (ms UTC). rows: the first of them. total: of all. late: those of `rows`
    whose time is over; they are not sent again. may_resend: whether the class allows it at all."""

    at: int
    rows: tuple[Delivery, ...]
    total: int
    late: int
    may_resend: bool


@dataclass(frozen=True, slots=True)
class DecidedTogether:
    """decided: rows that were changed. late: left as they were, because their time was over."""

    decided: int
    late: int


class DecideAmbiguous:
    """`look`, then call with the instant of the look."""

    def __init__(self, repository: CampaignRepository, outbox: OutboxRepository, clock: Clock) -> None:
        self._repository = repository
        self._outbox = outbox
        self._clock = clock

    async def look(self, campaign_id: str) -> InDoubt:
        """Raises `NotFound`."""
        now, total = self._clock.now_ms(), 0
        rows: list[Delivery] = []
        runs = await self._runs(campaign_id)
        for run in runs:
            total += max((await self._outbox.counts(run.id)).get(DeliveryState.AMBIGUOUS.value, 0), 0)
            if len(rows) < _SHOWN:
                page = await self._outbox.of_origin(run.id, state=DeliveryState.AMBIGUOUS, limit=_SHOWN)
                rows += [found.value for found in page.deliveries]
        shown = tuple(rows[:_SHOWN])
        late = sum(row.expires_at <= now for row in shown)
        return InDoubt(now, shown, max(total, len(shown)), late, may_resend=_may_resend(runs))

    async def __call__(
        self, agent_id: str, campaign_id: str, verdict: BulkDecision, *, before: int
    ) -> DecidedTogether:
        """Decides what was in doubt at `before`. Raises `NotFound`, or `Invalid` (field `verdict`)."""
        runs = await self._runs(campaign_id)
        before = min(before, self._clock.now_ms())
        if verdict is BulkDecision.AGAIN and not _may_resend(runs):
            raise Invalid({"verdict": ONCE_ONLY})
        decided = late = 0
        for run in runs:
            after: str | None = None
            while True:
                page = await self._outbox.of_origin(
                    run.id, state=DeliveryState.AMBIGUOUS, limit=_STEP, after=after
                )
                meant = [Leased(r.value, r.version) for r in page.deliveries if r.value.receipt_at <= before]
                changes = self._changes(meant, run, verdict, agent_id)
                late += len(meant) - len(changes)
                decided += len(changes) - len(await self._outbox.settle(changes))
                after = page.next
                if after is None:
                    break
        log.info(
            "outbox.decided_together",
            extra={"campaign": campaign_id, "decision": verdict.value, "rows": decided, "by": agent_id},
        )
        return DecidedTogether(decided, late)

    async def _runs(self, campaign_id: str) -> list[Broadcast]:
        if await self._repository.get(campaign_id) is None:
            raise NotFound("campaign")
        return [read.value for read in await self._repository.broadcasts_of(campaign_id)]

    def _changes(
        self, rows: Sequence[Leased], run: Broadcast, verdict: BulkDecision, agent_id: str
    ) -> list[Change]:
        now = self._clock.now_ms()
        changes = []
        for row in rows:
            delivery = row.delivery
            match verdict:
                case BulkDecision.SENT:
                    sent = settled(delivery, DeliveryState.SENT, f"confirmed:{agent_id}")
                    changes.append(Change(row, sent.moved(not_before=0, receipt_at=now)))
                case BulkDecision.UNKNOWN:
                    left = settled(delivery, DeliveryState.UNKNOWN, f"confirmed:{agent_id}")
                    changes.append(Change(row, left.moved(not_before=0)))
                case BulkDecision.AGAIN if (
                    delivery.expires_at > now and run.state is not BroadcastState.CANCELED
                ):
                    again = resend(delivery, now=now).moved(reason=f"{RESENT}:{agent_id}")
                    changes.append(Change(row, again))
        return changes


def _may_resend(runs: Sequence[Broadcast]) -> bool:
    return all(run.message_class in MAY_RESEND for run in runs)
