"""A whole campaign office on the embedded store, with a clock that a test moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from campaigns.broadcast import Broadcast, BroadcastState
from campaigns.campaign import CampaignKind, CampaignState
from campaigns.schedule import ScheduleSpec
from campaigns.segment import Segment
from channels.address import phone
from channels.contract import ChannelKind
from channels.outbox.delivery import Delivery, DeliveryState, MessageClass
from channels.outbox.ports import Change
from hub.actions.campaigns.desk import CampaignDesk
from hub.actions.campaigns.draft_campaign import Draft
from hub.actions.campaigns.planning.approve_campaign import ApproveCampaign, Consent
from hub.actions.campaigns.planning.count_campaign import Check, CountCampaign
from hub.actions.campaigns.planning.move_campaign import MoveCampaign
from hub.actions.campaigns.planning.read_calendar import ReadCalendar
from hub.actions.campaigns.planning.release_campaign import ReleaseCampaign
from hub.actions.campaigns.planning.submit_campaign import SubmitCampaign
from hub.actions.campaigns.preview_campaign import PreviewCampaign
from hub.actions.campaigns.settings import CampaignSettings, Sender
from hub.actions.campaigns.start_broadcast import StartBroadcast
from hub.model.agent import Agent, Role
from hub.model.people.contact import Contact
from hub.repositories import (
    agents,
    campaigns,
    cases,
    leases,
    memberships,
    notices,
    outbox,
    schedules,
    suppressions,
)
from hub.repositories.agents import AgentRepository
from hub.repositories.campaigns import CampaignRepository
from hub.repositories.memberships import MembershipRepository
from hub.repositories.notices import NoticeRepository
from hub.repositories.outbox import OutboxRepository
from hub.repositories.publicity import campaign_history
from hub.repositories.publicity.campaign_history import CampaignHistory
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
OFFICER = Agent("a1", "xuan", "u1", (Role.PUBLICITY,), NOON)
LEAD = Agent("lead", "lead", "u1", (Role.PUBLICITY_LEAD,), NOON)
CHIEF = Agent("chief", "chief", "u1", (Role.SUPERVISOR,), NOON)
COLLECTIONS = (
    *agents.COLLECTIONS,
    *campaign_history.COLLECTIONS,
    *campaigns.COLLECTIONS,
    *cases.COLLECTIONS,
    *notifications.COLLECTIONS,
    *leases.COLLECTIONS,
    *memberships.COLLECTIONS,
    *notices.COLLECTIONS,
    *outbox.COLLECTIONS,
    *schedules.COLLECTIONS,
    *suppressions.COLLECTIONS,
)


@dataclass
class Office:
    """What one process has; a second one shares documents and clock."""

    documents: Documents
    bell: Bell
    vault: Vault
    clock: FakeClock
    settings: CampaignSettings
    checks: Sequence[Check]
    desk: CampaignDesk
    outbox: OutboxRepository
    suppressions: SuppressionRepository
    campaigns: CampaignRepository
    memberships: MembershipRepository
    schedules: ScheduleRepository
    notices: NoticeRepository
    history: CampaignHistory
    notifications: NotificationRepository
    submit: SubmitCampaign
    approve: ApproveCampaign
    release: ReleaseCampaign
    agents: AgentRepository
    calendar: ReadCalendar
    move: MoveCampaign

    async def say_yes(self, campaign_id: str, agent: Agent = CHIEF, *, night: bool = False) -> None:
        """What an approver does who reads the sheet and types its number."""
        sheet = await self.approve.sheet(campaign_id, agent)
        people = sheet.count.checked().deliveries
        await self.approve(
            campaign_id, agent, Consent(sheet.campaign.content_digest, people, people, night=night)
        )

    async def start_now(self, campaign_id: str) -> Broadcast:
        """A draft on its whole way: submitted, approved by another, released at once."""
        await self.submit(campaign_id, "a1")
        await self.say_yes(campaign_id)
        run = (await self.release(campaign_id, "a1")).run
        assert run is not None
        return run

    async def schedule(self, campaign_id: str, spec: ScheduleSpec) -> None:
        """The same with a plan."""
        await self.submit(campaign_id, "a1", spec)
        await self.say_yes(campaign_id)
        await self.release(campaign_id, "a1")

    def second(self) -> Office:
        return _office(self.documents, self.bell, self.vault, self.clock, self.settings, self.checks)

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


async def open_office(path: Path, *, checks: Sequence[Check] = (), **settings: object) -> Office:
    clock = FakeClock(NOON)
    store = await open_sqlite(path / "hub.db", COLLECTIONS, clock=clock)
    return office_on(store, clock, checks=checks, **settings)


def office_on(
    store: Documents, clock: FakeClock, *, checks: Sequence[Check] = (), **settings: object
) -> Office:
    """The same on another store."""
    bell = LocalBell()
    documents = RingingDocuments(store, bell)
    senders = {
        "sms-12110": Sender("sms-12110", ChannelKind.SMS, "福建公安", 10.0, price=Decimal("0.05")),
        "mail": Sender("mail", ChannelKind.MAIL, "", 5.0),
    }
    plain = CampaignSettings(senders, publisher="公安厅", page_size=4)
    wanted = replace(plain, **settings)  # type: ignore[arg-type]
    return _office(documents, bell, Vault(KeyRing.fresh()), clock, wanted, checks)


def _office(
    documents: Documents,
    bell: Bell,
    vault: Vault,
    clock: FakeClock,
    settings: CampaignSettings,
    checks: Sequence[Check] = (),
) -> Office:
    campaign_repository = CampaignRepository(documents, vault)
    people = MembershipRepository(documents, vault, cities={"350100": "福州"})
    schedule_repository = ScheduleRepository(documents, vault)
    notice_repository = NoticeRepository(documents, vault)
    outbox_repository = OutboxRepository(documents, vault)
    suppression_repository = SuppressionRepository(documents, vault)
    history = CampaignHistory(documents, vault)
    told = NotificationRepository(documents, vault)
    agents_there = AgentRepository(documents, vault)
    preview = PreviewCampaign(people, suppression_repository, clock, settings)
    count = CountCampaign(people, preview, clock, settings, checks)
    start = StartBroadcast(campaign_repository, notice_repository, settings)
    release = ReleaseCampaign(
        documents, campaign_repository, schedule_repository, history, told, count, start, clock, settings
    )
    desk = CampaignDesk(
        documents,
        campaign_repository,
        people,
        schedule_repository,
        outbox_repository,
        suppression_repository,
        history,
        preview,
        start,
        release,
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
        checks,
        desk,
        outbox_repository,
        suppression_repository,
        campaign_repository,
        people,
        schedule_repository,
        notice_repository,
        history,
        told,
        SubmitCampaign(documents, campaign_repository, history, told, agents_there, count, clock),
        ApproveCampaign(documents, campaign_repository, history, told, count, clock, settings),
        release,
        agents_there,
        ReadCalendar(campaign_repository, people, clock, settings),
        MoveCampaign(documents, campaign_repository, schedule_repository, history, clock, settings),
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


async def state_of(office: Office, campaign_id: str) -> CampaignState:
    return (await office.desk.get(campaign_id)).value.state


async def run_state(office: Office, broadcast_id: str) -> BroadcastState:
    read = await office.campaigns.broadcast(broadcast_id)
    assert read is not None
    return read.value.state
