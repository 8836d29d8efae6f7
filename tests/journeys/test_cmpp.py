"""Texts over a gateway of China Mobile, through a whole hub: in, answered, out, reported, in trouble."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from channels.address import phone
from channels.loopback.cmpp import CmppGateway
from channels.loopback.gateway import Fault, GatewayPlan, Trouble, parts_of
from channels.outbox.delivery import POLICY, Delivery, DeliveryState, MessageClass, Origin
from hub.actions.intake.carriers.join_parts import JoinParts
from hub.model.cases.case import Case
from hub.repositories.inbound.long_texts import LongTextRepository
from hub.runtime.clock import SystemClock
from hub.web.health import Health
from tests.journeys.talking import queue
from tests.world import CMPP_ACCOUNT, World, eventually, world

S = DeliveryState
CITIZEN = "8613800139001"
WORDS = "路边路灯坏了三天，晚上看不清路，请派人来看看。"


@dataclass
class Office:
    """A running hub and the gateway it is connected to."""

    hub: World
    gateway: CmppGateway

    async def put(self, name: str, text: str, message_class: MessageClass = MessageClass.E0) -> str:
        hub, to = self.hub.hub, phone(CITIZEN)
        now = hub.clock.now_ms()
        row = Delivery(
            id=name,
            origin=Origin.BROADCAST,
            origin_id="run",
            sender="sms-12110",
            recipient=to,
            recipient_key=hub.repositories.contacts.key(to),
            message_class=message_class,
            dedup=name,
            created_at=now,
            expires_at=now + 3_600_000,
            text=text,
            lane=POLICY[message_class].lane,
        )
        await hub.repositories.outbox.plan([row])
        return row.id

    async def state_is(self, id: str, state: DeliveryState) -> bool:
        async def look() -> bool:
            return (await self.hub.hub.repositories.outbox.states([id])).get(id) is state

        return await eventually(look)

    async def cases(self, count: int) -> list[Case]:
        async def look() -> list[Case]:
            found = await queue(self.hub)
            return found if len(found) >= count else []

        return await eventually(look)

    async def words(self, case: Case) -> list[str]:
        said = await self.hub.hub.repositories.conversations.messages(case.origin.conversation_id)
        return [message.text for message in said if message.direction.value == "in"]


@asynccontextmanager
async def office(
    folder: Path, plan: GatewayPlan | None = None, *, auto_reply: str = "all"
) -> AsyncIterator[Office]:
    gateway = CmppGateway(CMPP_ACCOUNT[0], CMPP_ACCOUNT[1], SystemClock().now_ms, plan)
    async with gateway, world(folder, cmpp_port=gateway.port, auto_reply=auto_reply) as running:
        await gateway.until(lambda: gateway.connections == 1)
        yield Office(running, gateway)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as here:
        yield here


async def test_a_citizen_writes_twice_the_same_and_gets_one_case_and_one_reply(desk: Office) -> None:
    content = WORDS.encode("utf-16-be")
    for _ in range(2):
        assert await desk.gateway.push(CITIZEN, "12110", content, id=4711) == 0
    (case,) = await desk.cases(1)
    assert await desk.words(case) == [WORDS]
    await desk.gateway.until(lambda: len(desk.gateway.taken) > 0)
    (reply, *more) = desk.gateway.taken
    assert reply.text("Dest_terminal_Id") == CITIZEN[2:]
    assert {part.content[3] for part in more if part.number("Pk_total") > 1} <= {reply.content[3]}


async def test_a_long_text_in_any_order_with_one_part_twice_is_one_message(desk: Office) -> None:
    text = WORDS * 6 + "😱"
    content = text.encode("utf-16-be")
    # Cut in the middle of the emoji, as some handsets do.
    parts = parts_of(7, [content[:134], content[134:-2], content[-2:]])
    for place in (2, 0, 0, 1):
        answer = await desk.gateway.push(CITIZEN, "12110", parts[place], has_head=0x40, id=100 + place)
        assert answer == 0
    (case,) = await desk.cases(1)
    assert await desk.words(case) == [text]
    assert await desk.gateway.push(CITIZEN, "12110", parts[1], has_head=1, id=101) == 0
    assert await desk.words(case) == [text]


async def test_a_part_that_never_comes_is_told_and_comes_late_as_a_message_of_its_own(desk: Office) -> None:
    store = LongTextRepository(desk.hub.hub.documents, desk.hub.hub.vault)
    parts = parts_of(9, [one.encode("utf-16-be") for one in ("有人拿刀", "在三楼", "快来")])
    for place in (2, 0):
        await desk.gateway.push(CITIZEN, "12110", parts[place], has_head=1, id=200 + place)
    (kept,) = await store.due(desk.hub.hub.clock.now_ms() + 120_000)
    join = JoinParts(desk.hub.hub.documents, store, desk.hub.hub.actions.accept_event)
    await desk.hub.hub.documents.commit([store.put(replace(kept.value, due_at=1), kept)])
    await join.hand_on_due()
    await join.hand_on_due()
    (case,) = await desk.cases(1)
    assert await desk.words(case) == ["有人拿刀快来\n〔长短信共 3 段，第 2 段未收到〕"]
    await desk.gateway.push(CITIZEN, "12110", parts[1], has_head=1, id=201)
    (late,) = await store.due(desk.hub.hub.clock.now_ms() + 120_000)
    assert late.value.message().text == "在三楼\n〔长短信共 3 段，第 1、3 段未收到〕"


async def test_other_words_in_the_place_of_a_part_are_a_message_of_their_own(desk: Office) -> None:
    first, second = (parts_of(3, [one.encode("utf-16-be"), b"\0."])[0] for one in (WORDS, "路灯坏了三天了"))
    await desk.gateway.push(CITIZEN, "12110", first, has_head=1, id=1)
    await desk.gateway.push(CITIZEN, "12110", second, has_head=1, id=2)
    (case,) = await desk.cases(1)
    assert await desk.words(case) == ["路灯坏了三天了\n〔长短信共 2 段，第 2 段未收到〕"]


async def test_a_long_text_is_delivered_when_all_its_parts_are(desk: Office) -> None:
    desk.gateway.faults.append(Fault(Trouble.RECEIPT_FIRST, times=2))
    assert await desk.state_is(await desk.put("d1", "请注意防范电信网络诈骗。" * 15), S.DELIVERED)
    assert len(desk.gateway.taken) == 3


async def test_a_busy_gateway_gets_every_text_later_and_once(desk: Office) -> None:
    desk.gateway.faults.append(Fault(Trouble.RESULT, times=2))
    assert await desk.state_is(await desk.put("d1", "护栏已修好。"), S.DELIVERED)
    assert [part.content.decode("utf-16-be") for part in desk.gateway.taken] == ["护栏已修好。"]


async def test_a_cut_connection_leaves_a_lesson_in_doubt_and_the_next_text_leaves(desk: Office) -> None:
    desk.gateway.faults.append(Fault(Trouble.CUT))
    lost = await desk.put("d1", "谨防诈骗。", MessageClass.E1)
    assert await desk.state_is(lost, S.AMBIGUOUS)
    assert await desk.state_is(await desk.put("d2", "护栏已修好。"), S.DELIVERED)
    assert len(desk.gateway.taken) == 2


async def test_a_number_the_gateway_does_not_know_fails(tmp_path: Path) -> None:
    async with office(tmp_path, GatewayPlan(version=3, state="UNDELIV")) as desk:
        desk.gateway.faults.append(Fault(Trouble.RESULT, code=13))
        assert await desk.state_is(await desk.put("d1", "护栏已修好。"), S.FAILED)
        assert await desk.state_is(await desk.put("d2", "护栏已修好！"), S.SUPPRESSED)


async def test_a_gateway_that_refuses_the_login_is_told_of(tmp_path: Path) -> None:
    plan = GatewayPlan(login_status=3)
    gateway = CmppGateway(CMPP_ACCOUNT[0], CMPP_ACCOUNT[1], SystemClock().now_ms, plan)
    async with gateway, world(tmp_path, cmpp_port=gateway.port) as running:

        async def look() -> list[str]:
            return [line.detail for line in await Health(running.hub).lines() if "connect-3" in line.detail]

        assert await eventually(look) == ["网关未连接：connect-3"]
        assert [line.name for line in await Health(running.hub).lines() if line.label.isascii()] == []
