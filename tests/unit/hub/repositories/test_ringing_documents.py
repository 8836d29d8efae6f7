"""One bell: rung by what a commit touched, after the commit, to everybody who waits for it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from channels.outbox.delivery import DeliveryState
from channels.outbox.ports import OUTBOX, Change, Leased
from hub.actions.cases.open_case import NewCase, OpenCase
from hub.actions.cases.references import References
from hub.model.call import Recording
from hub.model.cases.case import Origin
from hub.model.conversation import Conversation
from hub.model.letter import Letter, LetterState
from hub.model.track import Track
from hub.repositories.repositories import COLLECTIONS, Repositories, repositories
from hub.repositories.ringing_documents import RingingDocuments, touched
from hub.runtime.bell import (
    ALARMS,
    LETTERS,
    QUEUE,
    RECORDINGS,
    SEALED_RECORDINGS,
    Ear,
    LocalBell,
    campaign_topic,
    case_of,
    conversation_topic,
    delivery_topic,
    notification_topic,
)
from hub.runtime.clock import FakeClock
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import Add, Delete, Documents, Duplicate, Insert, Write
from hub.store.sqlite import open_sqlite
from ivr.evidence.recordings import RecordingState
from tests.rules import case_rules
from tests.unit.channels.outbox.outbox_world import a_delivery

NOW = 1_790_049_600_000
CONVERSATION = Conversation("c1", "sms", "sms", "", "", NOW, NOW, count=1)
RECORDING = Recording("r1", "call", "voice", "RE1", "", "", RecordingState.TAKING, NOW)


async def rung(ear: Ear) -> bool:
    return await ear.wait(at_most_seconds=0)


async def test_a_ring_is_heard_once_also_by_who_was_busy_meanwhile() -> None:
    bell = LocalBell()
    with bell.listen(QUEUE) as ear:
        bell.ring(QUEUE)
        bell.ring(QUEUE)
        assert await rung(ear)
        assert not await rung(ear)


async def test_everybody_hears_their_own_topic_and_no_other() -> None:
    bell = LocalBell()
    with bell.listen(QUEUE) as one, bell.listen(QUEUE) as two, bell.listen(OUTBOX) as other:
        bell.ring(QUEUE, RECORDINGS)
        assert [await rung(ear) for ear in (one, two, other)] == [True, True, False]


async def test_who_has_gone_is_rung_no_more() -> None:
    bell = LocalBell()
    with bell.listen(QUEUE) as gone:
        pass
    bell.ring(QUEUE)
    assert not await rung(gone)


async def test_a_stop_is_told_once_to_who_listens_and_to_who_comes_later() -> None:
    bell = LocalBell()
    with bell.listen(QUEUE) as before:
        bell.close()
        with bell.listen(QUEUE) as after:
            for ear in (before, after):
                assert await rung(ear)
                assert ear.over
                assert not await rung(ear)  # a job that listens on does not spin


@pytest.fixture
def bell() -> LocalBell:
    return LocalBell()


@pytest_asyncio.fixture
async def documents(tmp_path: Path, bell: LocalBell) -> AsyncIterator[Documents]:
    engine = await open_sqlite(tmp_path / "hub.db", COLLECTIONS, clock=FakeClock(NOW))
    yield RingingDocuments(engine, bell)
    await engine.close()


@pytest.fixture
def stores(documents: Documents) -> Repositories:
    return repositories(documents, Vault(KeyRing.fresh()), cities={})


async def heard(bell: LocalBell, documents: Documents, writes: Sequence[Write]) -> set[str]:
    """The topics rung by a commit of `writes`."""
    topics = (
        QUEUE,
        OUTBOX,
        RECORDINGS,
        SEALED_RECORDINGS,
        LETTERS,
        conversation_topic("c1"),
        campaign_topic("k1"),
    )
    with ExitStack() as stack:
        ears = {topic: stack.enter_context(bell.listen(topic)) for topic in topics}
        await documents.commit(writes)
        return {topic for topic, ear in ears.items() if await rung(ear)}


async def test_a_message_its_case_and_its_reply_ring_page_queue_and_dispatcher(
    bell: LocalBell, documents: Documents, stores: Repositories
) -> None:
    open_case = OpenCase(
        stores.cases, References(documents, Vault(KeyRing.fresh()), FakeClock(NOW)), case_rules()
    )
    opened = await open_case(NewCase(Track.CONSULT, Origin("sms", "sms"), NOW, text="你好"))
    writes = [
        stores.conversations.insert(CONVERSATION),
        *open_case.writes(opened),
        stores.outbox.insert(a_delivery("d1")),
    ]
    assert await heard(bell, documents, writes) == {conversation_topic("c1"), QUEUE, OUTBOX}


async def test_a_case_is_rung_by_itself_for_who_has_to_know_which_one(
    bell: LocalBell, documents: Documents, stores: Repositories
) -> None:
    open_case = OpenCase(
        stores.cases, References(documents, Vault(KeyRing.fresh()), FakeClock(NOW)), case_rules()
    )
    opened = await open_case(NewCase(Track.CONSULT, Origin("sms", "sms"), NOW, text="你好"))
    draft = await open_case(NewCase(Track.REPORT, Origin("voice", "voice"), NOW, draft=True))
    with bell.overhear(lambda topic: bool(case_of(topic))) as ear:
        await documents.commit(open_case.writes(draft))
        assert not await rung(ear)
        await documents.commit(open_case.writes(opened))
        assert await rung(ear)
        assert {case_of(topic) for topic in ear.taken()} == {opened.case.id}
        assert ear.taken() == frozenset()


async def test_a_draft_rings_nobody_before_it_is_registered(
    bell: LocalBell, documents: Documents, stores: Repositories
) -> None:
    open_case = OpenCase(
        stores.cases, References(documents, Vault(KeyRing.fresh()), FakeClock(NOW)), case_rules()
    )
    opened = await open_case(NewCase(Track.REPORT, Origin("voice", "voice"), NOW, draft=True))
    assert await heard(bell, documents, open_case.writes(opened)) == set()


async def test_a_recording_rings_when_it_can_be_fetched_and_when_it_can_be_heard(
    bell: LocalBell, documents: Documents, stores: Repositories
) -> None:
    assert await heard(bell, documents, [stores.recordings.insert(RECORDING)]) == set()
    ready = stores.recordings.update(replace(RECORDING, state=RecordingState.PENDING), 1)
    assert await heard(bell, documents, [ready]) == {RECORDINGS}
    sealed = stores.recordings.update(replace(RECORDING, state=RecordingState.SEALED), 2)
    assert await heard(bell, documents, [sealed]) == {SEALED_RECORDINGS}
    words = stores.recordings.update(replace(RECORDING, state=RecordingState.TRANSCRIBED), 3)
    assert await heard(bell, documents, [words]) == set()


async def test_a_letter_rings_when_it_waits_and_not_when_it_was_read(
    bell: LocalBell, documents: Documents, stores: Repositories
) -> None:
    letter = Letter("l1", "mail", "f1", "jubao@example.org", NOW, NOW)
    assert await heard(bell, documents, [stores.letters.insert(letter)]) == {LETTERS}
    read = stores.letters.update(replace(letter, state=LetterState.READ), 1)
    assert await heard(bell, documents, [read]) == set()


async def test_a_delivery_rings_when_it_may_leave_and_not_when_it_has_left(
    bell: LocalBell, documents: Documents, stores: Repositories
) -> None:
    row = a_delivery("d1", state=DeliveryState.AMBIGUOUS)
    again = Change(Leased(row, 1), replace(row, state=DeliveryState.READY))
    arrived = Change(Leased(row, 1), replace(row, state=DeliveryState.DELIVERED))
    assert touched(stores.outbox.writes(again)) == {OUTBOX, delivery_topic("d1")}
    assert touched(stores.outbox.writes(arrived)) == {delivery_topic("d1")}


async def test_what_the_dispatcher_notes_of_a_delivery_is_rung_by_its_id(
    bell: LocalBell, documents: Documents, stores: Repositories
) -> None:
    row = a_delivery("d1")
    await documents.commit([stores.outbox.insert(row)])
    with bell.listen(delivery_topic("d1")) as ear, bell.listen(delivery_topic("d2")) as other:
        missed = await stores.outbox.settle([Change(Leased(row, 1), replace(row, state=DeliveryState.HELD))])
        assert missed == []
        assert await rung(ear)
        assert not await rung(other)


def test_a_campaign_is_rung_by_itself_and_by_its_runs_and_not_by_what_is_counted() -> None:
    assert touched([Insert("campaigns", "k1", {"state": "draft"})]) == {"campaign:k1"}
    assert touched([Insert("broadcasts", "b1", {"campaign_id": "k2"})]) == {"campaign:k2"}
    assert touched([Insert("notifications", "n1", {"agent_id": "a1"})]) == {notification_topic("a1")}
    assert touched([Add("progress", "b1", {"rows": 4}), Delete("sessions", "s", 1)]) == set()


async def test_nothing_is_rung_for_what_was_not_committed(
    bell: LocalBell, documents: Documents, stores: Repositories
) -> None:
    await documents.commit([stores.conversations.insert(CONVERSATION)])
    with bell.listen(conversation_topic("c1")) as page:
        with pytest.raises(Duplicate):
            await documents.commit([stores.conversations.insert(CONVERSATION)])
        assert not await rung(page)


async def test_an_alarm_and_a_change_of_duty_ring_the_alarm_page() -> None:
    alarm, page = Insert("alarms", "c1", {}), Insert("duty_pages", "p1", {})
    assert touched([alarm]) == touched([Insert("duty_watches", "w1", {})]) == {ALARMS}
    assert touched([page]) == frozenset()  # an open page says so every two seconds
