"""A provider's later word about a delivery. It may come twice, late, out of order, for a row long gone, or
before our own record of the send."""

from __future__ import annotations

import logging

from channels.contract import Receipt
from channels.points import Point, point
from hub.repositories.outbox import OutboxRepository

log = logging.getLogger(__name__)


class ApplyReceipt:
    """Stores one receipt with what it means."""

    def __init__(self, outbox: OutboxRepository) -> None:
        self._outbox = outbox

    async def __call__(self, receipt: Receipt) -> str:
        """The delivery it is about, "" while that is not known. Raises `StoreUnavailable`, `Conflict` or
        `Duplicate` when the provider should send it again."""
        if not receipt.delivery_id:
            delivery_id = await self._outbox.apply_part_receipt(receipt)
            log.debug("receipt", extra={"delivery": delivery_id, "result": "part"})
            return delivery_id
        point(Point.BEFORE_RECEIPT)
        result = await self._outbox.apply_receipt(receipt)
        point(Point.AFTER_RECEIPT)
        log.debug("receipt", extra={"delivery": receipt.delivery_id, "result": result.value})
        return receipt.delivery_id
