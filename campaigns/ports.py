"""What campaigns need from outside; `hub/repositories` provides it. (Suppressions: `channels/outbox`.)"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from campaigns.broadcast import Broadcast
from campaigns.segment import Segment
from channels.address import Address
from channels.outbox.delivery import Delivery


@dataclass(frozen=True, slots=True)
class Recipient:
    """One address chosen for a broadcast.

    id: its place in the page order. address_key: blind index of the address. repeated: the same
    contact has come already, in another group of the segment.
    """

    id: str
    address: Address
    address_key: str
    name: str = ""
    city: str = ""
    repeated: bool = False


class Recipients(Protocol):
    """Who is in a segment."""

    async def page(
        self, segment: Segment, *, after: str, limit: int, snapshot_at: int
    ) -> Sequence[Recipient]:
        """The next `limit` recipients behind the id `after` who were in it at `snapshot_at`.

        The order never changes; fewer than `limit` means that there are no more.
        """

    async def count(self, segment: Segment, *, snapshot_at: int) -> int:
        """How many `page` gives in all, repeated ones included."""


class Planner(Protocol):
    """The outbox as expansion sees it."""

    async def plan(self, deliveries: Sequence[Delivery]) -> object:
        """Writes rows, durable when it returns; one that is there already stays as it is."""

    async def planned(self, origin_id: str) -> int:
        """How many rows an origin has, whatever became of them."""


class BroadcastRead(Protocol):
    """A broadcast with the version it was read at."""

    @property
    def value(self) -> Broadcast: ...

    @property
    def version(self) -> int: ...


class Broadcasts(Protocol):
    """The stored runs."""

    async def broadcast(self, id: str) -> BroadcastRead | None:
        """One run, or None."""

    async def save_broadcast(self, broadcast: Broadcast, version: int) -> None:
        """Replaces what was read at `version`. Raises `campaigns.errors.Overtaken`."""
