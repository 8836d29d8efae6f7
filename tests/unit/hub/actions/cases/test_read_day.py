"""One's own day: how pressing each case is, what was finished, and no count of what is hidden."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.actions.cases.queue.read_day import DAYS, Band, Day, ReadDay
from hub.model.agent import Role
from hub.model.cases.case import Case, Snooze
from hub.model.cases.replies.draft import Draft, DraftKind, draft_id
from hub.model.cases.state import CaseState
from hub.model.track import Track
from hub.runtime.clock import day_of as mine_day
from tests.rules import case_rules
from tests.unit.hub.actions.people.office import NOW, PeopleOffice

PHONE = "+8613800000001"
DAY = 86_400_000


class MyDay:
    """Cases in one handler's hands."""

    def __init__(self) -> None:
        self.office = PeopleOffice()
        self.agent = self.office.agent(Role.HANDLER)

    async def case(self, track: Track = Track.CONSULT, *, ago: int = 0, **change: object) -> Case:
        self.office.clock.at = NOW - ago * DAY
        case = await self.office.case(PHONE, track=track)
        proceeding = replace(case.proceeding, handler=self.agent.id, state=CaseState.HANDLING, event="")
        case = replace(case, proceeding=proceeding, **change)  # type: ignore[arg-type]
        await self.office.documents.commit([self.office.stores.cases.update(case, 1)])
        self.office.clock.at = NOW + 1_000
        return case

    async def read(self) -> Day:
        return await ReadDay(self.office.stores, case_rules(), self.office.clock)(self.agent)


@pytest.fixture
def mine() -> MyDay:
    return MyDay()


async def test_each_case_stands_in_the_band_of_what_presses_most(mine: MyDay) -> None:
    overdue = await mine.case(ago=60)
    fresh = await mine.case(waiting=False)
    waiting = await mine.case()
    emergency = await mine.case(Track.EMERGENCY)
    asked = await mine.case()
    state = replace(asked.proceeding, state=CaseState.NEED_INFO)
    await mine.office.documents.commit(
        [mine.office.stores.cases.update(replace(asked, proceeding=state, waiting=False), 2)]
    )
    last = (await mine.office.stores.cases.get(fresh.id)).value  # type: ignore[union-attr]
    day = await mine.read()
    assert {band: [case.id for case in cases] for band, cases in day.bands.items()} == {
        Band.EMERGENCY: [emergency.id],
        Band.OVERDUE: [overdue.id],
        Band.TODAY: [],
        Band.CALL_BACK: [],
        Band.ANSWER: [waiting.id],
        Band.ASKED: [asked.id],
        Band.REST: [last.id],
    }
    assert (day.open, day.more) == (5, False)
    [clock] = [clock for clock in waiting.proceeding.clocks if clock.name == "CONSULT"]
    last_day = case_rules().now.last_day(clock)
    mine.office.clock.at = NOW + (last_day - mine_day(NOW)).days * DAY
    assert waiting.id in {case.id for case in (await mine.read()).bands[Band.TODAY]}


async def test_the_backlog_goes_down_where_cases_ended(mine: MyDay) -> None:
    await mine.case(ago=5)
    closed = await mine.case(ago=3)
    ended = replace(closed, proceeding=replace(closed.proceeding, state=CaseState.CLOSED), updated_at=NOW)
    await mine.office.documents.commit([mine.office.stores.cases.update(ended, 2)])
    day = await mine.read()
    assert [count for _, count in day.backlog] == [0] * (DAYS - 6) + [1, 1, 2, 2, 2, 1]
    assert [case.id for case in day.done] == [closed.id]


async def test_arrivals_are_counted_by_hour_without_what_is_hidden(mine: MyDay) -> None:
    await mine.case(ago=1)
    for _ in range(2):
        await mine.case()
    await mine.office.hide(await mine.office.case(PHONE))
    day = await mine.read()
    assert [(hour, dict(counts)) for hour, counts in day.arrivals.items()] == [(12, {"sms": 2})]


async def test_what_was_put_aside_and_what_was_begun_stand_apart(mine: MyDay) -> None:
    aside = await mine.case(snooze=Snooze(NOW + DAY, mine.agent.id))
    begun, other = await mine.case(), await mine.case()
    drafts = mine.office.stores.drafts
    for case, agent_id, saved_at in ((begun, mine.agent.id, NOW), (other, "somebody", NOW + 1)):
        draft_of = draft_id(agent_id, case.id, DraftKind.NOTE)
        draft = Draft(draft_of, agent_id, case.id, DraftKind.NOTE, saved_at, text="记一下")
        await mine.office.documents.commit([drafts.put(draft, None)])
    day = await mine.read()
    assert [case.id for case in day.later] == [aside.id]
    assert [(case.id, saved_at) for case, saved_at in day.drafts] == [(begun.id, NOW)]
    assert aside.id not in {case.id for cases in day.bands.values() for case in cases}
