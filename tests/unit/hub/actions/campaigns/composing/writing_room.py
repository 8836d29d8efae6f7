"""A room of writers on the in-memory store: the campaign desk and everything round it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from campaigns.campaign import CampaignKind
from campaigns.segment import Segment
from channels.address import phone
from channels.contract import ChannelKind
from channels.outbox.delivery import MessageClass
from hub.actions.campaigns.composing.audience_values import AudienceValues
from hub.actions.campaigns.composing.check_campaign import CheckCampaign
from hub.actions.campaigns.composing.copy_campaign import CopyCampaign
from hub.actions.campaigns.composing.edit_templates import EditTemplates
from hub.actions.campaigns.composing.find_campaigns import FindCampaigns
from hub.actions.campaigns.composing.send_trial import SendTrial
from hub.actions.campaigns.composing.watch_words import WatchWords
from hub.actions.campaigns.composing.write_campaign import WriteCampaign
from hub.actions.campaigns.desk import CampaignDesk
from hub.actions.campaigns.draft_campaign import Draft
from hub.actions.campaigns.planning.approve_campaign import Consent
from hub.actions.campaigns.settings import CampaignSettings, Sender
from hub.hub import CampaignPlanning
from hub.model.agent import Agent, Role
from hub.model.people.contact import Contact
from hub.repositories.repositories import COLLECTIONS, Repositories, repositories
from hub.runtime.clock import FakeClock
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import Documents
from hub.store.memory_documents import MemoryDocuments
from hub.wiring.publicity.campaigns import campaigns_on
from tests.releasing import APPROVER

NOON = 1_790_049_600_000  # 2026-09-22 12:00 in China


@dataclass(frozen=True)
class WritingRoom:
    """Everything a writer uses, over one store."""

    clock: FakeClock
    documents: Documents
    stores: Repositories
    settings: CampaignSettings
    desk: CampaignDesk
    audience: AudienceValues
    checks: CheckCampaign
    copy: CopyCampaign
    find: FindCampaigns
    templates: EditTemplates
    trials: SendTrial
    words: WatchWords
    write: WriteCampaign
    planning: CampaignPlanning

    async def start_now(self, campaign_id: str) -> None:
        """On its whole way, to somebody at least."""
        if not await self.stores.memberships.groups():
            await self.people("甲")
        await self.planning.submit(campaign_id, "a1")
        sheet = await self.planning.approve.sheet(campaign_id, APPROVER)
        people = sheet.count.checked().deliveries
        await self.planning.approve(
            campaign_id, APPROVER, Consent(sheet.campaign.content_digest, people, people)
        )
        await self.planning.release(campaign_id, "a1")

    async def people(self, *names: str) -> None:
        """Members of the group 社区."""
        for place, name in enumerate(names):
            contact = Contact(f"p{place:04}", NOON, region="350100", name=name)
            member = self.stores.memberships.join(
                contact, phone(f"1380000{place:04}"), "社区", at=self.clock.now_ms()
            )
            await self.documents.commit([member])


def writing_room(**changes: object) -> WritingRoom:
    """An empty one. changes: of its `CampaignSettings`."""
    clock = FakeClock(NOON)
    documents = MemoryDocuments(COLLECTIONS, clock=clock)
    stores = repositories(documents, Vault(KeyRing.fresh()), cities={"350100": "福州"})
    sms = Sender("sms-12110", ChannelKind.SMS, "福建公安", 10.0, price=Decimal("0.05"), parts_limit=8)
    plain = CampaignSettings({"sms-12110": sms, "mail": Sender("mail", ChannelKind.MAIL)}, trials_per_hour=4)
    settings = replace(plain, **changes)  # type: ignore[arg-type]
    kept = stores.composer
    campaigns = campaigns_on(documents, stores, stores.outbox, clock, settings)
    desk = campaigns.desk
    return WritingRoom(
        clock,
        documents,
        stores,
        settings,
        desk,
        AudienceValues(stores.memberships, clock, cities=["福州", "厦门市"], most=5),
        CheckCampaign(kept.words, settings, clock),
        CopyCampaign(documents, stores.campaigns, kept.writings, stores.publicity.campaign_history, clock),
        FindCampaigns(kept.writings, clock),
        EditTemplates(documents, kept.templates, clock),
        SendTrial(documents, stores.campaigns, kept.trials, stores.outbox, clock, settings),
        WatchWords(documents, kept.words, clock),
        WriteCampaign(documents, desk, kept, clock),
        campaigns.planning,
    )


def writer(name: str = "a1") -> Agent:
    """A publicity officer."""
    return Agent(name, name, "u1", (Role.PUBLICITY,), NOON, name="吴晓")


def draft(**changes: object) -> Draft:
    """A good one."""
    plain = Draft(
        name="防诈提醒",
        kind=CampaignKind.EDUCATION,
        message_class=MessageClass.L,
        channel="sms-12110",
        template="请不要给不认识的人转钱。",
        segment=Segment(("社区",)),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]
