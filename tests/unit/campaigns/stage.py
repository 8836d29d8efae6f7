"""Ports in memory that can be killed before and after everything they do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from campaigns.broadcast import Broadcast, start
from campaigns.campaign import Campaign, CampaignKind
from campaigns.errors import Overtaken
from campaigns.expansion import Expansion
from campaigns.ports import Recipient
from campaigns.segment import Segment
from channels.address import Address, AddressKind
from channels.contract import ChannelKind
from channels.outbox.delivery import Delivery, MessageClass
from hub.runtime.clock import FakeClock

NOON = 1_790_049_600_000  # 2026-09-22 12:00 in China
"""A Tuesday inside every window."""


class Killed(BaseException):
    """The process ends here. No business code may catch it."""


@dataclass
class Fuse:
    """Kills at the n-th point that is passed; None = never."""

    left: int | None = None
    passed: int = 0

    def point(self) -> None:
        self.passed += 1
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Killed


@dataclass(frozen=True)
class Read:
    value: Broadcast
    version: int


@dataclass
class Stage:
    """The durable world: it survives a kill, the `Expansion` does not."""

    recipients: list[Recipient]
    suppressed: set[tuple[str, str]] = field(default_factory=set)
    rows: dict[str, Delivery] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    runs: dict[str, Read] = field(default_factory=dict)
    fuse: Fuse = field(default_factory=Fuse)
    pages_read: int = 0
    lose_rows_of_page: int | None = None

    async def page(
        self, segment: Segment, *, after: str, limit: int, snapshot_at: int
    ) -> Sequence[Recipient]:
        self.fuse.point()
        self.pages_read += 1
        found = [one for one in self.recipients if one.id > after][:limit]
        self.fuse.point()
        return found

    async def count(self, segment: Segment, *, snapshot_at: int) -> int:
        self.fuse.point()
        return len(self.recipients)

    async def blocked(self, keys: Sequence[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        self.fuse.point()
        return frozenset(self.suppressed & set(keys))

    async def suppress(self, key: tuple[str, str], *, reason: str, by: str, at: int) -> None:
        self.suppressed.add(key)

    async def plan(self, deliveries: Sequence[Delivery]) -> int:
        self.fuse.point()
        if self.lose_rows_of_page == self.pages_read:
            self.lose_rows_of_page = None
            deliveries = deliveries[::2]
        for delivery in deliveries:  # a kill in the middle leaves the first ones there
            if delivery.dedup not in self.keys:
                self.keys.add(delivery.dedup)
                self.rows[delivery.id] = delivery
            if len(self.rows) % 3 == 0:
                self.fuse.point()
        self.fuse.point()
        return len(deliveries)

    async def planned(self, origin_id: str) -> int:
        self.fuse.point()
        return sum(1 for row in self.rows.values() if row.origin_id == origin_id)

    async def broadcast(self, id: str) -> Read | None:
        self.fuse.point()
        return self.runs.get(id)

    async def save_broadcast(self, broadcast: Broadcast, version: int) -> None:
        self.fuse.point()
        if self.runs[broadcast.id].version != version:
            raise Overtaken(broadcast.id)
        self.runs[broadcast.id] = Read(broadcast, version + 1)
        self.fuse.point()

    def put(self, run: Broadcast) -> None:
        """What a person's click does: a change from outside."""
        version = self.runs[run.id].version + 1 if run.id in self.runs else 1
        self.runs[run.id] = Read(run, version)

    def run(self, id: str) -> Broadcast:
        return self.runs[id].value

    def expansion(self, *, at: int = NOON, page_size: int = 4) -> Expansion:
        return Expansion(self, self, self, self, FakeClock(at), page_size=page_size)

    async def expand(self, run_id: str, *, at: int = NOON, page_size: int = 4, pages: int = 1) -> Broadcast:
        expansion = self.expansion(at=at, page_size=page_size)
        while self.run(run_id).wants_expansion:
            await expansion.step(run_id, pages=pages)
        return self.run(run_id)


def recipient(number: int, **changes: object) -> Recipient:
    phone = Address(AddressKind.PHONE, f"+86138{number:08}")
    return replace(
        Recipient(f"g:{number:06}", phone, f"key{number}", name=f"张{number}"),
        **changes,  # type: ignore[arg-type]
    )


def campaign(**changes: object) -> Campaign:
    plain = Campaign(
        id="c1",
        name="防诈提醒",
        kind=CampaignKind.EDUCATION,
        message_class=MessageClass.L,
        channel="sms-12110",
        template="请勿向陌生人转账。",
        segment=Segment(("社区",)),
        author_id="a1",
        created_at=NOON,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def broadcast(**changes: object) -> Broadcast:
    return start(campaign(**changes), fire_at=NOON, now=NOON, kind=ChannelKind.SMS, signature="福建公安")
