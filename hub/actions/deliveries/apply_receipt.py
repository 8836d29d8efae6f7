"""A provider's later word about a delivery. It may come twice, late, out of order or for a row long gone."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from channels.clock import Random
from channels.contract import Receipt
from channels.outbox.receipts import NO_RULE, HandsetRule
from channels.points import Point, point
from hub.repositories.outbox import OutboxRepository

log = logging.getLogger(__name__)


class ApplyReceipt:
    """`rules`: which failure codes of a channel mean the handset rather than the number."""

    def __init__(
        self,
        outbox: OutboxRepository,
        rules: Mapping[str, HandsetRule],
        random: Random,
    ) -> None:
        self._outbox = outbox
        self._rules = rules
        self._random = random

    async def __call__(self, receipt: Receipt) -> None:
        """Raises `OutboxUnavailable` when the provider should send it again."""
        point(Point.BEFORE_RECEIPT)
        result = await self._outbox.apply_receipt(
            receipt, random=self._random, handset=self._rules.get(receipt.channel, NO_RULE)
        )
        point(Point.AFTER_RECEIPT)
        log.debug("receipt", extra={"delivery": receipt.delivery_id, "result": result.value})
