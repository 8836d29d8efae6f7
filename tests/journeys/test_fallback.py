"""Scenario 12: a red text does not arrive; the person's mail is tried, once, and for lower classes never."""

from __future__ import annotations

from campaigns.broadcast import Broadcast, BroadcastState
from campaigns.segment import Segment
from channels.address import email, phone
from channels.contract import ChannelKind
from channels.loopback.faults import Fault, FaultKind
from channels.outbox.delivery import Delivery, DeliveryState, MessageClass, Origin, WarningLevel
from hub.actions.deliveries.fall_back import FallBack
from hub.model.people.contact import Contact
from hub.store.documents import Write
from hub.wiring.channels import fallback_settings
from tests.world import World, eventually

TEXT = "【测试公安】红色预警：台风将于今晚登陆，请立即转移到避灾点。"
NUMBERS = [f"+861380000010{n}" for n in range(4)]


async def warn(hub: World, message_class: MessageClass) -> Broadcast:
    """A warning to four people, each known by telephone and mail."""
    stores, now = hub.hub.repositories, hub.hub.clock.now_ms()
    run = Broadcast(
        id=f"storm-{message_class}",
        campaign_id="storm",
        fire_at=now,
        snapshot_at=now,
        expires_at=now + 3_600_000,
        channel="sms-12110",
        channel_kind=ChannelKind.SMS,
        message_class=message_class,
        text=TEXT,
        segment=Segment(()),
        personal=False,
        title="台风红色预警",
        level=WarningLevel.RED,
        state=BroadcastState.FINISHED,
    )
    writes: list[Write] = [stores.campaigns.insert_broadcast(run)]
    rows = []
    for place, number in enumerate(NUMBERS):
        if message_class is MessageClass.E0:
            contact, mail = Contact(f"c{place}", now), email(f"citizen{place}@example.com")
            writes += [
                stores.contacts.insert(contact),
                stores.contacts.insert_address(contact.id, phone(number), at=now),
                stores.contacts.insert_address(contact.id, mail, at=now),
            ]
        rows.append(
            Delivery(
                id=f"{run.id}-{place}",
                origin=Origin.BROADCAST,
                origin_id=run.id,
                sender="sms-12110",
                recipient=phone(number),
                recipient_key=stores.contacts.key(phone(number)),
                message_class=message_class,
                dedup=f"{run.id}-{place}",
                created_at=now,
                expires_at=run.expires_at,
                lane=0,
            )
        )
    await hub.hub.documents.commit(writes)
    await stores.outbox.plan(rows)
    return run


async def test_a_red_text_that_does_not_arrive_goes_by_mail_once(hub: World) -> None:
    outbox = hub.hub.repositories.outbox
    settings = fallback_settings(hub.hub.settings)
    fall_back = FallBack(hub.hub.documents, hub.hub.repositories, hub.hub.clock, settings)
    for number in NUMBERS[:2]:  # no such telephone; the carrier says so after it took the text
        hub.carrier.faults.add(Fault(FaultKind.ERROR_CODE, code=30005, to=number, times=None))
    runs = [await warn(hub, message_class) for message_class in (MessageClass.E0, MessageClass.E1)]

    async def ended() -> bool:
        states = [await outbox.counts(run.id) for run in runs]
        return all((one.get("undelivered"), one.get("delivered")) == (2, 2) for one in states)

    assert await eventually(ended)

    async def mailed() -> bool:
        await fall_back.step()
        return (await outbox.counts(f"{runs[0].id}:fallback")).get("accepted") == 2

    assert await eventually(mailed)
    for _ in range(3):
        await fall_back.step()
    assert sorted(to for letter in hub.mail.received for to in letter.recipients) == [
        f"citizen{n}@example.com" for n in range(2)
    ]
    assert await outbox.counts(f"{runs[1].id}:fallback") == {}
    assert await hub.hub.repositories.deliveries.fallbacks.counts(runs[0].id) == {"ended": 2}
    assert await outbox.states([f"{runs[0].id}-0~f"]) == {f"{runs[0].id}-0~f": DeliveryState.ACCEPTED}
