"""The counters of broadcasts, a document each, added to in the unit of work that moves the rows.

A counter per document and few field names, because an engine keeps a prepared statement for every set of
names. The id begins with the broadcast, so that everything of one is a range.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from campaigns.totals import FAILED, TAKEN, Carrier, CarrierCount, Minute, Totals, carrier_of, lag_bucket
from channels.outbox.delivery import Delivery, DeliveryState
from channels.outbox.ports import Change
from channels.outbox.retry import RESENT
from hub.store.documents import MAX_LIMIT, Add, Collection, Documents, Stored

COLLECTIONS = (Collection("broadcast_counts"),)

S = DeliveryState
_WITH_REASON = frozenset({*FAILED, S.SUPPRESSED, S.EXPIRED, S.HELD, S.AMBIGUOUS})
_TIMED = frozenset({*TAKEN, S.SENDING})
_LEAVING = frozenset({S.SENDING, S.AMBIGUOUS, S.LEASED, S.READY})
_ARRIVING = frozenset({S.ACCEPTED, S.SENT, S.DELIVERED})
_ODD = re.compile(r"[^A-Za-z0-9_.-]")
_MINUTE_MS = 60_000
_BY_ID = (("id", 1),)


class _Move(NamedTuple):
    """What changes have in common that add to the same counters; most of a batch are alike.

    was, why: reasons before and after, "" where none is counted. lag: place in the histogram, -1 = none.
    minute: since 1970, 0 = unknown. parts: of one of them.
    """

    origin: str
    old: DeliveryState
    new: DeliveryState
    was: str
    why: str
    carrier: Carrier | None
    lag: int
    minute: int
    parts: int


def counted(changes: Sequence[Change], *, at: int = 0) -> list[Add]:
    """What changes of broadcasts add to their counters.

    at: the instant (ms UTC) they count for; 0 = what the row itself says, and nothing by the minute where
    it says nothing.
    """
    amounts: dict[str, Counter[str]] = {}
    for move, number in Counter(_move(change, at) for change in changes).items():
        for id, name, amount in _counters(move):
            amounts.setdefault(f"{move.origin}|{id}", Counter())[name] += amount * number
    return [
        Add("broadcast_counts", id, {name: number for name, number in sorted(counter.items()) if number})
        for id, counter in sorted(amounts.items())
        if any(counter.values())
    ]


def _move(change: Change, at: int) -> _Move:
    before, after = change.before.delivery, change.after
    old, new = before.state, after.state
    return _Move(
        after.origin_id,
        old,
        new,
        before.reason if old in _WITH_REASON else "",
        after.reason if new in _WITH_REASON else "",
        carrier_of(after.recipient),
        _lag(before, after) if new is S.DELIVERED else -1,
        (at or after.receipt_at) // _MINUTE_MS,
        after.parts,
    )


def _counters(move: _Move) -> Iterator[tuple[str, str, int]]:
    """Id behind the broadcast, field, amount."""
    old, new = move.old, move.new
    if old in _WITH_REASON:
        yield f"why|{old.value}|{_code(move.was)}", "n", -1
    if new in _WITH_REASON:
        yield f"why|{new.value}|{_code(move.why)}", "n", 1
    if move.lag >= 0:
        yield f"lag|{move.lag:02}", "n", 1
    if move.carrier:
        for name, states in _GROUPS.items():
            yield f"via|{move.carrier.value}", name, (new in states) - (old in states)
    if move.minute:
        minute = f"at|{move.minute:010}"
        if new in _ARRIVING and old in _LEAVING:
            yield minute, "taken", 1
            yield minute, "parts", move.parts
        if new is S.DELIVERED:
            yield minute, "delivered", 1
        if new in FAILED:
            yield minute, "failed", 1


_GROUPS: Mapping[str, frozenset[DeliveryState]] = {
    "taken": TAKEN,
    "delivered": frozenset({S.DELIVERED}),
    "failed": FAILED,
}


def _lag(before: Delivery, after: Delivery) -> int:
    """From acceptance to delivery, as a place in the histogram; -1 where nobody knows when it was taken."""
    known = before.state in _TIMED and after.accepted_at and after.receipt_at
    return lag_bucket(after.receipt_at - after.accepted_at) if known else -1


def _code(reason: str) -> str:
    """The provider's code, or our word, without what a person or a mark added to it."""
    first, _, rest = reason.partition(":")
    return _ODD.sub("", rest if first == RESENT and rest else first)[:40] or "unknown"


class SendingCounts:
    """Reads the counters."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    async def totals(self, broadcast_id: str) -> Totals:
        """Everything but the minutes."""
        reasons: dict[tuple[DeliveryState, str], int] = {}
        lags: dict[int, int] = {}
        carriers: dict[Carrier, CarrierCount] = {}
        for stored in await self._of(broadcast_id, "lag", "why~"):
            _, kind, *rest = stored.id.split("|")
            number = stored.body.get("n", 0)
            match kind:
                case "lag":
                    lags[int(rest[0])] = number
                case "why":
                    reasons[DeliveryState(rest[0]), rest[1]] = number
                case _:
                    values = (max(stored.body.get(name, 0), 0) for name in _GROUPS)
                    carriers[Carrier(rest[0])] = CarrierCount(*values)
        return Totals(reasons, lags, carriers)

    async def minutes(self, broadcast_id: str, *, since: int = 0) -> tuple[Minute, ...]:
        """By the minute, in order, from the minute of `since` (ms UTC) on; minutes without anything are left
        out."""
        found = await self._of(broadcast_id, f"at|{since // _MINUTE_MS:010}", "at~")
        return tuple(_minute(stored) for stored in found)

    async def _of(self, broadcast_id: str, first: str, last: str) -> list[Stored]:
        where = {"id": {"$gte": f"{broadcast_id}|{first}", "$lt": f"{broadcast_id}|{last}"}}
        return await self._documents.find("broadcast_counts", where, sort=_BY_ID, limit=MAX_LIMIT)


def _minute(stored: Stored) -> Minute:
    at = int(stored.id.rpartition("|")[2]) * _MINUTE_MS
    body = stored.body
    return Minute(
        at,
        taken=body.get("taken", 0),
        parts=body.get("parts", 0),
        delivered=body.get("delivered", 0),
        failed=body.get("failed", 0),
    )
