"""Whom a broadcast may have reached, from its rows: the recipients of its correction.

Rule protected: nobody who may have read the wrong text is left out. Rows move on while they are read, and
only forwards; the states are read in that order, so whoever moves is met later, perhaps twice, and twice is
once by the id of the delivery.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from campaigns.ports import Recipient
from campaigns.segment import unpacked
from campaigns.totals import MAY_HAVE_ARRIVED
from channels.address import Address, AddressKind
from hub.repositories.outbox_rows import OutboxRows
from hub.store.crypto import Vault
from hub.store.documents import Documents, Stored
from hub.store.unreadable import Unreadable

_BY_REASON = (("reason", 1),)
_BY_ID = (("id", 1),)


class Reached:
    """Reads the outbox of one broadcast, the corrected one."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._rows = OutboxRows(vault)

    async def page(self, broadcast_id: str, *, after: str, limit: int) -> Sequence[Recipient]:
        """See `campaigns.ports.Recipients`. The id of a recipient is the place in the pages.

        Read state by state, reason by reason, by id: each page begins where the index stands, so that the
        last of a million costs what the first does.
        """
        state, reason, id = _place(after)
        states = [one.value for one in MAY_HAVE_ARRIVED]
        found: list[Recipient] = []
        for one in states[states.index(state) if after else 0 :]:
            if one != state:
                reason, id = None, ""
            while len(found) < limit:
                if reason is None or not id:
                    reason = await self._next_reason(broadcast_id, one, reason)
                    if reason is None:
                        break
                where = {"origin_id": broadcast_id, "state": one, "reason": reason, "id": {"$gt": id}}
                wanted = limit - len(found)
                rows = await self._documents.find("outbox", where, sort=_BY_ID, limit=wanted)
                found += [self._recipient(f"{one}|{reason}|{row.id}", row) for row in rows]
                id = rows[-1].id if len(rows) == wanted else ""
        return found

    async def page_of_all(self, corrects: str, *, after: str, limit: int) -> Sequence[Recipient]:
        """`page` of several broadcasts (`campaigns.segment.packed`), one behind the other. Who received more
        than one is met more than once."""
        ids = unpacked(corrects)
        if len(ids) == 1:
            return await self.page(ids[0], after=after, limit=limit)
        number, _, place = after.partition("#")
        found: list[Recipient] = []
        for at in range(int(number or 0), len(ids)):
            rows = await self.page(ids[at], after=place, limit=limit - len(found))
            found += [replace(row, id=f"{at}#{row.id}") for row in rows]
            if len(found) >= limit:
                break
            place = ""
        return found

    async def count_of_all(self, corrects: str) -> int:
        """How many `page_of_all` gives."""
        return sum([await self.count(one) for one in unpacked(corrects)])

    async def _next_reason(self, broadcast_id: str, state: str, after: str | None) -> str | None:
        """The first reason of rows in a state behind `after`, None when there is none."""
        where: dict[str, Any] = {"origin_id": broadcast_id, "state": state}
        if after is not None:
            where["reason"] = {"$gt": after}
        found = await self._documents.find("outbox", where, sort=_BY_REASON, limit=1)
        return str(found[0].body["reason"]) if found else None

    async def count(self, broadcast_id: str) -> int:
        """How many `page` gives, from the counters; what is being sent at this moment is not in them."""
        counters = await self._documents.get("progress", broadcast_id)
        run = await self._documents.get("broadcasts", broadcast_id)
        if counters is None or (run is not None and run.body.get("forgotten_at")):
            return 0
        return sum(max(int(counters.body.get(state.value, 0)), 0) for state in MAY_HAVE_ARRIVED)

    def _recipient(self, place: str, row: Stored) -> Recipient:
        """Pages are counted: what cannot be read stays in its place, as a recipient without an address."""
        try:
            delivery = self._rows.load(row)
        except Unreadable:
            return Recipient(place, Address(AddressKind.PHONE, ""), f"unreadable:{row.id}")
        return Recipient(place, delivery.recipient, delivery.recipient_key)


def _place(after: str) -> tuple[str, str | None, str]:
    """State, reason and id of the last recipient read."""
    if not after:
        return "", None, ""
    state, _, rest = after.partition("|")
    reason, _, id = rest.rpartition("|")
    return state, reason, id
