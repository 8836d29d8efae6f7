"""A publicity officer's broadcast reaches everybody once, except who asked not to be written to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest

from campaigns.campaign import CampaignKind, CampaignState
from campaigns.schedule import Once
from campaigns.segment import Segment
from channels.address import phone
from channels.loopback.faults import Fault, FaultKind
from channels.outbox.delivery import DeliveryState, MessageClass
from hub.actions.campaigns.draft_campaign import Draft
from hub.model.people.contact import Contact
from hub.runtime.clock import CHINA, SystemClock, to_local, to_ms
from hub.store.documents import Write
from tests.releasing import plan, start
from tests.world import World, eventually, world

GROUP = "社区网格员"


@dataclass
class DaytimeClock(SystemClock):
    """The real clock, moved to ten in the morning in China: law education keeps office hours."""

    shift: int = field(default=0)

    def __post_init__(self) -> None:
        now = SystemClock.now_ms(self)
        morning = datetime.combine(to_local(now).date(), datetime.min.time(), CHINA).replace(hour=10)
        self.shift = to_ms(morning) - now

    def now_ms(self) -> int:
        return super().now_ms() + self.shift


@pytest.fixture
async def daytime(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path, clock=DaytimeClock()) as running:
        yield running


def number(place: int) -> str:
    return f"+861380000{place:04d}"


async def join(hub: World, count: int) -> None:
    stores = hub.hub.repositories
    now = hub.hub.clock.now_ms() - 1000
    writes: list[Write] = []
    for place in range(count):
        contact = Contact(id=f"contact-{place:04d}", created_at=now, name=f"网格员{place}")
        writes += [
            stores.contacts.insert(contact),
            stores.contacts.insert_address(contact.id, phone(number(place)), at=now),
            stores.memberships.join(contact, phone(number(place)), GROUP, at=now),
        ]
    await hub.hub.documents.commit(writes)


def lesson(**changes: object) -> Draft:
    fields: dict[str, object] = {
        "name": "反诈宣传",
        "kind": CampaignKind.EDUCATION,
        "message_class": MessageClass.L,
        "channel": "sms-12110",
        "template": "{name|您好}，公检法不会通过电话要求转账。",
        "segment": Segment((GROUP,)),
        "title": "反诈提醒",
        "public": True,
        **changes,
    }
    return Draft(**fields)  # type: ignore[arg-type]


async def test_everybody_in_the_group_gets_it_once_except_who_opted_out(daytime: World) -> None:
    hub = daytime
    await join(hub, 60)
    await hub.carrier.send_text(number(7), "12110", "退订")

    async def confirmed() -> bool:
        return any(m.recipient == number(7) for m in hub.carrier.journal.messages)

    assert await eventually(confirmed)
    desk = hub.hub.actions.campaigns
    campaign = await desk.create(lesson(), "officer")
    await start(hub.hub, campaign.id)

    async def finished() -> bool:
        return (await desk.get(campaign.id)).value.state is CampaignState.FINISHED

    assert await eventually(finished, seconds=30)
    lessons = [m for m in hub.carrier.journal.messages if "转账" in m.text]
    assert sorted(m.recipient for m in lessons) == sorted(number(n) for n in range(60) if n != 7)
    assert {m.text for m in lessons if m.recipient == number(3)} == {
        "【测试公安】网格员3，公检法不会通过电话要求转账。拒收请回复R"
    }
    async with hub.http.get(f"{hub.url}/feed.json") as feed:
        assert "反诈提醒" in [item["title"] for item in (await feed.json(content_type=None))["items"]]
    async with hub.http.get(f"{hub.url}/feed.atom") as atom:
        assert "反诈提醒" in await atom.text()


async def test_a_scheduled_broadcast_starts_by_itself(daytime: World) -> None:
    hub = daytime
    await join(hub, 5)
    desk = hub.hub.actions.campaigns
    campaign = await desk.create(lesson(), "officer")
    await plan(hub.hub, campaign.id, Once(hub.hub.clock.now_ms() + 2500))
    assert (await desk.get(campaign.id)).value.state is CampaignState.SCHEDULED

    async def all_sent() -> bool:
        return len([m for m in hub.carrier.journal.messages if "转账" in m.text]) == 5

    assert await eventually(all_sent, seconds=30)


async def test_pause_means_pause_and_resume_sends_exactly_the_rest(daytime: World) -> None:
    hub = daytime
    await join(hub, 300)
    # The carrier takes a moment for each, so that the pause comes in the middle.
    hub.carrier.faults.add(Fault(FaultKind.SLOW, seconds=0.2, times=300))
    desk = hub.hub.actions.campaigns
    campaign = await desk.create(lesson(), "officer")
    await start(hub.hub, campaign.id)

    async def some() -> bool:
        return len(hub.carrier.journal.messages) >= 20

    assert await eventually(some)
    await desk.pause(campaign.id)
    at_click = len(hub.carrier.journal.messages)

    async def quiet() -> bool:
        counted = await hub.hub.documents.count("outbox", {"state": {"$in": ["leased", "sending"]}})
        return sum(counted.values()) == 0

    assert await eventually(quiet)
    after = len(hub.carrier.journal.messages)
    assert after < 300
    assert after - at_click <= 64
    await desk.resume(campaign.id)

    async def finished() -> bool:
        return (await desk.get(campaign.id)).value.state is CampaignState.FINISHED

    assert await eventually(finished, seconds=40)
    assert sorted(m.recipient for m in hub.carrier.journal.messages) == [number(n) for n in range(300)]


async def test_a_provider_in_trouble_slows_the_broadcast_and_loses_nobody(daytime: World) -> None:
    hub = daytime
    await join(hub, 40)
    for fault in (
        Fault(FaultKind.ERROR_CODE, to=number(11), code=21610),
        Fault(FaultKind.ERROR_CODE, to=number(12), code=30007),
        Fault(FaultKind.SERVER_ERROR, to=number(13), taken=True),
        Fault(FaultKind.TOO_MANY, times=5, retry_after="1"),
        Fault(FaultKind.LOST_ANSWER, times=2),
    ):
        hub.carrier.faults.add(fault)
    desk = hub.hub.actions.campaigns
    # A warning, because its next try comes after seconds; the way is the same for every class.
    warning = lesson(kind=CampaignKind.WARNING, message_class=MessageClass.E1)
    campaign = await desk.create(warning, "officer")
    await start(hub.hub, campaign.id)

    async def slower() -> bool:
        return [sender.parts_per_second for sender in hub.hub.senders() if sender.sender == "sms-12110"] == [
            700
        ]

    assert await eventually(slower)

    async def decided() -> bool:
        taken = {m.recipient for m in hub.carrier.journal.messages}
        return taken >= {number(n) for n in range(40) if n != 11}

    assert await eventually(decided, seconds=60)
    assert hub.carrier.journal.duplicates == {}
    key = hub.hub.repositories.contacts.key(phone(number(11)))

    async def refused() -> bool:  # the one that is refused may have been told to wait before, and comes last
        return bool(await hub.hub.repositories.suppressions.of_address(key))

    assert await eventually(refused, seconds=60)

    async def filtered() -> bool:  # by the carrier, after it took it: not tried again
        rows = (await hub.hub.repositories.outbox.by_state(DeliveryState.UNDELIVERED)).deliveries
        return [(row.value.recipient.value, row.value.reason) for row in rows] == [(number(12), "30007")]

    assert await eventually(filtered)
    assert hub.carrier.journal.duplicates == {}
