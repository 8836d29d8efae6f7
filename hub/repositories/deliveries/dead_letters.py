"""What ended without arriving and may be sent again: a document per row, so that nobody searches the outbox.

It is written in the unit of work that ends the row, and goes when the row is sent again or arrives after all.
A broadcast's row that came too late is none: its time is over.
"""

from __future__ import annotations

from dataclasses import dataclass

from channels.outbox.delivery import Delivery, DeliveryState, MessageClass, Origin
from channels.outbox.ports import Change
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Body, Collection, Delete, Documents, Insert, Stored, Where, Write

COLLECTIONS = (
    Collection(
        "dead_letters",
        fields={**dict.fromkeys(("sender", "reason"), str), "ended_at": int},
        indexes=(("ended_at",), ("reason", "ended_at"), ("sender", "ended_at")),
    ),
)

S = DeliveryState
_ENDS = frozenset({S.DEAD, S.FAILED, S.UNDELIVERED})
_PAGE = 500
_LIFE_MS = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A row that did not arrive. id: the row's. ended_at: ms UTC."""

    id: str
    sender: str
    state: DeliveryState
    reason: str
    message_class: MessageClass
    ended_at: int
    case_id: str = ""


@dataclass(frozen=True, slots=True)
class DeadFilter:
    """Which of them. reason, sender: "" = any. since, before: of the end, ms UTC, 0 = any."""

    reason: str = ""
    sender: str = ""
    since: int = 0
    before: int = 0

    def where(self) -> Where:
        """As a query."""
        where: dict[str, object] = {"ended_at": {"$gte": self.since}}
        if self.before:
            where["ended_at"] = {"$gte": self.since, "$lt": self.before}
        if self.reason:
            where["reason"] = self.reason
        if self.sender:
            where["sender"] = self.sender
        return where


@dataclass(frozen=True, slots=True)
class DeadPage:
    """One page; `next` continues it, None at the end."""

    letters: tuple[Versioned[DeadLetter], ...]
    next: str | None


def is_dead(delivery: Delivery) -> bool:
    """Whether a person may want to send it again."""
    if delivery.redriven_as:
        return False
    late = delivery.state is S.EXPIRED and delivery.origin is not Origin.BROADCAST
    return delivery.state in _ENDS or late


def dies(change: Change) -> bool:
    """Whether the change ends a row so."""
    return change.after.state is not change.before.delivery.state and is_dead(change.after)


class DeadLetters:
    """Reads them; gives the writes."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._shape = Shape(DeadLetter, "dead_letters", vault)

    def insert(self, row: Delivery, *, at: int) -> Insert:
        """The write for a row that ended."""
        letter = DeadLetter(
            row.id, row.sender, row.state, row.reason, row.message_class, at, case_id=row.case_id
        )
        return self._shape.insert(letter)

    async def writes(self, change: Change, *, at: int) -> list[Write]:
        """For one change of a row, where it is one for this list."""
        if dies(change):
            return [self.insert(change.after, at=at)]
        if is_dead(change.before.delivery) and not is_dead(change.after):
            return await self.gone(change.after.id)
        return []

    async def gone(self, delivery_id: str) -> list[Write]:
        """The write that takes a row off the list, none where it is not on it."""
        stored = await self._documents.get("dead_letters", delivery_id)
        return [Delete("dead_letters", stored.id, stored.version)] if stored else []

    async def fill(self, *, since: int) -> int:
        """Takes up what ended before this list existed and was written at or after an instant (ms UTC); how
        many that were. Twice is once. When a row ended is not known: its last word or its last use stands for
        it."""
        filled = 0
        for state in (*_ENDS, S.EXPIRED):
            after: str | None = None
            while True:
                found = await self._documents.find("outbox", {"state": state.value}, limit=_PAGE, after=after)
                bodies = [(one.id, self._of_row(one)) for one in found if _is_listed(one, since)]
                refused = await self._documents.insert_many("dead_letters", bodies)
                filled += len(bodies) - len(refused)
                if len(found) < _PAGE:
                    break
                after = self._documents.cursor(found[-1])
        return filled

    def _of_row(self, stored: Stored) -> Body:
        row = stored.body
        ended_at = row["receipt_at"] or min(row["expires_at"], row["created_at"] + _LIFE_MS)
        letter = DeadLetter(
            stored.id,
            row["sender"],
            S(row["state"]),
            row["reason"],
            MessageClass(row["message_class"]),
            ended_at,
            case_id=row["case_id"],
        )
        return self._shape.body(letter)

    async def page(self, wanted: DeadFilter, *, limit: int = 50, after: str | None = None) -> DeadPage:
        """The latest first."""
        sort = (("ended_at", -1),)
        found = await self._documents.find(
            "dead_letters", wanted.where(), sort=sort, limit=limit, after=after
        )
        more = self._documents.cursor(found[-1], sort) if len(found) == limit else None
        return DeadPage(tuple(self._shape.listed_versioned(found)), more)


def _is_listed(stored: Stored, since: int) -> bool:
    row = stored.body
    late_broadcast = row["state"] == S.EXPIRED and row["origin"] == Origin.BROADCAST
    return row["created_at"] >= since and not late_broadcast
