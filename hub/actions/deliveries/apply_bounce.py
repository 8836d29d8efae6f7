"""A mail of ours came back: the delivery did not arrive, and an address that is dead gets nothing more.

Rules protected: only a report that came to the signed return path of that very mail, or names the signed
Message-ID of a reply, gets here (`own_addresses.py`), so nobody can have another's address blocked; a report
that comes twice counts once. What says that nobody is there (5.1.x, 5.2.1, 5.4.4) stops everything; any
other final refusal (full, too large, unwanted) stops bulk mail only, because it may be the mail and not the
address; so do repeated temporary failures.
Source: RFC 3463.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from channels.contract import DeliveryReport, Receipt, ReceiptState
from channels.outbox.delivery import Delivery
from channels.outbox.suppression import INVALID, subjects_of
from hub.actions.deliveries.apply_receipt import ApplyReceipt
from hub.repositories.outbox import OutboxRepository
from hub.repositories.publicity.bounces import BouncedMail, BounceRepository
from hub.repositories.suppressions import SuppressionRepository
from hub.store.documents import Documents, Write
from hub.store.until_committed import until_committed

log = logging.getLogger(__name__)

REASON = "bounced"
_DAY_MS = 86_400_000
_TRIES = 5


@dataclass(frozen=True, slots=True)
class BounceRule:
    """After so many temporary failures in so many days an address gets no more bulk mail."""

    soft_bounces: int = 3
    soft_days: int = 7


class ApplyBounce:
    """Made once by the composition root."""

    def __init__(
        self,
        documents: Documents,
        outbox: OutboxRepository,
        suppressions: SuppressionRepository,
        bounces: BounceRepository,
        apply_receipt: ApplyReceipt,
        rules: Mapping[str, BounceRule],
    ) -> None:
        """rules: by channel."""
        self._documents = documents
        self._outbox = outbox
        self._suppressions = suppressions
        self._bounces = bounces
        self._apply_receipt = apply_receipt
        self._rules = rules

    async def __call__(
        self, delivery_id: str, report: DeliveryReport, *, at: int, stops: bool = True
    ) -> None:
        """Harmless when repeated; a delivery that is no longer there changes nothing. stops: whether its
        address may be blocked."""
        found = await self._outbox.get(delivery_id)
        if found is None or not report.failed:
            return
        delivery = found.value
        receipt = Receipt(
            channel=delivery.sender,
            delivery_id=delivery.id,
            attempt=delivery.attempt,
            provider_id=delivery.provider_id,
            state=ReceiptState.UNDELIVERED,
            code=report.status,
            received_at=at,
        )
        await self._apply_receipt(receipt)

        async def decide() -> tuple[Sequence[Write], bool]:
            if await self._bounces.is_known(delivery.id):
                return (), False
            bounce = BouncedMail(delivery.id, delivery.recipient_key, report.status, at)
            blocked = await self._stops(delivery, report.status, at) if stops else []
            return [self._bounces.insert(bounce), *blocked], True

        if await until_committed(self._documents, decide, tries=_TRIES):
            log.info("mail.bounced", extra={"delivery": delivery.id, "status": report.status})

    async def _stops(self, delivery: Delivery, status: str, at: int) -> list[Write]:
        key, subjects = delivery.recipient_key, subjects_of("all")
        if is_dead(status):
            subjects = (INVALID,)
        elif status.startswith("4"):
            rule = self._rules.get(delivery.sender, BounceRule())
            since = at - rule.soft_days * _DAY_MS
            if await self._bounces.count(key, since=since) + 1 < rule.soft_bounces:
                return []
        present = {rule.value.subject for rule in await self._suppressions.of_address(key)}
        return [
            self._suppressions.add((key, subject), reason=REASON, by=delivery.sender, at=at)
            for subject in subjects
            if subject not in present
        ]


def is_dead(status: str) -> bool:
    """Whether a status says that nobody is reached at the address; 5.1.7 and 5.1.8 are about the sender."""
    if status.startswith("5.1."):
        return status not in ("5.1.7", "5.1.8")
    return status in ("5.2.1", "5.4.4")
