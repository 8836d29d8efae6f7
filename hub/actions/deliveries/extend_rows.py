"""Rows of earlier releases that answered from a whole number get the extension behind the number of their
sender ."""

from __future__ import annotations

from collections.abc import Mapping

from channels.address import extension_of
from channels.outbox.delivery import DeliveryState
from hub.store.documents import Documents

_PAGE = 1_000
_ARRIVED = frozenset({DeliveryState.DELIVERED, DeliveryState.SUPPRESSED, DeliveryState.CANCELED})
"""Nothing of these leaves any more, nor is sent again."""


async def extend_rows(documents: Documents, numbers: Mapping[str, str]) -> None:
    """Page by page; harmless to repeat. numbers: of senders, by name. A sender that is not configured any
    more sends nothing; its rows stay as they are."""
    sort = (("due_at", 1),)
    for state in DeliveryState:
        if state in _ARRIVED:
            continue
        where, after = {"state": state.value}, None
        while True:
            page = await documents.find("outbox", where, sort=sort, limit=_PAGE, after=after)
            changes = [
                (row.id, row.version, {"extension": extension})
                for row in page
                if (source := row.body.get("source", "")) and row.body["sender"] in numbers
                if (extension := extension_of(numbers[row.body["sender"]], source))
            ]
            await documents.settle("outbox", changes)
            if len(page) < _PAGE:
                break
            after = documents.cursor(page[-1], sort)
