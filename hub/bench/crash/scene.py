"""What the crash bench plays: a lesson to everybody, a red warning in its middle, a lesson that is withdrawn.

The lesson is paused and resumed once. Some who got it are in the audience of the withdrawn one too, so the
gate has somebody to hold back. All of it is read from the store, so whoever starts again knows how far it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from campaigns.campaign import CampaignKind, CampaignState
from campaigns.segment import Segment
from channels.address import phone
from channels.outbox.delivery import DeliveryState, MessageClass
from hub.actions.campaigns.desk import CampaignDesk
from hub.actions.campaigns.draft_campaign import Draft
from hub.actions.campaigns.planning.approve_campaign import Consent
from hub.bench.site import settings_in
from hub.bench.texts import CHANNEL, citizen_number
from hub.hub import CampaignPlanning
from hub.model.agent import Agent, Role
from hub.model.people.contact import Contact
from hub.repositories.repositories import Repositories
from hub.runtime.clock import CHINA, SystemClock, to_ms
from hub.settings.settings import Settings
from hub.store.documents import Documents, Write

LESSON, WARNING, WITHDRAWN = "lesson", "warning", "withdrawn"
EVERYBODY, SOME = "everybody", "some"
_MORNING = to_ms(datetime(2026, 9, 22, 10, tzinfo=CHINA))
_SPEED = 40
"""What waits a minute, as the second try of a red warning does, takes a second and a half."""
_OPEN = frozenset({DeliveryState.PLANNED, DeliveryState.READY, DeliveryState.LEASED, DeliveryState.SENDING})
_ENDED = (CampaignState.FINISHED, CampaignState.CANCELED, CampaignState.EXPIRED)


@dataclass(frozen=True, slots=True)
class FastClock:
    """Ten in the morning when the bench began, and from then on faster; the same in every process.

    began: of the machine's clock.
    """

    began: int

    def now_ms(self) -> int:
        """See `hub.runtime.clock.Clock`."""
        return _MORNING + (SystemClock().now_ms() - self.began) * _SPEED


def scene_settings(folder: Path, *, api_base: str, mongodb: str, database: str) -> Settings:
    """Of every process of a round: the same store."""
    settings = settings_in(folder, api_base=api_base, encoder="none", mongodb=mongodb)
    if not mongodb:
        return settings
    store = settings.store.model_copy(update={"database": database})
    return settings.model_copy(update={"store": store})


async def prepare(documents: Documents, stores: Repositories, desk: CampaignDesk, people: int) -> None:
    """The audience, and three campaigns as drafts."""
    at = _MORNING - 1000
    writes: list[Write] = []
    for number in range(people + people // 4):
        contact = Contact(f"p{number:05}", at)
        address = phone(citizen_number(number))
        if number < people:
            writes.append(stores.memberships.join(contact, address, EVERYBODY, at=at))
        if number >= people - people // 4:
            writes.append(stores.memberships.join(contact, address, SOME, at=at))
    await documents.commit(writes)
    for name, kind, message_class, group in (
        (LESSON, CampaignKind.EDUCATION, MessageClass.L, EVERYBODY),
        (WARNING, CampaignKind.WARNING, MessageClass.E0, EVERYBODY),
        (WITHDRAWN, CampaignKind.EDUCATION, MessageClass.L, SOME),
    ):
        text = f"接到自称公检法要求转账的电话请挂断（{name}）。"
        await desk.create(Draft(name, kind, message_class, CHANNEL, text, Segment((group,))), "bench")


_APPROVER = Agent("approver", "approver", "", (Role.SUPERVISOR,), 0)
_BEFORE = (CampaignState.DRAFT, CampaignState.IN_REVIEW, CampaignState.APPROVED)


class Story:
    """The next step, whatever was done before and by whom."""

    def __init__(
        self, documents: Documents, stores: Repositories, desk: CampaignDesk, planning: CampaignPlanning
    ) -> None:
        self._documents = documents
        self._stores = stores
        self._desk = desk
        self._planning = planning

    async def _start(self, campaign_id: str) -> None:
        """The next steps of a draft on its way: submitted, approved by another, released."""
        found = await self._desk.get(campaign_id)
        if found.value.state is CampaignState.DRAFT:
            await self._planning.submit(campaign_id, "bench")
        if (await self._desk.get(campaign_id)).value.state is CampaignState.IN_REVIEW:
            sheet = await self._planning.approve.sheet(campaign_id, _APPROVER)
            people = sheet.count.checked().deliveries
            consent = Consent(sheet.campaign.content_digest, people, people)
            await self._planning.approve(campaign_id, _APPROVER, consent)
        await self._planning.release(campaign_id, "bench")

    async def step(self) -> bool:
        """One decision at most; True when everything has come to its end. Raises `HubError`."""
        page = await self._stores.campaigns.page()
        found = {read.value.name: read.value for read in page.campaigns}
        lesson, warning, withdrawn = found[LESSON], found[WARNING], found[WITHDRAWN]
        lessons = (await self._desk.progress(lesson.id)).total
        match lesson.state:
            case CampaignState.DRAFT | CampaignState.IN_REVIEW | CampaignState.APPROVED:
                await self._start(lesson.id)
            case CampaignState.PAUSED:
                await self._desk.resume(lesson.id)
            case CampaignState.RUNNING if not await self._was_paused(lesson.id) and lessons.taken:
                await self._desk.pause(lesson.id)
            case CampaignState.RUNNING if warning.state in _BEFORE:
                await self._start(warning.id)
            case CampaignState.FINISHED if warning.state in _BEFORE:
                await self._start(warning.id)
            case CampaignState.FINISHED if withdrawn.state in _BEFORE:
                await self._start(withdrawn.id)
            case CampaignState.FINISHED if withdrawn.state is CampaignState.RUNNING:
                so_far = (await self._desk.progress(withdrawn.id)).total
                if so_far.taken or so_far.ambiguous:
                    await self._desk.cancel(withdrawn.id)
            case _:
                ended = all(one.state in _ENDED for one in found.values())
                return ended and not await self._is_open()
        return False

    async def rows(self) -> list[Mapping[str, str]]:
        """Every row of the outbox: its campaign, its id, whom it goes to, and where it stands."""
        page = await self._stores.campaigns.page()
        names = {read.value.id: read.value.name for read in page.campaigns}
        ids = [stored.id async for stored in self._documents.scan("outbox")]
        found = await self._stores.outbox.reread(ids)
        return [
            {
                "campaign": names[row.delivery.campaign_id],
                "id": row.delivery.id,
                "to": row.delivery.recipient.value,
                "state": row.delivery.state.value,
            }
            for row in found.values()
        ]

    async def _was_paused(self, campaign_id: str) -> bool:
        runs = await self._stores.campaigns.broadcasts_of(campaign_id)
        return any(run.value.epoch for run in runs)

    async def _is_open(self) -> bool:
        async for stored in self._documents.scan("outbox"):
            state = DeliveryState(stored.body["state"])
            will_be_resent = state is DeliveryState.AMBIGUOUS and stored.body["not_before"] > 0
            if state in _OPEN or state is DeliveryState.HELD or will_be_resent:
                return True
        return False
