"""What did not reach the citizen stands on the case until they are reached, and its handler is told."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from channels.contract import Receipt, ReceiptState
from channels.outbox.delivery import Delivery, DeliveryState
from channels.outbox.ports import Change
from channels.outbox.retry import settled
from hub.actions.cases.casework import Casework
from hub.actions.cases.queue.query import Flag, QueueQuery
from hub.actions.cases.queue.read_queue import ReadQueue
from hub.actions.cases.reach_citizen import ReachCitizen
from hub.actions.cases.replies.compose_reply import Reply
from hub.model.agent import Agent
from hub.model.cases.attempt import Attempt
from hub.model.cases.case import Snooze
from hub.model.cases.history import HistoryKind
from hub.model.cases.queue.snoozing import UNTIL_SPOKEN
from hub.model.cases.roles import CaseRole
from hub.model.cases.state import CaseState
from hub.model.cases.step import stepped
from hub.model.notification import NotificationKind
from hub.model.track import Compartment
from hub.repositories.outbox import ReceiptResult
from hub.repositories.repositories import COLLECTIONS
from hub.runtime.clock import FakeClock
from hub.runtime.errors import Invalid
from hub.store.documents import Update, Write
from hub.store.memory_documents import MemoryDocuments
from tests.rules import RULES
from tests.unit.hub.actions.cases.replies.reply_office import (
    CASE,
    COLLEAGUE,
    HANDLER,
    INSPECTOR,
    UNDO_SECONDS,
    Office,
    office,
    open_case,
)
from tests.unit.hub.actions.cases.test_pass_time import START

S = DeliveryState


@pytest.fixture
async def desk() -> Office:
    """The case is the handler's."""
    clock = FakeClock(START)
    documents = MemoryDocuments(COLLECTIONS, clock=clock)
    await open_case(documents)
    made = office(documents, clock)
    found = await made.case()
    given = found.value.in_hands_of(HANDLER.id)
    await made.documents.commit([made.stores.cases.update(given, found.version)])
    return made


async def sent(desk: Office, *, closes: bool = False) -> Delivery:
    """A reply that the carrier has."""
    await desk.reply(HANDLER, CASE, Reply("请带身份证到窗口。", closes=closes), version=await desk.version())
    desk.clock.advance(seconds=UNDO_SECONDS)
    await desk.send.step()
    outbox = desk.stores.outbox
    [row] = await outbox.claim("sms", lanes=(0, 1, 2, 3), limit=9, lease_seconds=45)
    [row] = await outbox.mark_sending([row], lease_seconds=45)
    assert await outbox.settle([Change(row, settled(row.delivery, S.ACCEPTED, ""))]) == []
    return row.delivery


async def ends(desk: Office, delivery: Delivery, state: ReceiptState) -> ReceiptResult:
    receipt = Receipt("sms", delivery.id, 1, "SM", state, "", desk.clock.at)
    return await desk.stores.outbox.apply_receipt(receipt, random=random.Random(1))


async def listed(desk: Office, agent: Agent = HANDLER) -> bool:
    query = QueueQuery(flag=Flag.UNDELIVERED)
    read = ReadQueue(desk.stores, lambda: RULES.calendar, screening_days=2)
    rows = (await read.page(agent, query)).rows
    assert await read.count(agent, query) == (len(rows), False)
    return bool(rows)


async def told(desk: Office, agent: Agent = HANDLER) -> list[NotificationKind]:
    return [one.kind for one in await desk.stores.notifications.newest(agent.id)]


async def test_a_receipt_that_it_did_not_arrive_is_told_once_and_one_that_it_did_ends_it(
    desk: Office,
) -> None:
    delivery = await sent(desk)
    for _ in range(2):
        await ends(desk, delivery, ReceiptState.UNDELIVERED)
    assert (await listed(desk), await told(desk)) == (True, [NotificationKind.UNDELIVERED])
    await ends(desk, delivery, ReceiptState.DELIVERED)  # the provider corrects itself
    assert not await listed(desk)


@pytest.mark.parametrize("state", [S.FAILED, S.DEAD, S.EXPIRED])
async def test_whatever_ended_it_here_counts_too(desk: Office, state: DeliveryState) -> None:
    await desk.reply(HANDLER, CASE, Reply("请带身份证。"), version=await desk.version())
    desk.clock.advance(seconds=UNDO_SECONDS)
    await desk.send.step()
    outbox = desk.stores.outbox
    [row] = await outbox.claim("sms", lanes=(0, 1, 2, 3), limit=9, lease_seconds=45)
    if state is not S.EXPIRED:
        [row] = await outbox.mark_sending([row], lease_seconds=45)
    change = Change(row, settled(row.delivery, state, "30006"))
    assert await outbox.settle([change]) == []
    assert await outbox.settle([change]) == [change]  # a late worker
    assert (await listed(desk), await told(desk)) == (True, [NotificationKind.UNDELIVERED])
    assert (await outbox.states([row.delivery.id])) == {row.delivery.id: state}


async def test_a_closed_case_is_work_again_until_a_person_notes_the_call(desk: Office) -> None:
    await ends(desk, await sent(desk, closes=True), ReceiptState.UNDELIVERED)
    found = await desk.case()
    assert (found.value.state, await listed(desk)) == (CaseState.CLOSED, True)
    reach = ReachCitizen(Casework(desk.documents, desk.stores), desk.stores, desk.clock)
    with pytest.raises(Invalid):
        await reach(HANDLER, CASE, " ", version=await desk.version())
    await reach(HANDLER, CASE, "电话告知家属", version=await desk.version())
    last = (await desk.stores.cases.history(CASE))[-1]
    assert (last.kind, last.text, await listed(desk)) == (HistoryKind.NOTED, "电话告知家属", False)
    with pytest.raises(Invalid):
        await reach(HANDLER, CASE, "再记一次", version=await desk.version())


async def test_what_is_sent_later_and_arrives_ends_it_and_what_was_sent_before_does_not(desk: Office) -> None:
    first, second = await sent(desk), await sent(desk)
    desk.clock.advance(seconds=1)
    await ends(desk, second, ReceiptState.UNDELIVERED)
    await ends(desk, first, ReceiptState.DELIVERED)
    assert await listed(desk)
    await ends(desk, await sent(desk), ReceiptState.DELIVERED)
    assert not await listed(desk)


async def test_a_contact_on_record_ends_it(desk: Office) -> None:
    await ends(desk, await sent(desk), ReceiptState.UNDELIVERED)
    found = await desk.case()
    handled = replace(
        found.value, proceeding=replace(found.value.proceeding, state=CaseState.HANDLING, event="")
    )
    attempt = Attempt("log_contact", desk.clock.at, CaseRole.HND, RULES, HANDLER.id)
    step = stepped(handled, attempt, actor=HANDLER.id)
    await desk.documents.commit(desk.stores.cases.step_writes(step, found.version))
    assert not await listed(desk)


async def test_behind_the_wall_nobody_else_sees_or_hears_of_it(desk: Office) -> None:
    found = await desk.case()
    walled = replace(found.value.in_hands_of(INSPECTOR.id), compartment=Compartment.REPORT)
    delivery = await sent(desk)
    found = await desk.case()
    await desk.documents.commit([desk.stores.cases.update(walled, found.version)])
    await ends(desk, delivery, ReceiptState.UNDELIVERED)
    assert (await listed(desk, COLLEAGUE), await told(desk, COLLEAGUE), await told(desk)) == (False, [], [])
    assert (await listed(desk, INSPECTOR), await told(desk, INSPECTOR)) == (
        True,
        [NotificationKind.UNDELIVERED],
    )


async def test_a_case_that_is_written_meanwhile_loses_neither(desk: Office) -> None:
    delivery = await sent(desk)
    commit = desk.documents.commit

    async def once(writes: list[Write]) -> None:
        """A colleague is faster by a moment."""
        if any(isinstance(write, Update) and write.collection == "outbox" for write in writes):
            desk.documents.commit = commit  # type: ignore[method-assign]
            await desk.note(COLLEAGUE, CASE, "先记一笔", version=await desk.version())
        await commit(writes)

    desk.documents.commit = once  # type: ignore[method-assign,assignment]
    assert await ends(desk, delivery, ReceiptState.UNDELIVERED) is ReceiptResult.APPLIED
    assert await listed(desk)
    assert [entry.kind for entry in await desk.stores.cases.history(CASE)][-1] is HistoryKind.NOTED


async def test_a_case_that_was_put_aside_is_work_again(desk: Office) -> None:
    delivery = await sent(desk)
    found = await desk.case()
    aside = replace(found.value, snooze=Snooze(UNTIL_SPOKEN, HANDLER.id))
    await desk.documents.commit([desk.stores.cases.update(aside, found.version)])
    assert (await desk.case()).value.snooze.until
    await ends(desk, delivery, ReceiptState.UNDELIVERED)
    assert not (await desk.case()).value.snooze.until
