"""Drafts stay with who typed them; a note never leaves; who is named in it or follows a case is told."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from hub.model.cases.replies.draft import DraftKind
from hub.model.cases.replies.mentions import mentioned_in
from hub.model.notification import NotificationKind
from hub.model.track import Track
from hub.repositories.repositories import COLLECTIONS
from hub.runtime.clock import FakeClock
from hub.runtime.errors import NotFound, Stale
from hub.store.memory_documents import MemoryDocuments
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

K = NotificationKind


async def an_office(track: Track = Track.SERVICE) -> Office:
    clock = FakeClock(START)
    documents = MemoryDocuments(COLLECTIONS, clock=clock)
    await open_case(documents, track)
    return office(documents, clock)


async def test_a_draft_is_its_authors_and_others_see_only_that_there_is_one() -> None:
    desk = await an_office()
    assert await desk.draft(HANDLER, CASE, DraftKind.REPLY, "请带身份证") == START
    case = (await desk.case()).value
    own, other = await desk.read(HANDLER, case), await desk.read(COLLEAGUE, case)
    assert (own.drafts[DraftKind.REPLY].text, own.others) == ("请带身份证", ())
    assert (dict(other.drafts), other.others) == ({}, ("张三",))
    stored = json.dumps([row.body async for row in desk.documents.scan("drafts")], ensure_ascii=False)
    assert "身份证" not in stored


async def test_behind_the_compartment_not_even_a_name_is_told() -> None:
    desk = await an_office(Track.REPORT)
    await desk.draft(INSPECTOR, CASE, DraftKind.REPLY, "请补充时间")
    case = (await desk.case()).value
    assert (await desk.read(replace(INSPECTOR, id="another"), case)).others == ()
    with pytest.raises(NotFound):
        await desk.draft(HANDLER, CASE, DraftKind.REPLY, "看不到")


async def test_a_draft_goes_when_it_is_sent_or_emptied() -> None:
    desk = await an_office()
    await desk.draft(HANDLER, CASE, DraftKind.REPLY, "好的")
    await desk.reply(HANDLER, CASE, "好的", version=await desk.version())
    assert await desk.count("drafts") == 0
    await desk.draft(HANDLER, CASE, DraftKind.REPLY, "好的")  # saved while it was sent, and comes late
    assert await desk.count("drafts") == 0
    await desk.draft(HANDLER, CASE, DraftKind.NOTE, "核实")
    await desk.draft(HANDLER, CASE, DraftKind.NOTE, " ")
    assert await desk.count("drafts") == 0


async def test_a_text_that_came_back_is_not_overwritten_by_a_page_that_did_not_show_it() -> None:
    desk = await an_office()
    sent = await desk.reply(HANDLER, CASE, "写错了", version=await desk.version())
    await desk.undo(HANDLER, sent.pending_id)
    found = await desk.stores.drafts.get(HANDLER.id, CASE, DraftKind.REPLY)
    assert found
    with pytest.raises(Stale):
        await desk.draft(HANDLER, CASE, DraftKind.REPLY, "旧页面上的字")
    await desk.draft(HANDLER, CASE, DraftKind.REPLY, "改好了", base=found.value.saved_at)
    await desk.draft(HANDLER, CASE, DraftKind.REPLY, "再改")
    drafts = (await desk.read(HANDLER, (await desk.case()).value)).drafts
    assert drafts[DraftKind.REPLY].text == "再改"


async def test_a_note_is_told_to_whom_it_names_and_leaves_by_no_way() -> None:
    desk = await an_office()
    await desk.note(HANDLER, CASE, "@李四 @王五 请核实车牌", version=await desk.version())
    [told] = await desk.stores.notifications.unread(COLLEAGUE.id)
    assert (told.kind, told.case_id) == (K.MENTIONED, CASE)
    # The inspector is named too, but may not see the case.
    assert await desk.stores.notifications.unread(INSPECTOR.id) == []
    [entry] = [one for one in await desk.stores.cases.whole_history(CASE) if one.kind == "noted"]
    assert entry.facts == {"mentions": COLLEAGUE.id}

    await desk.reply(HANDLER, CASE, "正在核实。", version=await desk.version())
    desk.clock.advance(seconds=UNDO_SECONDS)
    await desk.send.step()
    assert [message.text for message in await desk.messages()] == ["正在核实。"]
    left = [await desk.stores.outbox.get(row.id) async for row in desk.documents.scan("outbox")]
    assert [row.value.text for row in left if row] == ["正在核实。"]


async def test_followers_are_told_of_the_citizen_and_of_moves_and_nobody_of_what_they_did() -> None:
    desk = await an_office()
    for agent in (HANDLER, COLLEAGUE):
        await desk.follow(agent, CASE, follows=True)
        await desk.follow(agent, CASE, follows=True)
    await desk.citizen_speaks()
    await desk.note(HANDLER, CASE, "记一笔", version=await desk.version())
    await desk.close_by(COLLEAGUE)
    kinds = [one.kind for one in await desk.stores.notifications.newest(HANDLER.id)]
    assert sorted(kinds) == [K.CITIZEN_REPLIED, K.MOVED]
    assert [one.kind for one in await desk.stores.notifications.newest(COLLEAGUE.id)] == [K.CITIZEN_REPLIED]

    await desk.follow(HANDLER, CASE, follows=False)
    assert await desk.stores.follows.followers(CASE) == (COLLEAGUE.id,)


async def test_nobody_follows_what_they_may_not_see() -> None:
    desk = await an_office(Track.REPORT)
    with pytest.raises(NotFound):
        await desk.follow(HANDLER, CASE, follows=True)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@李四光请看", ("b",)),
        ("@李四 和 ＠李四光", ("a", "b")),
        ("李四没有被点名", ()),
        ("@赵六", ("c", "d")),
    ],
)
def test_names_in_a_note(text: str, named: tuple[str, ...]) -> None:
    assert mentioned_in(text, {"a": "李四", "b": "李四光", "c": "赵六", "d": "赵六"}) == named
