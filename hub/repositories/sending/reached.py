"""Whom a broadcast may have reached, from its rows: the recipients of its correction.

Rule protected: nobody who may have read the wrong text is left out. Rows move on while they are read, and
only forwards; the states are read in that order, so whoever moves is met later, perhaps twice, and twice is
once by the id of the delivery.
"""

from __future__ import annotations

from collections.abc import Sequence

from campaigns.ports import Recipient
from campaigns.totals import MAY_HAVE_ARRIVED
from channels.address import Address, AddressKind
from hub.repositories.outbox_rows import OutboxRows
from hub.store.crypto import Vault
from hub.store.documents import Documents, Stored
from hub.store.unreadable import Unreadable

_BY_REASON = (("reason", 1),)
"""The order of the index over origin and state."""


class Reached:
    """Reads the outbox of one broadcast, the corrected one."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._rows = OutboxRows(vault)

    async def page(self, broadcast_id: str, *, after: str, limit: int) -> Sequence[Recipient]:
        """See `campaigns.ports.Recipients`. The id of a recipient is the place in the pages."""
        state, _, cursor = after.partition("|")
        states = [one.value for one in MAY_HAVE_ARRIVED]
        found: list[Recipient] = []
        for one in states[states.index(state) if after else 0 :]:
            rows = await self._documents.find(
                "outbox",
                {"origin_id": broadcast_id, "state": one},
                sort=_BY_REASON,
                limit=limit - len(found),
                after=cursor or None,
            )
            found += [self._recipient(one, row) for row in rows]
            cursor = ""
            if len(found) == limit:
                break
        return found

    async def count(self, broadcast_id: str) -> int:
        """How many `page` gives, from the counters; what is being sent at this moment is not in them."""
        counters = await self._documents.get("progress", broadcast_id)
        run = await self._documents.get("broadcasts", broadcast_id)
        if counters is None or (run is not None and run.body.get("forgotten_at")):
            return 0
        return sum(max(int(counters.body.get(state.value, 0)), 0) for state in MAY_HAVE_ARRIVED)

    def _recipient(self, state: str, row: Stored) -> Recipient:
        """Pages are counted: what cannot be read stays in its place, as a recipient without an address."""
        place = f"{state}|{self._documents.cursor(row, _BY_REASON)}"
        try:
            delivery = self._rows.load(row)
        except Unreadable:
            return Recipient(place, Address(AddressKind.PHONE, ""), f"unreadable:{row.id}")
        return Recipient(place, delivery.recipient, delivery.recipient_key)
