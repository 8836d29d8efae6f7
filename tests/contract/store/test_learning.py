"""What is counted and kept of use, on every engine: ranges by id, counters that go down again, cursors."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from hub.model.conversation import Author, Direction, Message
from hub.model.question import Question
from hub.model.tally import Tally
from hub.repositories.repositories import COLLECTIONS, Repositories, repositories
from hub.runtime.clock import FakeClock
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import Conflict, Documents, Duplicate
from tests.contract.store.conftest import Engine

MONDAY, TUESDAY = date(2026, 11, 16), date(2026, 11, 17)


@pytest.fixture
async def documents(engine: Engine) -> Documents:
    return await engine.open(COLLECTIONS, FakeClock())


@pytest.fixture
def stores(documents: Documents) -> Repositories:
    return repositories(documents, Vault(KeyRing.fresh()), cities={})


async def test_counters_are_added_to_taken_from_and_read_by_days(
    documents: Documents, stores: Repositories
) -> None:
    counts = stores.knowledge.answer_counts
    await documents.commit(
        [counts.add("a", MONDAY, {"answered": 2}), counts.add("a:b", TUESDAY, {"helpful": 1})]
    )
    await documents.commit(
        [
            counts.add("a", MONDAY, {"answered": 1}),
            counts.add("a:b", TUESDAY, {"helpful": -1, "unhelpful": 1}),
        ]
    )
    assert await counts.between(MONDAY, MONDAY) == {"a": {MONDAY: Tally(answered=3)}}
    assert (await counts.between(MONDAY, TUESDAY))["a:b"] == {TUESDAY: Tally(unhelpful=1)}
    assert await counts.between(date(2026, 1, 1), date(2026, 11, 15)) == {}
    with pytest.raises(ValueError, match="no such counter"):
        counts.add("a", MONDAY, {"liked": 1})


async def test_a_cursor_is_moved_by_one_reader(documents: Documents, stores: Repositories) -> None:
    never = await stores.cursors.get("answers")
    assert (never.value, never.version) == ("", 0)
    await documents.commit([stores.cursors.move("answers", never, "1")])
    with pytest.raises(Duplicate):
        await documents.commit([stores.cursors.move("answers", never, "2")])
    known = await stores.cursors.get("answers")
    await documents.commit([stores.cursors.move("answers", known, "2")])
    with pytest.raises(Conflict):
        await documents.commit([stores.cursors.move("answers", known, "3")])
    assert (await stores.cursors.get("answers")).value == "2"


async def test_what_was_said_is_read_in_the_order_of_its_ids(
    documents: Documents, stores: Repositories
) -> None:
    said = Message(
        "01a1", "c", 1, Direction.OUT, Author.ROBOT, 1, offered=True, entry_ids=("a", "b"), text="一"
    )
    ids = ["01a3", "01a1", "web-chat:ff", "01a2"]
    await documents.commit(
        [
            stores.conversations.insert_message(replace(said, id=id, seq=number))
            for number, id in enumerate(ids, 1)
        ]
    )
    found = await stores.conversations.said_between("01a1", "01a3", limit=10)
    assert [message.id for message in found] == ["01a2"]
    assert found[0].offered is True
    assert [message.id for message in await stores.conversations.said_between("", "02", limit=2)] == [
        "01a1",
        "01a2",
    ]


async def test_questions_are_newest_first_and_forgotten_by_conversation(
    documents: Documents, stores: Repositories
) -> None:
    questions = stores.knowledge.questions
    first = Question("q1", 1, "c1", "web-chat", 10, text="怎么备案")
    second = replace(first, id="q2", asked_at=2, conversation_id="c2")
    assert await questions.changes() == 0
    await documents.commit([questions.insert(first), questions.insert(second), questions.changed()])
    assert await questions.changes() == 1
    assert [found.value for found in await questions.newest(limit=5)] == [second, first]
    assert await questions.since(2, limit=5) == [second]
    assert await questions.forget("c1") == 1
    assert await questions.forget("c1") == 0
    assert [found.value.id for found in await questions.newest(limit=5)] == ["q2"]
