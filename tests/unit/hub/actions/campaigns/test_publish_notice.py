"""Publishing on the web by hand: at once, corrected, taken down, with what it said before."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from hub.actions.campaigns.publicity.publish_notice import NoticeDraft, PublishNotice
from hub.model.notice import Notice, NoticeKind
from hub.repositories import notices
from hub.repositories.notices import NoticeRepository
from hub.runtime.clock import FakeClock
from hub.runtime.errors import Invalid, NotFound, Stale
from hub.store.crypto import KeyRing, Vault
from hub.store.memory_documents import MemoryDocuments

ID = "0" * 26
LESSON = NoticeDraft(
    NoticeKind.EDUCATION, "防诈提醒", "请勿转账。", "fraud", "《反电信网络诈骗法》", "fraud-96110"
)


@dataclass
class Desk:
    clock: FakeClock
    documents: MemoryDocuments
    repository: NoticeRepository
    publish: PublishNotice


@pytest.fixture
def desk() -> Desk:
    clock = FakeClock()
    documents = MemoryDocuments(notices.COLLECTIONS, clock=clock)
    repository = NoticeRepository(documents, Vault(KeyRing.fresh()))
    return Desk(clock, documents, repository, PublishNotice(documents, repository, clock, "公安厅"))


async def test_it_is_up_at_once_and_a_second_press_changes_nothing(desk: Desk) -> None:
    first = await desk.publish(LESSON, "officer", notice_id=ID)
    desk.clock.advance(seconds=5)
    assert await desk.publish(replace(LESSON, title="别的"), "officer", notice_id=ID) == first
    assert await desk.repository.list(kind=NoticeKind.EDUCATION) == [first]
    assert (first.publisher, first.author_id, first.topic) == ("公安厅", "officer", "fraud")


async def test_what_it_said_before_stays_with_who_and_when(desk: Desk) -> None:
    first = await desk.publish(LESSON, "officer", notice_id=ID)
    desk.clock.advance(seconds=60)
    await desk.publish.edit(ID, replace(LESSON, text="请不要转账。"), "colleague", version=1)
    with pytest.raises(Stale):
        await desk.publish.edit(ID, replace(LESSON, text="x"), "officer", version=1)
    same = await desk.publish.edit(ID, replace(LESSON, text="请不要转账。"), "officer", version=2)
    [before] = same.versions
    assert (before.text, before.by, before.until) == ("请勿转账。", "officer", desk.clock.at)
    assert (same.text, same.editor_id, same.published_at) == ("请不要转账。", "colleague", first.published_at)
    assert same.updated_at > same.published_at


async def test_what_was_taken_down_is_for_staff_only_and_says_why(desk: Desk) -> None:
    await desk.publish(LESSON, "officer", notice_id=ID)
    with pytest.raises(Invalid):
        await desk.publish.withdraw(ID, " ", "officer")
    await desk.publish.withdraw(ID, "写错了", "officer")
    down = await desk.publish.withdraw(ID, "再来一次", "other")
    assert (down.is_up, down.reason, down.withdrawn_by) == (False, "写错了", "officer")
    assert await desk.repository.list() == []
    assert (await desk.repository.page(limit=10))[0] == [down]
    with pytest.raises(Invalid):
        await desk.publish.edit(ID, LESSON, "officer", version=2)
    with pytest.raises(NotFound):
        await desk.publish.withdraw("none", "x", "officer")


async def test_the_list_goes_on_behind_many_that_were_taken_down(desk: Desk) -> None:
    old = Notice("old", NoticeKind.NOTICE, "旧通知", "x", 1, 1)
    gone = [
        Notice(f"n{number}", NoticeKind.NOTICE, "x", "x", number, number, withdrawn_at=1)
        for number in range(2, 252)
    ]
    await desk.documents.commit([desk.repository.insert(one) for one in (old, *gone)])
    assert await desk.repository.list(5) == [old]


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"title": "", "text": ""}, {"title", "text"}),
        ({"title": "一\n二", "text": "x" * 5001, "law": "x" * 201}, {"title", "text", "law"}),
        ({"topic": ""}, {"topic"}),
        ({"topic": "weather"}, {"topic"}),
        ({"kind": NoticeKind.WARNING}, {"kind"}),
    ],
)
async def test_mistakes_are_said_by_field(desk: Desk, changes: dict[str, object], fields: set[str]) -> None:
    with pytest.raises(Invalid) as refused:
        await desk.publish(replace(LESSON, **changes), "officer", notice_id=ID)  # type: ignore[arg-type]
    assert set(refused.value.problems) == fields


async def test_a_warning_is_never_rewritten_but_may_be_taken_down(desk: Desk) -> None:
    warning = Notice(ID, NoticeKind.WARNING, "台风", "请避让", 1, 1)
    await desk.documents.commit([desk.repository.insert(warning)])
    with pytest.raises(Invalid):
        await desk.publish.edit(ID, LESSON, "officer", version=1)
    assert not (await desk.publish.withdraw(ID, "已解除", "officer")).is_up
