"""How a delivery stands in the store, and how one change to it is spelled.

Only fields that change are written again, and all of them are declared, so that a step of the
dispatcher never rewrites the sealed text. `due_at` is the one field a sweeper needs
(`channels/overdue.py`): one index instead of four.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from channels.outbox import Delivery, DeliveryState, Origin
from channels.overdue import due_at
from channels.ports import Change, OutboxUnavailable
from hub.store.codec import Shape
from hub.store.crypto import Vault
from hub.store.documents import Body, Collection, Stored, StoreUnavailable

COLLECTIONS = (
    Collection(
        "outbox",
        fields={
            **dict.fromkeys(("sender", "state", "reason", "dedup", "provider_id"), str),
            **dict.fromkeys(("origin_id", "case_id"), str),
            **dict.fromkeys(("lane", "not_before", "due_at", "attempt", "lease_until", "receipt_at"), int),
        },
        indexes=(
            ("sender", "state", "lane", "not_before"),
            ("state", "due_at"),
            ("origin_id", "state", "reason"),
            ("sender", "provider_id"),
            ("case_id",),
        ),
        unique=(("dedup",),),
    ),
    Collection("progress"),
)

S = DeliveryState
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
            personal=frozenset({"recipient", "text", "title", "references", "reply_to"}),
        )

    def body(self, delivery: Delivery) -> Body:
        """The document of a new row."""
        return {**self._shape.body(delivery), "due_at": due_at(delivery)}

    def load(self, stored: Stored) -> Delivery:
        """The row of a document."""
        return self._shape.load(stored)


def changed(change: Change) -> tuple[str, int, Body]:
    """`(id, version, set)` of one change. Raises ValueError for a move the state table forbids."""
    before, after = change.before.delivery, change.after
    if after.state is not before.state and not before.may_become(after.state):
        raise ValueError(f"a delivery cannot go from {before.state} to {after.state}")
    return (
        after.id,
        change.before.version,
        {
            "state": after.state.value,
            "reason": after.reason,
            "not_before": after.not_before,
            "attempt": after.attempt,
            "lease_until": after.lease_until,
            "provider_id": after.provider_id,
            "receipt_at": after.receipt_at,
            "due_at": due_at(after),
        },
    )


def is_counted(change: Change) -> bool:
    """Whether the change moves a broadcast's counters."""
    return bool(_moves(change))


def delta(changes: Sequence[Change]) -> Mapping[str, Mapping[str, int]]:
    """What the changes add to the counters, by origin."""
    by_origin: dict[str, Counter[str]] = {}
    for change in changes:
        for name, amount in _moves(change):
            by_origin.setdefault(change.after.origin_id, Counter())[name] += amount
    return {origin: {name: n for name, n in counter.items() if n} for origin, counter in by_origin.items()}


def _moves(change: Change) -> list[tuple[str, int]]:
    before, after = change.before.delivery, change.after
    if after.origin is not Origin.BROADCAST or before.state is after.state:
        return []
    steps = ((before.state, -1), (after.state, 1))
    return [(state.value, amount) for state, amount in steps if state not in _UNCOUNTED]


@contextmanager
def translated() -> Iterator[None]:
    """The store's trouble in the words of the dispatcher."""
    try:
        yield
    except StoreUnavailable as problem:
        raise OutboxUnavailable(str(problem)) from problem
