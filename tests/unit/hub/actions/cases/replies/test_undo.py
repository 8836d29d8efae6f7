"""A reply waits as one durable row: it leaves once, with its closing, or it is a draft again."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from channels.outbox.delivery import MessageClass
from channels.outbox.quiet_hours import window_of
from hub.actions.cases.replies.compose_reply import Reply, Unfilled, may_close_with_reply
from hub.actions.cases.replies.send_replies import SPOKE_AGAIN
from hub.model.cases.moves import IllegalMove
from hub.model.cases.replies.draft import DraftCause, DraftKind
from hub.model.cases.state import CaseState
from hub.model.notification import NotificationKind
from hub.model.track import Track
from hub.repositories.repositories import COLLECTIONS
from hub.runtime.clock import FakeClock
from hub.runtime.errors import NotFound, Stale
from hub.store.documents import Update
from hub.store.memory_documents import MemoryDocuments
from hub.store.sqlite import open_sqlite
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

ANSWER = Reply("请带身份证到窗口。", closes=True)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(START)


@pytest.fixture
async def desk(clock: FakeClock) -> Office:
    documents = MemoryDocuments(COLLECTIONS, clock=clock)
    await open_case(documents)
    return office(documents, clock)


async def answer(desk: Office, reply: Reply | str = ANSWER) -> str:
    return (await desk.reply(HANDLER, CASE, reply, version=await desk.version())).pending_id


async def kept(desk: Office) -> tuple[str, DraftCause] | None:
    found = await desk.stores.drafts.get(HANDLER.id, CASE, DraftKind.REPLY)
    return (found.value.text, found.value.cause) if found else None


async def test_nothing_is_seen_of_it_before_its_time_and_all_of_it_after(desk: Office) -> None:
    await answer(desk)
    desk.clock.advance(seconds=UNDO_SECONDS - 1)
    await desk.send.step()
    before = (await desk.case()).value
    assert (await desk.messages(), before.state, await desk.count("outbox")) == ([], CaseState.REGISTERED, 0)

    desk.clock.advance(seconds=1)
    await desk.send.step()
    [message] = await desk.messages()
    case = (await desk.case()).value
    assert (message.text, message.at, case.state) == (ANSWER.text, desk.clock.at, CaseState.CLOSED)
    assert await desk.count("outbox") == 1
    talk = await desk.stores.conversations.get(CASE)
    assert talk
    assert talk.value.case_id == ""
    events = [entry.facts.get("event") for entry in await desk.stores.cases.whole_history(CASE)]
    assert events == [None, "answer", "close"]
    assert await desk.count("pending_replies") == 0


async def test_taken_back_it_is_a_draft_and_nothing_is_closed(desk: Office) -> None:
    pending = await answer(desk)
    assert await desk.undo(HANDLER, pending) == CASE
    desk.clock.advance(seconds=60)
    await desk.send.step()
    assert await desk.messages() == []
    assert (await desk.case()).value.state is CaseState.REGISTERED
    assert await kept(desk) == (ANSWER.text, DraftCause.UNDONE)


async def test_what_was_typed_meanwhile_stands_below_what_comes_back(desk: Office) -> None:
    pending = await answer(desk)
    await desk.draft(HANDLER, CASE, DraftKind.REPLY, "另外")
    await desk.undo(HANDLER, pending)
    assert await kept(desk) == (f"{ANSWER.text}\n\n另外", DraftCause.UNDONE)


async def test_nobody_takes_back_what_a_colleague_wrote(desk: Office) -> None:
    pending = await answer(desk)
    with pytest.raises(NotFound):
        await desk.undo(COLLEAGUE, pending)
    assert await desk.count("pending_replies") == 1


@pytest.mark.parametrize("first", ["undo", "send"])
async def test_at_the_same_instant_it_is_sent_or_taken_back_never_both(desk: Office, first: str) -> None:
    pending = await answer(desk)
    desk.clock.advance(seconds=UNDO_SECONDS)
    acts = {"undo": desk.undo(HANDLER, pending), "send": desk.send.step()}
    order = [acts.pop(first), *acts.values()]
    await asyncio.gather(*order, return_exceptions=True)
    sent, draft = len(await desk.messages()), await kept(desk)
    assert sent == (0 if draft else 1)
    assert (await desk.case()).value.state is (CaseState.REGISTERED if draft else CaseState.CLOSED)


async def test_two_processes_send_it_once(desk: Office) -> None:
    await answer(desk)
    other = office(desk.documents, desk.clock)
    desk.clock.advance(seconds=UNDO_SECONDS)
    await asyncio.gather(desk.send.step(), other.send.step())
    assert len(await desk.messages()) == await desk.count("outbox") == 1


async def test_a_kill_neither_loses_nor_hastens_it(tmp_path: Path, clock: FakeClock) -> None:
    store = await open_sqlite(tmp_path / "hub.db", COLLECTIONS, clock=clock)
    await open_case(store)
    await answer(office(store, clock))
    await store.close()

    clock.advance(seconds=UNDO_SECONDS - 1)
    store = await open_sqlite(tmp_path / "hub.db", COLLECTIONS, clock=clock)
    after = office(store, clock)
    await after.send.step()
    assert await after.messages() == []
    clock.advance(seconds=3600)
    await after.send.step()
    await after.send.step()
    assert len(await after.messages()) == await after.count("outbox") == 1
    assert (await after.case()).value.state is CaseState.CLOSED
    await store.close()


async def test_a_form_sent_twice_is_one_reply(desk: Office) -> None:
    version = await desk.version()
    await desk.reply(HANDLER, CASE, ANSWER, version=version)
    with pytest.raises(Stale):
        await desk.reply(HANDLER, CASE, ANSWER, version=version)
    assert await desk.count("pending_replies") == 1


async def test_a_case_somebody_closed_gives_the_text_back_and_says_so(desk: Office) -> None:
    await answer(desk)
    await desk.close_by(COLLEAGUE)
    desk.clock.advance(seconds=UNDO_SECONDS)
    await desk.send.step()
    assert await desk.messages() == []
    assert await kept(desk) == (ANSWER.text, DraftCause.RETURNED)
    [told] = await desk.stores.notifications.unread(HANDLER.id)
    assert (told.kind, told.case_id) == (NotificationKind.REPLY_RETURNED, CASE)
    assert await desk.count("pending_replies") == 0


async def test_nothing_is_closed_over_words_nobody_read(desk: Office) -> None:
    await answer(desk)
    await desk.citizen_speaks()
    desk.clock.advance(seconds=UNDO_SECONDS)
    await desk.send.step()
    found = await desk.stores.drafts.get(HANDLER.id, CASE, DraftKind.REPLY)
    assert found
    assert (found.value.text, found.value.reason) == (ANSWER.text, SPOKE_AGAIN)
    assert (await desk.case()).value.is_open


async def test_a_plain_reply_leaves_and_who_spoke_meanwhile_goes_on_waiting(desk: Office) -> None:
    await answer(desk, "请稍等。")
    await desk.citizen_speaks()
    desk.clock.advance(seconds=UNDO_SECONDS)
    await desk.send.step()
    assert [message.text for message in await desk.messages()] == ["请稍等。"]
    assert (await desk.case()).value.waiting


async def test_who_may_not_answer_any_more_gets_the_text_back(desk: Office) -> None:
    await answer(desk)
    await desk.stores.agents.update(HANDLER.id, lambda agent: replace(agent, active=False))
    desk.clock.advance(seconds=UNDO_SECONDS)
    await desk.send.step()
    assert await desk.messages() == []
    assert await kept(desk) == (ANSWER.text, DraftCause.RETURNED)


async def test_a_row_that_cannot_be_read_sends_nothing_and_holds_up_no_other(desk: Office) -> None:
    damaged = await answer(desk, "读不出来")
    desk.clock.advance(seconds=1)
    await answer(desk, "随后一条。")
    found = await desk.documents.get("pending_replies", damaged)
    assert found
    await desk.documents.commit([Update("pending_replies", damaged, {"pii": "broken"}, found.version)])
    desk.clock.advance(seconds=UNDO_SECONDS)
    await desk.send.step()
    assert [message.text for message in await desk.messages()] == ["随后一条。"]
    assert await desk.count("pending_replies") == 1


async def test_an_emergency_is_answered_at_once_and_never_closed_with_it(clock: FakeClock) -> None:
    documents = MemoryDocuments(COLLECTIONS, clock=clock)
    await open_case(documents, Track.EMERGENCY)
    desk = office(documents, clock)
    assert not may_close_with_reply(HANDLER, (await desk.case()).value)
    with pytest.raises(IllegalMove):
        await answer(desk)
    assert await answer(desk, "警察马上到。") == ""
    [message] = await desk.messages()
    row = await desk.stores.outbox.get(message.delivery_id)
    assert row is not None
    assert (row.value.message_class, row.value.lane) == (MessageClass.E0, 0)
    assert window_of(row.value.message_class, origin=row.value.origin) is None


async def test_without_time_to_take_it_back_it_leaves_at_once(clock: FakeClock) -> None:
    documents = MemoryDocuments(COLLECTIONS, clock=clock)
    await open_case(documents)
    desk = office(documents, clock, undo_seconds=0)
    await answer(desk)
    assert len(await desk.messages()) == 1


async def test_a_petition_is_not_closed_by_a_message(clock: FakeClock) -> None:
    documents = MemoryDocuments(COLLECTIONS, clock=clock)
    await open_case(documents, Track.APPEAL)
    desk = office(documents, clock)
    assert not may_close_with_reply(HANDLER, (await desk.case()).value)
    with pytest.raises(IllegalMove):
        await answer(desk)
    assert await answer(desk, "请补充时间。")


async def test_a_report_sends_no_words(clock: FakeClock) -> None:
    documents = MemoryDocuments(COLLECTIONS, clock=clock)
    await open_case(documents, Track.REPORT)
    desk = office(documents, clock)
    await desk.reply(INSPECTOR, CASE, "经查已立案", version=await desk.version())
    clock.advance(seconds=UNDO_SECONDS)
    await desk.send.step()
    [message] = await desk.messages()
    row = await desk.stores.outbox.get(message.delivery_id)
    assert row is None or "立案" not in row.value.text


async def test_a_variable_nobody_filled_never_leaves(desk: Office) -> None:
    with pytest.raises(Unfilled) as refused:
        await answer(desk, "请拨打 {{电话}}，找{{ 承办人 }}。")
    assert refused.value.names == ("电话", "承办人")
    assert await desk.count("pending_replies") == 0


async def test_entries_that_staff_answer_with_are_counted(desk: Office) -> None:
    await answer(desk, Reply("见条目。", entry_ids=("id-card",)))
    desk.clock.advance(seconds=UNDO_SECONDS)
    await desk.send.step()
    history = await desk.stores.cases.whole_history(CASE)
    assert history[-1].facts["entries"] == "id-card"
    [stored] = [row async for row in desk.documents.scan("answer_counts")]
    assert (stored.id.partition(":")[2], stored.body) == ("id-card", {"used": 1})
