"""A whole campaign office on the embedded store, with a clock that a test moves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from campaigns.campaign import CampaignKind
from campaigns.segment import Segment
from channels.address import phone
from channels.contract import ChannelKind
from channels.outbox import Delivery, DeliveryState, MessageClass
from hub.actions.campaign_settings import CampaignSettings, Sender
from hub.actions.draft_campaign import Draft
from hub.actions.run_campaign import CampaignDesk
from hub.clock import FakeClock
from hub.model.contact import Contact
from hub.store import campaigns, memberships, notices, schedules
from hub.store.campaigns import CampaignRepository
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import Documents, Insert
from hub.store.memberships import MembershipRepository
from hub.store.notices import NoticeRepository
from hub.store.schedules import ScheduleRepository
from hub.store.sqlite import open_sqlite

NOON = 1_790_049_600_000  # 2026-09-22 12:00 in China, a Tuesday
HOUR = 3_600_000
DAY = 24 * HOUR
COLLECTIONS = (
    *campaigns.COLLECTIONS,
    *memberships.COLLECTIONS,
    *notices.COLLECTIONS,
    *schedules.COLLECTIONS,
)


@dataclass
class Tray:
    """The outbox as campaigns see it, in memory; a test plays the dispatcher with `settle`."""

    rows: dict[str, Delivery] = field(default_factory=dict)
    suppressed: set[tuple[str, str]] = field(default_factory=set)

    async def plan(self, deliveries: Sequence[Delivery]) -> None:
        for delivery in deliveries:
            self.rows.setdefault(delivery.dedup, delivery)

    async def planned(self, origin_id: str) -> int:
        return sum((await self.counts(origin_id)).values())

    async def counts(self, origin_id: str) -> Mapping[str, int]:
        return Counter(str(row.state) for row in self.rows.values() if row.origin_id == origin_id)

    async def blocked(self, keys: Sequence[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        return frozenset(self.suppressed & set(keys))

    async def suppress(self, key: tuple[str, str], *, reason: str, by: str, at: int) -> None:
        self.suppressed.add(key)

    def settle(self, state: DeliveryState, *, limit: int = 10_000) -> None:
        ready = [key for key, row in self.rows.items() if row.state is DeliveryState.READY]
        for key in ready[:limit]:
            self.rows[key] = replace(self.rows[key], state=state)


@dataclass
class Office:
    """What one process has; a second one shares documents, tray and clock."""

    documents: Documents
    vault: Vault
    clock: FakeClock
    tray: Tray
    settings: CampaignSettings
    desk: CampaignDesk
    campaigns: CampaignRepository
    memberships: MembershipRepository
    schedules: ScheduleRepository
    notices: NoticeRepository

    def second(self) -> Office:
        return _office(self.documents, self.vault, self.clock, self.tray, self.settings)

    async def people(
        self, number: int, *, group: str = "社区", first: int = 0, region: str = "350100"
    ) -> None:
        writes: list[Insert] = []
        for place in range(first, first + number):
            contact = Contact(f"p{place:04}", NOON, region=region, name=f"张{place}")
            writes.append(
                self.memberships.join(contact, phone(f"1380000{place:04}"), group, at=self.clock.now_ms())
            )
        await self.documents.commit(writes)

    async def expand(self, broadcast_id: str) -> None:
        await self.desk.expand_some(broadcast_id, pages=100)


async def open_office(path: Path, **settings: object) -> Office:
    clock = FakeClock(NOON)
    documents = await open_sqlite(path / "hub.db", COLLECTIONS, clock=clock)
    senders = {
        "sms-12110": Sender("sms-12110", ChannelKind.SMS, "福建公安", 10.0),
        "mail": Sender("mail", ChannelKind.MAIL, "", 5.0),
    }
    plain = CampaignSettings(senders, publisher="公安厅", page_size=4)
    wanted = replace(plain, **settings)  # type: ignore[arg-type]
    return _office(documents, Vault(KeyRing.fresh()), clock, Tray(), wanted)


def _office(
    documents: Documents, vault: Vault, clock: FakeClock, tray: Tray, settings: CampaignSettings
) -> Office:
    campaign_repository = CampaignRepository(documents, vault)
    membership_repository = MembershipRepository(documents, vault, cities={"350100": "福州"})
    schedule_repository = ScheduleRepository(documents, vault)
    notice_repository = NoticeRepository(documents, vault)
    desk = CampaignDesk(
        documents,
        campaign_repository,
        membership_repository,
        schedule_repository,
        tray,
        tray,
        notice_repository,
        clock,
        settings,
    )
    return Office(
        documents,
        vault,
        clock,
        tray,
        settings,
        desk,
        campaign_repository,
        membership_repository,
        schedule_repository,
        notice_repository,
    )


def draft(**changes: object) -> Draft:
    plain = Draft(
        name="防诈提醒",
        kind=CampaignKind.EDUCATION,
        message_class=MessageClass.L,
        channel="sms-12110",
        template="请勿向陌生人转账。",
        segment=Segment(("社区",)),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]
