"""How a delivery stands in the store, and how one change to it is spelled.

Only fields that change are written again, and all of them are declared, so that a step of the
dispatcher never rewrites the sealed text. `due_at` is the one field a sweeper needs
(`channels/outbox/overdue.py`): one index instead of four. `queue` says whose turn a ready row waits for, and
is empty otherwise: a claim looks at its index and at nothing else, however much has left before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from itertools import groupby
from operator import attrgetter

from channels.address import AddressKind
from channels.outbox.delivery import Delivery, DeliveryState, Moved, Origin, Own
from channels.outbox.limits import parts_spent
from channels.outbox.overdue import due_at
from channels.outbox.ports import Change, Leased, OutboxUnavailable, Waiting
from hub.repositories.limits import department_parts, sent_lately
from hub.store.codec import Shape
from hub.store.crypto import Vault
from hub.store.documents import Body, Collection, Stored, StoreUnavailable

COLLECTIONS = (
    Collection(
        "outbox",
        fields={
            **dict.fromkeys(("sender", "state", "reason", "dedup", "provider_id"), str),
            **dict.fromkeys(("origin_id", "case_id", "queue"), str),
            **dict.fromkeys(("lane", "not_before", "due_at", "attempt", "lease_until"), int),
            **dict.fromkeys(("accepted_at", "receipt_at"), int),
        },
        indexes=(
            ("queue", "not_before"),
            ("state", "due_at"),
            ("origin_id", "state", "reason"),
            ("case_id",),
        ),
        unique=(("dedup",),),
    ),
    Collection("progress"),
    *sent_lately.COLLECTIONS,
    *department_parts.COLLECTIONS,
)

S = DeliveryState
_MOVED = tuple(Moved.__annotations__)
_ALL_MOVED = attrgetter(*_MOVED)
_SELDOM = ("part_ids", "redrive_of", "redrive", "redriven_as", "fallback_of", "extension", "automatic")
"""Not stored while they are empty: hardly any row has them, and every step of the dispatcher reads rows."""
_OWN = frozenset(Own.__annotations__)
_SHARED = attrgetter(*(one.name for one in fields(Delivery) if one.name not in _OWN))
LAST_QUEUE = "\U0010ffff"
"""Sorts behind every queue of a lane, after what `queues_of` gives."""
ROW_COUNTER = "rows"
"""Counter of a broadcast's rows, whatever became of them; the others are named as their states."""
_UNCOUNTED = frozenset({S.PLANNED, S.READY, S.LEASED, S.SENDING, S.HELD})
"""On the way: what is planned and not counted elsewhere. Counting each step would triple the writes."""


class OutboxRows:
    """Deliveries to documents and back. Address and text are sealed."""

    def __init__(self, vault: Vault) -> None:
        self._shape = Shape(
            Delivery,
            "outbox",
            vault,
            personal=frozenset({"recipient", "text", "title", "references", "reply_to", "files"}),
            unreadable={"recipient": {"kind": AddressKind.PHONE.value, "value": ""}},
            strict=True,
        )

    def body(self, delivery: Delivery) -> Body:
        """The document of a new row."""
        return _row(self._shape.body(delivery), delivery)

    def bodies(self, deliveries: Sequence[Delivery]) -> list[Body]:
        """The same for many: those of one broadcast are equal but for what is their own."""
        found: list[Body] = []
        for _, alike in groupby(deliveries, key=_SHARED):
            several = list(alike)
            bodies = self._shape.bodies_alike(several, _OWN)
            found += [_row(body, delivery) for delivery, body in zip(several, bodies, strict=True)]
        return found

    def load(self, stored: Stored) -> Delivery:
        """The row of a document. One whose seal does not open has no recipient."""
        return self._shape.load(stored)

    def listed(self, found: Iterable[Stored]) -> list[Leased]:
        """The rows of documents, with their versions; those of which nothing can be read are left out."""
        return [Leased(one.value, one.version) for one in self._shape.listed_versioned(found)]


def _row(body: Body, delivery: Delivery) -> Body:
    """The document with what only the store needs."""
    for name in _SELDOM:
        if not body[name]:
            del body[name]
    body["due_at"], body["queue"] = due_at(delivery), queue_of(delivery)
    return body


def queue_of(delivery: Delivery) -> str:
    """Whose turn a ready row waits for; "" when it is not ready."""
    if delivery.state is not S.READY:
        return ""
    broadcast = delivery.origin_id if delivery.origin is Origin.BROADCAST else ""
    return f"{queues_of(delivery.sender, delivery.lane)}{delivery.department}/{broadcast}"


def queue_of_stored(body: Body) -> str:
    """The same for a ready row as it stands in the store; rows of earlier releases have no department."""
    broadcast = body["origin_id"] if body["origin"] == Origin.BROADCAST else ""
    return f"{queues_of(body['sender'], body['lane'])}{body.get('department', '')}/{broadcast}"


def queues_of(sender: str, lane: int) -> str:
    """What all queues of a lane begin with."""
    return f"{sender}/{lane}/"


def waiting_in(queue: str, start: str) -> Waiting:
    """A queue as the dispatcher knows it. start: see `queues_of`."""
    return Waiting(queue, queue.removeprefix(start).rpartition("/")[0])


def changed(change: Change) -> tuple[str, int, Body]:
    """`(id, version, set)` of one change. Raises ValueError for a move the state table forbids."""
    before, after = change.before.delivery, change.after
    if after.state is not before.state and not before.may_become(after.state):
        raise ValueError(f"a delivery cannot go from {before.state} to {after.state}")
    # Every row comes here at each step: what is the same is seen without a look into it.
    old_values, new_values = _ALL_MOVED(before), _ALL_MOVED(after)
    set: Body = {
        name: new
        for name, old, new in zip(_MOVED, old_values, new_values, strict=True)
        if new is not old and new != old
    }
    set["state"] = after.state.value
    set["due_at"] = due_at(after)
    if S.READY in (before.state, after.state):
        set["queue"] = queue_of(after)
    return after.id, change.before.version, set


def is_counted(change: Change) -> bool:
    """Whether the change moves a broadcast's counters. Of what is held the reasons are counted."""
    before, after = change.before.delivery.state, change.after.state
    if before is after or change.after.origin is not Origin.BROADCAST or change.after.redriven_as:
        return False  # the row that repeats it counts in its place
    return before not in _UNCOUNTED or after not in _UNCOUNTED or S.HELD in (before, after)


def delta(changes: Sequence[Change]) -> Mapping[str, Mapping[str, int]]:
    """What the changes add to the counters, by origin."""
    alike = Counter(
        (change.after.origin_id, change.before.delivery.state, change.after.state)
        for change in changes
        if is_counted(change)
    )
    by_origin: dict[str, Counter[str]] = {}
    for (origin, before, after), number in alike.items():
        amounts = by_origin.setdefault(origin, Counter())
        for state, amount in ((before, -number), (after, number)):
            if state not in _UNCOUNTED:
                amounts[state.value] += amount
    return {origin: {name: n for name, n in counter.items() if n} for origin, counter in by_origin.items()}


def parts_counted(changes: Sequence[Change], *, back: bool = False) -> Mapping[str, int]:
    """Parts by department that begin to be spent, fewer than 0 for a try that never was (`outcome.not_sent`).

    back: of changes that were not made after all.
    """
    parts: Counter[str] = Counter()
    for change in changes:
        before, after = change.before.delivery, change.after
        if before.department and before.attempt != after.attempt:
            parts[before.department] += parts_spent(before, attempt=after.attempt) * (-1 if back else 1)
    return parts


@contextmanager
def translated() -> Iterator[None]:
    """The store's trouble in the words of the dispatcher."""
    try:
        yield
    except StoreUnavailable as problem:
        raise OutboxUnavailable(str(problem)) from problem
