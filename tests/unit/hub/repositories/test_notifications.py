"""What agents are told: once for the same cause, read by case or all at once, no word of the case in it."""

from __future__ import annotations

import pytest

from hub.model.notification import Notification, NotificationKind
from hub.repositories.repositories import COLLECTIONS
from hub.repositories.staff.notifications import NotificationRepository
from hub.runtime.clock import FakeClock
from hub.store.documents import Duplicate
from hub.store.memory_documents import MemoryDocuments
from tests.unit.hub.actions.cases.test_pass_time import VAULT

K = NotificationKind


async def test_what_was_told_is_unread_until_it_is_read() -> None:
    documents = MemoryDocuments(COLLECTIONS, clock=FakeClock(0))
    told = NotificationRepository(documents, VAULT)
    await documents.commit([told.tell("zhang", K.MENTIONED, "one", at=5, cause="note-1")])
    await documents.commit([told.tell("zhang", K.MOVED, "two", at=6), told.tell("li", K.MOVED, "two", at=6)])
    assert [(one.case_id, one.kind) for one in await told.unread("zhang")] == [
        ("two", K.MOVED),
        ("one", K.MENTIONED),
    ]
    await told.read("zhang", at=7, case_id="one")
    assert [one.case_id for one in await told.unread("zhang")] == ["two"]
    await told.read("zhang", at=8)
    assert await told.unread("zhang") == []
    assert [one.read_at for one in await told.newest("zhang")] == [8, 7]
    assert len(await told.unread("li")) == 1


@pytest.mark.parametrize("case_id", ["", "old"])
async def test_however_many_are_unread_all_can_be_read(case_id: str) -> None:
    documents = MemoryDocuments(COLLECTIONS, clock=FakeClock(0))
    told = NotificationRepository(documents, VAULT)
    many = [told.tell("zhang", K.MOVED, "new", at=5, cause=str(number)) for number in range(1_000)]
    await documents.commit([told.tell("zhang", K.MOVED, "old", at=1), *many])
    await told.read("zhang", at=8, case_id=case_id)
    left = await told.unread("zhang", limit=2_000)
    assert [one for one in left if one.case_id == "old"] == []
    assert len(left) == (1_000 if case_id else 0)


async def test_the_same_cause_tells_once() -> None:
    documents = MemoryDocuments(COLLECTIONS, clock=FakeClock(0))
    told = NotificationRepository(documents, VAULT)
    await documents.commit([told.tell("zhang", K.MENTIONED, "one", at=5, cause="note-1")])
    with pytest.raises(Duplicate):
        await documents.commit([told.tell("zhang", K.MENTIONED, "one", at=6, cause="note-1")])


def test_it_has_no_room_for_words_of_the_case() -> None:
    assert set(Notification.__slots__) == {
        "id",
        "agent_id",
        "at",
        "kind",
        "case_id",
        "read_at",
        "campaign_id",
        "department_id",
        "warning_id",
    }
