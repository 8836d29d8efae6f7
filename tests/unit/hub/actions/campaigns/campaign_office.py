"""A whole campaign office on the embedded store, with a clock that a test moves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from campaigns.campaign import CampaignKind
from campaigns.segment import Segment
from channels.address import phone
from channels.contract import ChannelKind
from channels.outbox.delivery import Delivery, DeliveryState, MessageClass
from channels.outbox.ports import Change
from hub.actions.campaigns.desk import CampaignDesk
from hub.actions.campaigns.draft_campaign import Draft
from hub.actions.campaigns.settings import CampaignSettings, Sender
from hub.model.people.contact import Contact
from hub.repositories import campaigns, leases, memberships, notices, outbox, schedules, suppressions
from hub.repositories.campaigns import CampaignRepository
from hub.repositories.memberships import MembershipRepository
from hub.repositories.notices import NoticeRepository
from hub.repositories.outbox import OutboxRepository
from hub.repositories.ringing_documents import RingingDocuments
from hub.repositories.schedules import ScheduleRepository
from hub.repositories.staff import notifications
from hub.repositories.staff.notifications import NotificationRepository
from hub.repositories.suppressions import SuppressionRepository
from hub.runtime.bell import Bell, LocalBell
from hub.runtime.clock import FakeClock
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import Documents, Insert
from hub.store.sqlite import open_sqlite

NOON = 1_790_049_600_000  # 2026-09-22 12:00 in China, a Tuesday
HOUR = 3_600_000
DAY = 24 * HOUR
COLLECTIONS = (
    *campaigns.COLLECTIONS,
    *leases.COLLECTIONS,
    *memberships.COLLECTIONS,
    *notices.COLLECTIONS,
    *outbox.COLLECTIONS,
    *schedules.COLLECTIONS,
    *suppressions.COLLECTIONS,
    *notifications.COLLECTIONS,
)


@dataclass
class Office:
    """What one process has; a second one shares documents and clock."""

    documents: Documents
    bell: Bell
    vault: Vault
    clock: FakeClock
    settings: CampaignSettings
    desk: CampaignDesk
    outbox: OutboxRepository
    suppressions: SuppressionRepository
    campaigns: CampaignRepository
    memberships: MembershipRepository
    schedules: ScheduleRepository
    notices: NoticeRepository

    def second(self) -> Office:
        return _office(self.documents, self.bell, self.vault, self.clock, self.settings)

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

    async def rows(self) -> list[Delivery]:
        """Everything in the outbox."""
        ids = [stored.id async for stored in self.documents.scan("outbox")]
        return [leased.delivery for leased in (await self.outbox.reread(ids)).values()]

    async def send(self, state: DeliveryState, *, limit: int = 1000) -> None:
        """Plays the dispatcher: up to `limit` ready rows leave and end in `state`."""
        rows = await self.outbox.claim("sms-12110", lanes=(0, 1, 2, 3), limit=limit, lease_seconds=45)
        sending = await self.outbox.mark_sending(rows, lease_seconds=45)
        late = await self.outbox.settle([Change(row, replace(row.delivery, state=state)) for row in sending])
        assert late == []


async def open_office(path: Path, **settings: object) -> Office:
    clock = FakeClock(NOON)
    return office_on(await open_sqlite(path / "hub.db", COLLECTIONS, clock=clock), clock, **settings)


def office_on(store: Documents, clock: FakeClock, **settings: object) -> Office:
    """The same on another store."""
    bell = LocalBell()
    documents = RingingDocuments(store, bell)
    senders = {
        "sms-12110": Sender("sms-12110", ChannelKind.SMS, "福建公安", 10.0),
        "mail": Sender("mail", ChannelKind.MAIL, "", 5.0),
    }
    plain = CampaignSettings(senders, publisher="公安厅", page_size=4)
    wanted = replace(plain, **settings)  # type: ignore[arg-type]
    return _office(documents, bell, Vault(KeyRing.fresh()), clock, wanted)


def _office(
    documents: Documents, bell: Bell, vault: Vault, clock: FakeClock, settings: CampaignSettings
) -> Office:
    campaign_repository = CampaignRepository(documents, vault)
    membership_repository = MembershipRepository(documents, vault, cities={"350100": "福州"})
    schedule_repository = ScheduleRepository(documents, vault)
    notice_repository = NoticeRepository(documents, vault)
    outbox_repository = OutboxRepository(documents, vault)
    suppression_repository = SuppressionRepository(documents, vault)
    desk = CampaignDesk(
        documents,
        campaign_repository,
        membership_repository,
        schedule_repository,
        outbox_repository,
        suppression_repository,
        notice_repository,
        clock,
        settings,
        NotificationRepository(documents, vault),
    )
    return Office(
        documents,
        bell,
        vault,
        clock,
        settings,
        desk,
        outbox_repository,
        suppression_repository,
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
