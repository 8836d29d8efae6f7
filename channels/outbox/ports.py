"""What the dispatcher needs from whoever keeps the outbox.

Ports belong to their consumer: the dispatcher says here what it needs, `hub/repositories/outbox.py`
provides it. Two rules every implementation keeps: a change names the version it read, so a late
write of a worker that lost its lease matches nothing; and a move outside the state table of
`channels/outbox/delivery.py` is refused as a programming error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeVar

from channels.errors import ChannelError
from channels.outbox.delivery import Delivery, DeliveryState
from channels.outbox.limits import SentLately, Spent
from channels.outbox.pace import Pace

OUTBOX = "outbox"
"""The topic that is rung when a row may leave."""


class Ear(Protocol):
    """One line of work that waits for rows."""

    async def wait(self, *, at_most_seconds: float) -> bool:
        """True at the next ring, at once if one came since the last wait; False when the time is over."""


class Bell(Protocol):
    """Rung after a commit, so that rows leave at once and not at the next look."""

    def ring(self, *topics: str) -> None:
        """Wakes everybody who listens to one of them."""

    def listen(self, topic: str) -> AbstractContextManager[Ear]:
        """An ear of one's own for as long as the block runs."""


class OutboxUnavailable(ChannelError):
    """The store cannot be reached now. Nothing was changed; try again later."""


@dataclass(frozen=True, slots=True)
class Leased:
    """A delivery as it was read, with the version every change to it must name."""

    delivery: Delivery
    version: int


@dataclass(frozen=True, slots=True)
class Change:
    """A delivery before and after. `before.delivery.may_become(after.state)` holds."""

    before: Leased
    after: Delivery


class Flow(StrEnum):
    """Whether the deliveries of one origin (a broadcast) may leave."""

    OPEN = "open"
    PAUSED = "paused"  # claimed rows are held until it is open again
    CANCELED = "canceled"  # claimed rows are canceled


@dataclass(frozen=True, slots=True)
class OriginBody:
    """What all deliveries of one origin share: whether they may leave, and a text kept once.

    text: "" when every row carries its own.
    """

    flow: Flow
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Rows of one lane that may leave now: those of one broadcast, or all others of one department."""

    key: str
    department: str


Decided = TypeVar("Decided")


class Outbox(Protocol):
    """Durable rows with leases. Every method may raise `OutboxUnavailable`."""

    async def now_ms(self) -> int:
        """The store's clock: leases of several hosts must not depend on the hosts' own clocks."""

    async def waiting(self, sender: str, lane: int) -> list[Waiting]:
        """Whose rows of a lane may leave now; as many looks at an index as there are of them."""

    async def claim(
        self, sender: str, *, lanes: Sequence[int], limit: int, lease_seconds: float, key: str = ""
    ) -> list[Leased]:
        """Up to `limit` ready rows whose time has come, now `leased`; the first lane goes first.

        key: only those of one `Waiting`. No row is ever given to two claimers.
        """

    async def pace(self, sender: str, decide: Callable[[Pace, int], tuple[Pace, Decided]]) -> Decided:
        """One step of the pace all processes share: `decide(pace, now)` gives the new one and an answer.

        Decides again when another process was faster; stores nothing when the pace is the same. `now` is
        the store's. What this process has seen pass the provider is told along.
        """

    async def tell_moves(self, sender: str) -> None:
        """Tells the shared pace what has passed the provider, if anything has."""

    async def mark_sending(
        self, rows: Sequence[Leased], *, lease_seconds: float, lately: Sequence[SentLately] = ()
    ) -> list[Leased]:
        """Makes the intent to send durable: `sending`, one attempt more, a fresh lease.

        lately: what their addresses have been sent with them, written in the same unit of work. Where that
        changed meanwhile the row is ready again, to be looked at anew. The parts of their departments are
        counted before it.
        Returns the rows that were still held, as they are now. Only these may be sent.
        """

    async def sent_lately(self, keys: Sequence[str]) -> Mapping[str, SentLately]:
        """What the addresses with these blind indexes were sent in the last days."""

    async def spent(self, departments: Sequence[str], now: int) -> Mapping[str, Spent]:
        """The parts each department sent on the day and in the month of `now`."""

    def fingerprint(self, text: str) -> str:
        """Of a message's words; tells nothing about them to who does not hold the keys."""

    async def settle(self, changes: Sequence[Change]) -> list[Change]:
        """Writes outcomes in bulk and counts them; returns those that came too late.

        A broadcast's counters move in the same unit of work, so that they never drift.
        """

    async def reread(self, ids: Sequence[str]) -> Mapping[str, Leased]:
        """The rows as they are now, by id."""

    async def origins(self, ids: Sequence[str]) -> Mapping[str, OriginBody]:
        """What each of `ids` (broadcast ids) shares, as it is now."""

    async def overdue(self, state: DeliveryState, *, limit: int) -> list[Leased]:
        """Rows of `state` whose time to be looked at has come (`channels/outbox/overdue.py`)."""

    async def sweep_origins(self, *, limit: int) -> int:
        """Gives back the held rows of resumed origins and cancels the waiting ones of canceled.

        At most `limit` rows per origin; how many rows were moved.
        """


class Suppressions(Protocol):
    """Standing rules not to send. A key is (blind index of the address, subject)."""

    async def blocked(self, keys: Sequence[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        """Those of `keys` that are suppressed."""

    async def suppress(self, key: tuple[str, str], *, reason: str, by: str, at: int) -> None:
        """Adds a rule; harmless when it is there already."""
