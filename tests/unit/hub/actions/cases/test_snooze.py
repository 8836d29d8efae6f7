"""A case that was put aside is out of its handler's work, of nobody else's, and comes back by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from channels.contract import ChannelKind
from hub.actions.cases.all_cases.put_in_order import PutInOrder
from hub.actions.cases.casework import Casework
from hub.actions.cases.pass_time import PassTime
from hub.actions.cases.queue.query import QueueQuery
from hub.actions.cases.queue.read_queue import ReadQueue
from hub.actions.cases.queue.views import QueueView as V
from hub.actions.cases.snooze_case import SnoozeCase
from hub.actions.cases.step_unit import StepUnit
from hub.actions.cases.tell_citizen import TellCitizen
from hub.actions.deliveries.channel_profile import ChannelProfile
from hub.actions.deliveries.outgoing import Outgoing
from hub.actions.dialogue.texts import Texts
from hub.actions.staff.identities import identities_of
from hub.model.agent import Agent
from hub.model.cases.clock import Clock
from hub.model.cases.clock_names import ClockName
from hub.model.cases.queue.snoozing import UNTIL_SPOKEN, Wake, wake_instant
from hub.model.cases.queue.timing import scheduled
from hub.model.notification import NotificationKind
from hub.model.track import Track
from hub.repositories.repositories import COLLECTIONS
from hub.runtime.clock import FakeClock, to_local
from hub.runtime.errors import Invalid
from hub.store.memory_documents import MemoryDocuments
from tests.rules import RULES, case_rules
from tests.unit.hub.actions.cases.replies.reply_office import (
    CASE,
    COLLEAGUE,
    HANDLER,
    Office,
    office,
    open_case,
)
from tests.unit.hub.actions.cases.test_pass_time import START, VAULT

DAY_S = 86_400


@pytest.fixture
async def desk() -> Office:
    """The case is the handler's."""
    clock = FakeClock(START)
    documents = MemoryDocuments(COLLECTIONS, clock=clock)
    await open_case(documents)
    made = office(documents, clock)
    await give(made, HANDLER)
    return made


async def give(desk: Office, agent: Agent) -> None:
    found = await desk.case()
    given = scheduled(found.value.in_hands_of(agent.id), desk.clock.at, RULES)
    await desk.documents.commit([desk.stores.cases.update(given, found.version)])


async def put_aside(desk: Office, when: str = Wake.TOMORROW, *, at: str = "", by: Agent = HANDLER) -> None:
    snooze = SnoozeCase(Casework(desk.documents, desk.stores), desk.stores, case_rules(), desk.clock)
    await snooze(by, CASE, when, at, " 问户籍科 ", version=await desk.version())


async def pass_time(desk: Office) -> None:
    """By another process, which knows nothing but the store."""
    profiles = {"sms": ChannelProfile("sms", ChannelKind.SMS)}
    outgoing = Outgoing(profiles, desk.stores.conversations, desk.stores.outbox)
    tell = TellCitizen(desk.stores, profiles, outgoing, Texts(), identities_of(desk.documents, VAULT))
    unit = StepUnit(desk.stores, tell, Texts(), case_rules(), organ="测试局")
    await PassTime(desk.documents, desk.stores.cases, unit, case_rules(), desk.clock).step()


async def views(desk: Office, agent: Agent = HANDLER) -> set[V]:
    """Of 全部待办, 我的 and 稍后, those that hold the case and count it."""
    read = ReadQueue(desk.stores, lambda: RULES.calendar, screening_days=2)
    held = set()
    for view in (V.ALL, V.MINE, V.LATER):
        page = await read.page(agent, QueueQuery(view))
        assert len(page.rows) == page.counts[view] == (await read.count(agent, QueueQuery(view)))[0]
        held |= {view} if page.rows else set()
    return held


async def told(desk: Office, agent: Agent = HANDLER) -> list[NotificationKind]:
    return [one.kind for one in await desk.stores.notifications.newest(agent.id)]


async def test_it_leaves_my_work_and_nothing_else_and_comes_back_at_its_time_once(desk: Office) -> None:
    assert await views(desk) == {V.ALL, V.MINE}
    await put_aside(desk)
    assert await views(desk) == {V.ALL, V.LATER}
    assert await views(desk, COLLEAGUE) == {V.ALL}
    until = (await desk.case()).value.snooze.until
    assert f"{to_local(until):%F %H:%M}" == "2026-01-06 08:30"

    desk.clock.advance(seconds=(until - START) / 1000 - 1)
    await pass_time(desk)
    assert (await views(desk), await told(desk)) == ({V.ALL, V.LATER}, [])

    desk.clock.advance(seconds=1)
    for _ in range(2):
        await pass_time(desk)
    assert (await views(desk), await told(desk)) == ({V.ALL, V.MINE}, [NotificationKind.WOKEN])
    assert (await desk.case()).value.reminder == "问户籍科"


async def test_the_reminder_is_sealed_and_goes_with_a_press(desk: Office) -> None:
    await put_aside(desk)
    stored = await desk.documents.get("cases", CASE)
    assert stored
    assert "问户籍科" not in str(stored.body)
    await put_aside(desk, Wake.NOW)
    assert (await desk.case()).value.reminder == ""
    assert await views(desk) == {V.ALL, V.MINE}


async def test_until_the_citizen_writes_no_time_brings_it_back(desk: Office) -> None:
    await put_aside(desk, Wake.SPOKEN)
    desk.clock.advance(seconds=60)
    await pass_time(desk)
    found = (await desk.case()).value
    assert (found.snooze.until, found.due_at < UNTIL_SPOKEN) == (UNTIL_SPOKEN, True)
    await desk.citizen_speaks()
    assert await views(desk) == {V.ALL, V.MINE}


async def test_given_to_somebody_else_it_is_their_work_and_does_not_go_aside_again(desk: Office) -> None:
    await put_aside(desk, Wake.SPOKEN)
    await give(desk, COLLEAGUE)
    assert await views(desk, COLLEAGUE) == {V.ALL, V.MINE}
    await give(desk, HANDLER)
    assert await views(desk) == {V.ALL, V.MINE}


async def test_the_last_day_of_a_limit_brings_it_back_before_its_time(desk: Office) -> None:
    found = await desk.case()
    p = replace(found.value.proceeding, clocks=(Clock(ClockName.HANDLE_60, Track.APPEAL, START),))
    limited = scheduled(replace(found.value, proceeding=p), START, RULES)
    await desk.documents.commit([desk.stores.cases.update(limited, found.version)])
    await put_aside(desk, Wake.AT, at="2026-04-01T09:00")
    last_day = limited.limit_at - DAY_S * 1000
    desk.clock.advance(seconds=(last_day - START) / 1000 - 1)
    await pass_time(desk)
    assert await views(desk) == {V.ALL, V.LATER}
    desk.clock.advance(seconds=1)
    await pass_time(desk)
    assert await views(desk) == {V.ALL, V.MINE}
    assert NotificationKind.WOKEN in await told(desk)
    with pytest.raises(Invalid):
        await put_aside(desk)


async def test_an_emergency_is_never_aside(desk: Office) -> None:
    await put_aside(desk)
    found = await desk.case()
    danger = replace(found.value, proceeding=replace(found.value.proceeding, track=Track.EMERGENCY))
    await desk.documents.commit([desk.stores.cases.update(danger, found.version)])
    assert await views(desk) == {V.ALL, V.MINE}


@pytest.mark.parametrize(
    ("when", "at", "field"),
    [
        ("", "", "when"),
        (Wake.AT, "", "at"),
        (Wake.AT, "2026-01-05T09:59", "at"),
        (Wake.AT, "2026-04-06T10:01", "at"),
    ],
)
async def test_a_time_that_is_none_is_refused(desk: Office, when: str, at: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        await put_aside(desk, when, at=at)
    assert list(refused.value.problems) == [field]


async def test_only_who_handles_it_puts_it_aside(desk: Office) -> None:
    with pytest.raises(Invalid):
        await put_aside(desk, by=COLLEAGUE)
    with pytest.raises(Invalid):
        await put_aside(desk, Wake.NOW, by=COLLEAGUE)


def test_next_monday_is_never_today() -> None:
    monday = wake_instant(Wake.MONDAY, "", START)
    assert f"{to_local(monday):%F %H:%M}" == "2026-01-12 08:30"
    sunday = wake_instant(Wake.MONDAY, "", START + 6 * DAY_S * 1000)
    assert sunday == monday


async def test_what_was_stored_before_anything_could_be_put_aside_is_my_work_after_migration(
    desk: Office,
) -> None:
    case = (await desk.case()).value
    earlier = MemoryDocuments(COLLECTIONS, clock=desk.clock)
    write = desk.stores.cases.insert(case)
    for name in ("aside", "tags"):
        del write.body[name]
    await earlier.commit([write])
    stores = office(earlier, desk.clock).stores
    read = ReadQueue(stores, lambda: RULES.calendar, screening_days=2)
    assert (await read.page(HANDLER, QueueQuery(V.MINE))).rows == ()
    await PutInOrder(stores.cases, RULES, desk.clock)(lambda done, total: None)
    assert len((await read.page(HANDLER, QueueQuery(V.MINE))).rows) == 1
