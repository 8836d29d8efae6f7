"""A campaign is on its way: a red warning overtakes it, and a citizen is heard meanwhile."""

from __future__ import annotations

import asyncio
from pathlib import Path

from campaigns.campaign import CampaignKind, CampaignState
from campaigns.segment import Segment
from channels.address import phone
from channels.loopback.faults import Fault, FaultKind
from channels.outbox.delivery import MessageClass
from hub.model.people.contact import Contact
from hub.store.documents import Write
from tests.journeys.talking import queue
from tests.journeys.test_broadcast import DaytimeClock, join, lesson, number
from tests.releasing import start
from tests.world import World, eventually, world

WARNED = "沿海乡镇"


async def join_warned(hub: World, count: int) -> set[str]:
    """People of another group; their numbers."""
    stores, now = hub.hub.repositories, hub.hub.clock.now_ms() - 1000
    people = {f"+861390000{place:04d}" for place in range(count)}
    writes: list[Write] = []
    for place, one in enumerate(sorted(people)):
        contact = Contact(id=f"warned-{place:04d}", created_at=now)
        writes += [
            stores.contacts.insert(contact),
            stores.memberships.join(contact, phone(one), WARNED, at=now),
        ]
    await hub.hub.documents.commit(writes)
    return people


async def test_a_warning_overtakes_a_campaign_and_a_citizen_is_heard_meanwhile(tmp_path: Path) -> None:
    async with world(tmp_path, clock=DaytimeClock()) as hub:
        await join(hub, 500)
        warned = await join_warned(hub, 30)
        hub.carrier.connect_text("12110991", "https://hub.test/webhooks/twilio/sms-12110/sms")
        hub.carrier.faults.add(Fault(FaultKind.SLOW, seconds=0.6, times=400))
        desk, loop = hub.hub.actions.campaigns, asyncio.get_running_loop()
        stores = hub.hub.repositories
        campaign = await desk.create(lesson(), "officer")
        await start(hub.hub, campaign.id)

        def taken() -> set[str]:
            return {message.recipient for message in hub.carrier.journal.messages}

        async def some() -> bool:
            return len(taken()) >= 50

        assert await eventually(some)

        began = loop.time()
        await hub.carrier.send_text(
            "+8613700000001", "12110991", "我听不见，家门口的路灯坏了三天，请派人来看看"
        )

        async def at_the_desk() -> bool:
            conversations = {case.origin.conversation_id for case in await queue(hub)}
            found = [await stores.conversations.get(id) for id in conversations]
            return [read.value.city for read in found if read] == ["东城"]

        assert await eventually(at_the_desk, seconds=5)
        assert loop.time() - began < 5

        red = lesson(
            kind=CampaignKind.WARNING,
            message_class=MessageClass.E0,
            template="台风红色预警，请立即转移。",
            segment=Segment((WARNED,)),
        )
        began = loop.time()
        await start(hub.hub, (await desk.create(red, "officer")).id)

        async def first() -> bool:
            return bool(taken() & warned)

        async def all_of_it() -> bool:
            return warned <= taken()

        assert await eventually(first, seconds=3)
        assert await eventually(all_of_it, seconds=3)
        assert loop.time() - began < 3
        lessons = {number(n) for n in range(500)}
        assert not lessons <= taken()  # the campaign was in its middle

        async def finished() -> bool:
            return (await desk.get(campaign.id)).value.state is CampaignState.FINISHED

        assert await eventually(finished, seconds=30)
        assert lessons <= taken()
        assert hub.carrier.journal.duplicates == {}
