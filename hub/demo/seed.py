"""Fills an empty store with the sample: contacts, notices, campaigns, and a week of citizens.

Everything goes through the channels and actions the hub has for it; only the clock is put back.
Each piece leaves a mark when it is done, so that a start that was cut off goes on where it ended.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from campaigns.campaign import Campaign, CampaignKind
from campaigns.schedule import Cron
from campaigns.segment import EVERYBODY, Segment
from channels.address import phone
from channels.outbox.delivery import DeliveryState, MessageClass
from hub.actions.campaigns.draft_campaign import Draft
from hub.actions.campaigns.planning.approve_campaign import Consent
from hub.actions.campaigns.planning.release_campaign import Released
from hub.demo.accounts import agent_id
from hub.demo.citizens import Citizens
from hub.demo.clock import ShiftedClock
from hub.demo.sample import Sample, Table
from hub.demo.seed_cases import CaseSeeder
from hub.demo.seed_education import plan_fraud_series, publish_lessons
from hub.hub import Hub
from hub.model.notice import Notice, NoticeKind
from hub.model.people.contact import Contact
from hub.runtime.clock import to_local, to_ms
from hub.runtime.ids import derived_id
from hub.store.documents import Insert, Write

_WAITING = [state.value for state in (DeliveryState.READY, DeliveryState.LEASED, DeliveryState.SENDING)]
_LONGEST_WAIT_SECONDS = 3.0
_DAY_MINUTES = 1440.0
_LAST = "whole"


@dataclass(frozen=True, slots=True)
class _Piece:
    """Something to be made once, `ago` minutes before now."""

    mark: str
    ago: float
    make: Callable[[], Awaitable[None]]


class Seeder:
    """Makes the sample in one hub."""

    def __init__(
        self, hub: Hub, sample: Sample, clock: ShiftedClock, cases: CaseSeeder, citizens: Citizens
    ) -> None:
        self._hub = hub
        self._sample = sample
        self._clock = clock
        self._cases = cases
        self._citizens = citizens

    async def is_done(self) -> bool:
        """Whether the store holds the whole sample."""
        return await self._hub.documents.get("marks", _mark(_LAST)) is not None

    async def run(self) -> None:
        """Makes what is not there yet, oldest first; afterwards the clock is right again."""
        now = self._clock.true_ms()
        for group in self._sample.groups:
            await self._group(group["name"], now)
        for piece in sorted(self._pieces(now), key=lambda piece: -piece.ago):
            if await self._hub.documents.get("marks", _mark(piece.mark)) is None:
                await self._put_back(piece.ago)
                await piece.make()
                await self._settled()
                await self._hub.documents.commit([self._done(piece.mark)])
        await self._put_back(0)
        if not await self.is_done():
            await self._hub.documents.commit([self._done(_LAST)])

    async def _put_back(self, minutes: float) -> None:
        self._clock.put_back(minutes=minutes)
        await self._citizens.put_back(minutes=minutes)

    def _pieces(self, now: int) -> list[_Piece]:
        pieces = [
            _Piece(f"case-{place}", case["ago"], partial(self._cases.make, f"seed-{place}", case))
            for place, case in enumerate(self._sample.cases)
        ]
        pieces += [
            _Piece(
                f"case-{place}-move-{number}",
                move["ago"],
                partial(self._cases.move, f"seed-{place}", case, move),
            )
            for place, case in enumerate(self._sample.cases)
            for number, move in enumerate(case.get("moves", ()))
        ]
        pieces += [
            _Piece(f"notice-{place}", notice["ago"], partial(self._notice, place, notice))
            for place, notice in enumerate(self._sample.notices)
        ]
        pieces += [
            _Piece(
                f"campaign-{place}",
                _since_yesterday_morning(now) if plan["plan"] == "finished" else _DAY_MINUTES / 2,
                partial(self._campaign, plan),
            )
            for place, plan in enumerate(self._sample.campaigns)
        ]
        officer, group = agent_id(self._sample.login_of("publicity")), self._sample.groups[0]["name"]
        return [
            *pieces,
            _Piece("lessons", 4 * _DAY_MINUTES, partial(publish_lessons, self._hub, officer)),
            _Piece("series", _DAY_MINUTES / 2, partial(plan_fraud_series, self._hub, officer, group)),
        ]

    async def _group(self, name: str, now: int) -> None:
        """A group and its contacts in one unit of work."""
        stores = self._hub.repositories
        if await self._hub.documents.get("marks", _mark(f"group-{name}")) is not None:
            return
        writes: list[Write] = [self._done(f"group-{name}")]
        joined = now - int(30 * _DAY_MINUTES * 60_000)
        for person in self._sample.members(name):
            contact = Contact(
                derived_id("demo-contact", person.number),
                joined,
                region=person.region,
                name=person.name,
            )
            address = phone(person.number)
            writes += [
                stores.contacts.insert(contact),
                stores.contacts.insert_address(contact.id, address, at=joined),
                stores.memberships.join(contact, address, name, at=joined),
                stores.memberships.join(contact, address, EVERYBODY, at=joined),
            ]
        await self._hub.documents.commit(writes)

    async def _notice(self, place: int, table: Table) -> None:
        at = self._clock.now_ms()
        notice = Notice(
            derived_id("demo-notice", str(place)),
            NoticeKind(table["kind"]),
            table["title"],
            table["text"],
            at,
            at,
            publisher=self._sample.organisation["publisher"],
            level=table.get("level", ""),
        )
        await self._hub.documents.commit([self._hub.repositories.notices.insert(notice)])

    async def _campaign(self, table: Table) -> None:
        desk = self._hub.actions.campaigns
        draft = Draft(
            name=table["name"],
            kind=CampaignKind(table["kind"]),
            message_class=MessageClass(table["class"]),
            channel="sms-12110",
            template=table["template"],
            segment=Segment(groups=tuple(table["groups"]), regions=tuple(table.get("regions", ()))),
            title=table.get("title", ""),
            public=table.get("public", False),
        )
        campaign = await desk.create(draft, agent_id(self._sample.login_of("publicity")))
        if table["plan"] == "finished":
            run = (await self._let_go(campaign, None)).run
            await desk.expand_some(run.id if run else "", pages=100)
            await self._settled()
            await desk.tick()
        elif table["plan"] != "draft":
            await self._let_go(campaign, Cron(table["plan"]))

    async def _let_go(self, campaign: Campaign, plan: Cron | None) -> Released:
        """Submitted by its writer, approved by the lead, released."""
        planning = self._hub.actions.publicity.planning
        await planning.submit(campaign.id, campaign.author_id, plan)
        lead_id = agent_id(self._sample.login_of("publicity_lead"))
        lead = (await self._hub.repositories.agents.get_many([lead_id]))[lead_id]
        sheet = await planning.approve.sheet(campaign.id, lead)
        people = sheet.count.checked().deliveries
        consent = Consent(sheet.campaign.content_digest, people, people)
        await planning.approve(campaign.id, lead, consent)
        return await planning.release(campaign.id, campaign.author_id)

    async def _settled(self) -> None:
        """Until nothing waits to leave: the clock must not jump over the life of an answer."""
        pause = 0.01
        for _ in range(int(_LONGEST_WAIT_SECONDS / pause)):
            waiting = await self._hub.documents.count("outbox", {"state": {"$in": _WAITING}})
            if not sum(waiting.values()):
                return
            await asyncio.sleep(pause)

    def _done(self, name: str) -> Insert:
        return Insert("marks", _mark(name), {"received_at": self._clock.now_ms()})


def _mark(name: str) -> str:
    return f"demo:{name}"


def _since_yesterday_morning(now: int) -> float:
    """Minutes since ten o'clock yesterday: an hour at which law education may be sent."""
    morning = to_local(now).replace(hour=10, minute=0, second=0, microsecond=0) - timedelta(days=1)
    return (now - to_ms(morning)) / 60_000
