"""What ended without arriving is sent again once, by whom it exists for, and no lesson that may have left."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Any

import pytest

from campaigns.broadcast import BroadcastState
from channels.contract import Receipt, ReceiptState
from channels.outbox.delivery import Delivery, DeliveryState, MessageClass, Origin
from channels.outbox.ports import Change
from channels.outbox.retry import settled
from channels.outbox.suppression import INVALID
from hub.actions.deliveries.redrive import Redrive, Refusal
from hub.model.agent import Agent, Role
from hub.model.cases.case import Case
from hub.model.cases.case import Origin as CaseOrigin
from hub.model.cases.history import HistoryKind, broken_link
from hub.model.cases.proceeding import Proceeding
from hub.model.cases.state import CaseState
from hub.model.track import Compartment, Track
from hub.repositories.deliveries.dead_letters import DeadFilter
from hub.repositories.repositories import COLLECTIONS, Repositories, repositories
from hub.runtime.clock import FakeClock
from hub.runtime.errors import Forbidden, Invalid, NotFound, Stale
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import Documents
from hub.store.memory_documents import MemoryDocuments
from tests.unit.channels.outbox.outbox_world import NOON, SENDER, a_broadcast, a_delivery

S = DeliveryState
VAULT = Vault(KeyRing.fresh())
HOUR = 3_600_000


def agent(role: Role) -> Agent:
    return Agent(id=role.value, login=role.value, unit_id="", roles=(role,), created_at=0)


ADMIN, INSPECTOR, HANDLER = agent(Role.ADMIN), agent(Role.INSPECTOR), agent(Role.HANDLER)
ALL = DeadFilter()


@dataclass
class Desk:
    clock: FakeClock
    documents: Documents
    stores: Repositories
    redrive: Redrive

    async def ended(self, id: str, state: DeliveryState = S.DEAD, **other: Any) -> Delivery:
        """A row that was being sent and ended so."""
        row = replace(a_delivery(id, state=S.SENDING, attempt=1), **other)
        await self.stores.outbox.plan([row])
        read = (await self.stores.outbox.reread([id]))[id]
        end = settled(read.delivery, state, "30003")
        assert await self.stores.outbox.settle([Change(read, end)]) == []
        return end

    async def arrives(self, id: str) -> None:
        """The provider says so."""
        word = Receipt(SENDER, id, 1, "SM", ReceiptState.DELIVERED, "", NOON)
        await self.stores.outbox.apply_receipt(word)

    async def row(self, id: str) -> Delivery:
        found = await self.stores.outbox.get(id)
        assert found
        return found.value

    async def shown(self, agent: Agent = ADMIN, wanted: DeadFilter = ALL) -> dict[str, Refusal | None]:
        page = await self.redrive.page(agent, wanted)
        return {row.delivery.id: row.refusal for row in page.rows}

    async def case(self, id: str, compartment: Compartment) -> None:
        case = Case(
            id,
            id[:14],
            NOON,
            NOON,
            Proceeding(Track.CONSULT, CaseState.REGISTERED),
            CaseOrigin("sms", "sms"),
            compartment=compartment,
        )
        await self.documents.commit([self.stores.cases.insert(case)])


@pytest.fixture
def desk() -> Desk:
    clock = FakeClock(NOON)
    return a_desk(MemoryDocuments(COLLECTIONS, clock=clock), clock)


def a_desk(documents: Documents, clock: FakeClock | None = None) -> Desk:
    clock = clock or FakeClock(NOON)
    stores = repositories(documents, VAULT, cities={})
    return Desk(clock, documents, stores, Redrive(documents, stores, clock))


async def test_it_goes_again_as_a_new_row_that_can_leave(desk: Desk) -> None:
    await desk.ended("a", expires_at=NOON + 1000, provider_id="SM1")
    desk.clock.advance(seconds=9 * 3600)
    assert await desk.redrive.one(ADMIN, "a") == "a~1"
    new = await desk.row("a~1")
    assert (new.state, new.redrive_of, new.attempt, new.provider_id) == (S.READY, "a", 0, "")
    assert new.expires_at == desk.clock.at + 2 * HOUR
    assert (await desk.row("a")).redriven_as == "a~1"
    [claimed] = await desk.stores.outbox.claim(SENDER, lanes=(1,), limit=9, lease_seconds=45)
    assert claimed.delivery.text == "您的来信已收到"
    assert await desk.shown() == {}


async def test_doing_it_twice_and_in_two_windows_at_once_does_it_once(desk: Desk) -> None:
    await desk.ended("a")
    await asyncio.gather(*(desk.redrive.one(ADMIN, "a") for _ in range(3)))
    assert await desk.redrive.one(ADMIN, "a") == "a~1"
    rows = await desk.stores.outbox.states(["a~1", "a~2", "a~1~1"])
    assert list(rows) == ["a~1"]


async def test_what_was_sent_again_and_ended_again_goes_a_second_time(desk: Desk) -> None:
    await desk.ended("a")
    await desk.redrive.one(ADMIN, "a")
    await desk.stores.outbox.claim(SENDER, lanes=(1,), limit=9, lease_seconds=45)
    read = (await desk.stores.outbox.reread(["a~1"]))["a~1"]
    [sending] = await desk.stores.outbox.mark_sending([read], lease_seconds=45)
    await desk.stores.outbox.settle([Change(sending, settled(sending.delivery, S.FAILED, "21211"))])
    assert await desk.shown() == {"a~1": None}
    assert await desk.redrive.one(ADMIN, "a~1") == "a~2"
    new = await desk.row("a~2")
    assert (new.dedup, new.redrive, new.redrive_of) == ("dedup-a~2", 2, "a~1")
    assert await desk.stores.outbox.states(["a"]) == {"a": S.READY}


@pytest.mark.parametrize("trace", [{"provider_id": "SM1"}, {"receipt_at": NOON}, {"part_ids": ("m0",)}])
async def test_law_education_that_may_have_left_is_never_sent_again(
    desk: Desk, trace: dict[str, Any]
) -> None:
    await desk.ended("left", message_class=MessageClass.L, lane=3, **trace)
    await desk.ended("refused", message_class=MessageClass.L, lane=3)
    assert await desk.shown() == {"left": Refusal.MAY_HAVE_LEFT, "refused": None}
    with pytest.raises(Invalid):
        await desk.redrive.one(ADMIN, "left")
    assert (await desk.redrive.look(ADMIN, ALL)).count == 1
    assert await desk.redrive.many(ADMIN, ALL) == 1
    assert await desk.shown() == {"left": Refusal.MAY_HAVE_LEFT}


async def test_many_go_by_reason_date_and_sender_after_a_look(desk: Desk) -> None:
    for number in range(120):
        await desk.ended(f"old{number:03}")
    desk.clock.advance(seconds=3600)
    for number in range(5):
        await desk.ended(f"new{number}", S.FAILED if number else S.UNDELIVERED)
    await desk.ended("mail", sender="mail")
    since = DeadFilter(sender=SENDER, reason="30003", since=NOON + HOUR)
    before = DeadFilter(before=NOON + HOUR)
    assert (await desk.redrive.look(ADMIN, since)).count == 5
    assert (await desk.redrive.look(ADMIN, before)).count == 120
    assert await desk.redrive.many(ADMIN, before) == 120
    assert await desk.redrive.many(ADMIN, before) == 0
    assert (await desk.redrive.look(ADMIN, DeadFilter(reason="21211"))).count == 0
    assert sorted(await desk.shown()) == ["mail", *(f"new{n}" for n in range(5))]


async def test_what_may_not_go_again_does_not_stand_before_what_may(desk: Desk) -> None:
    redrive = Redrive(desk.documents, desk.stores, desk.clock, most=3)
    await desk.ended("first")
    desk.clock.advance(seconds=1)
    for number in range(120):
        await desk.ended(f"lesson{number}", message_class=MessageClass.L, lane=3, provider_id="SM1")
    look = await redrive.look(ADMIN, ALL)
    assert (look.count, look.refused, look.more) == (1, {Refusal.MAY_HAVE_LEFT: 120}, False)
    assert await redrive.many(ADMIN, ALL) == 1


async def test_what_rules_or_time_forbid_is_said_and_not_sent(desk: Desk) -> None:
    run = a_broadcast("b")
    stopped = replace(a_broadcast("stopped"), state=BroadcastState.CANCELED)
    writes = [desk.stores.campaigns.insert_broadcast(one) for one in (run, stopped)]
    await desk.documents.commit(writes)
    of: dict[str, Any] = {"origin": Origin.BROADCAST, "message_class": MessageClass.N, "lane": 2}
    await desk.ended("late", origin_id="b", expires_at=NOON + 1000, **of)
    await desk.ended("stopped", origin_id="stopped", **of)
    await desk.ended("dead-number", S.FAILED, recipient_key="gone")
    await desk.stores.suppressions.suppress(("gone", INVALID), reason="21211", by="provider", at=NOON)
    desk.clock.advance(seconds=2)
    assert await desk.shown() == {
        "late": Refusal.TOO_LATE,
        "stopped": Refusal.STOPPED,
        "dead-number": Refusal.SUPPRESSED,
    }
    look = await desk.redrive.look(ADMIN, ALL)
    assert (look.count, sum(look.refused.values()), look.more) == (0, 3, False)
    assert await desk.redrive.many(ADMIN, ALL) == 0


async def test_a_reply_that_expired_can_go_again_and_a_broadcast_cannot(
    desk: Desk,
) -> None:
    await desk.ended("reply", S.EXPIRED)
    await desk.ended("lesson", S.EXPIRED, origin=Origin.BROADCAST, origin_id="b")
    assert await desk.shown() == {"reply": None}


async def test_the_new_row_counts_in_place_of_the_old_one_whatever_is_heard_of_that(
    desk: Desk,
) -> None:
    await desk.documents.commit([desk.stores.campaigns.insert_broadcast(a_broadcast("b"))])
    await desk.ended("a", S.UNDELIVERED, origin=Origin.BROADCAST, origin_id="b", receipt_at=NOON)
    await desk.redrive.one(ADMIN, "a")
    await desk.arrives("a")
    assert await desk.stores.outbox.states(["a"]) == {"a": S.READY}  # the new one is on its way
    [claimed] = await desk.stores.outbox.claim(SENDER, lanes=(1,), limit=9, lease_seconds=45)
    await desk.stores.outbox.mark_sending([claimed], lease_seconds=45)
    await desk.arrives("a~1")
    counts = await desk.stores.outbox.counts("b")
    assert {state: number for state, number in counts.items() if number} == {"delivered": 1}


async def test_what_arrives_after_all_leaves_the_list(desk: Desk) -> None:
    await desk.ended("a", S.UNDELIVERED, receipt_at=NOON)
    await desk.arrives("a")
    assert await desk.shown() == {}
    with pytest.raises(Stale):
        await desk.redrive.one(ADMIN, "a")
    assert await desk.stores.outbox.get("a~1") is None


async def test_a_row_of_a_report_exists_for_inspectors_only_and_who_did_it_is_kept(desk: Desk) -> None:
    await desk.case("secret", Compartment.REPORT)
    await desk.case("plain", Compartment.NONE)
    await desk.ended("s", case_id="secret")
    await desk.ended("p", case_id="plain")
    assert (await desk.shown(ADMIN), await desk.shown(INSPECTOR)) == ({"p": None}, {"s": None})
    with pytest.raises(NotFound):
        await desk.redrive.one(ADMIN, "s")
    assert await desk.redrive.many(ADMIN, ALL) == 1
    assert (await desk.row("s")).redriven_as == ""
    history = await desk.stores.cases.history("plain")
    assert (history[-1].kind, history[-1].actor) == (HistoryKind.DELIVERY_DECIDED, ADMIN.id)
    assert history[-1].facts == {"delivery": "p", "decision": "redriven"}
    assert broken_link(history) is None
    for refused in (desk.redrive.look(HANDLER, ALL), desk.redrive.many(HANDLER, ALL)):
        with pytest.raises(Forbidden):
            await refused


async def test_what_ended_before_this_release_is_taken_up_once(desk: Desk) -> None:
    """Rows as they were stored then: without a document on the list."""
    for id, state, origin in (
        ("reply", S.DEAD, Origin.REPLY),
        ("arrived", S.DELIVERED, Origin.REPLY),
        ("lesson", S.EXPIRED, Origin.BROADCAST),
    ):
        write = desk.stores.outbox.insert(a_delivery(id, state=state, origin=origin, reason="21211"))
        assert "redriven_as" not in write.body  # as in rows of earlier releases
        await desk.documents.commit([write])
    letters = desk.stores.deliveries.dead_letters
    assert [await letters.fill(since=NOON), await letters.fill(since=NOON)] == [1, 0]
    assert await desk.shown() == {"reply": None}
    assert await letters.fill(since=NOON + 1) == 0
    assert await desk.redrive.one(ADMIN, "reply") == "reply~1"
