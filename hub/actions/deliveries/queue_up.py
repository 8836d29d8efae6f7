"""Ready rows of earlier releases get the queue they wait in, or they would never be claimed."""

from __future__ import annotations

from channels.outbox.delivery import DeliveryState
from hub.repositories.outbox_rows import queue_of_stored
from hub.store.documents import Documents

_PAGE = 1000


async def queue_up(documents: Documents) -> None:
    """Page by page; harmless to repeat. Other states get it when they become ready."""
    where, sort = {"state": DeliveryState.READY.value}, (("due_at", 1),)
    after: str | None = None
    while True:
        page = await documents.find("outbox", where, sort=sort, limit=_PAGE, after=after)
        lacking = [row for row in page if not row.body.get("queue")]
        await documents.settle(
            "outbox", [(row.id, row.version, {"queue": queue_of_stored(row.body)}) for row in lacking]
        )
        if len(page) < _PAGE:
            return
        after = documents.cursor(page[-1], sort)
