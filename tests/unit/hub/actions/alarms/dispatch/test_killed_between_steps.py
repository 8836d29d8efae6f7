"""A process that is killed before or after any commit of 接处警: nothing is lost or done twice."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from hub.actions.alarms.dispatch.hear_centre import CentreReport
from hub.model.alarms.handling import StepKind, milestones
from hub.model.cases.history import HistoryKind, broken_link
from hub.repositories.repositories import COLLECTIONS
from hub.runtime.clock import FakeClock
from hub.store.around import DocumentsAround
from hub.store.documents import Documents, Write
from hub.store.memory_documents import MemoryDocuments
from tests.unit.hub.actions.alarms.alarm_office import LI, START
from tests.unit.hub.actions.alarms.dispatch.desk_office import DeskOffice, desk_office_on

COMMITS = 6
"""Taken, dispatched, told to the desk (the try, then its answer), arrived, fed back."""


class Killed(BaseException):
    """The process is gone: nothing of it catches this."""


class Killing(DocumentsAround):
    """The store of a process that is killed at its commit number `at`, before it is stored or just after."""

    def __init__(self, documents: Documents, *, at: int, stored: bool) -> None:
        super().__init__(documents)
        self._at = at
        self._stored = stored
        self.commits = 0

    async def commit(self, writes: Sequence[Write]) -> None:
        """See the port."""
        self.commits += 1
        if self.commits == self._at and not self._stored:
            raise Killed
        await super().commit(writes)
        if self.commits == self._at:
            raise Killed


async def whole_life(office: DeskOffice) -> None:
    """What officer and command centre do; whoever heard nothing does it again under the same key."""
    if (await office.here.alarm("c1")).is_unconfirmed:
        await office.here.in_hand.take(LI, "c1")
    await office.write(StepKind.DISPATCHED, seen=0, key="form-1")
    await office.here.forward.listen()
    for id, event, more in (
        ("r1", "arrived", {}),
        ("r2", "feedback", {"outcome": "handled", "text": "已救出"}),
    ):
        report = CentreReport(id, "c1", event, START + 60_000, **more)
        await office.handling.hear("fuzhou", report)


@pytest.mark.parametrize("stored", [False, True])
@pytest.mark.parametrize("at", range(1, COMMITS + 1))
async def test_the_next_process_goes_on_where_the_killed_one_was(at: int, *, stored: bool) -> None:
    clock = FakeClock(START)
    kept = MemoryDocuments(COLLECTIONS, clock=clock)
    await desk_office_on(kept, clock).here.case(name="c1")
    killing = Killing(kept, at=at, stored=stored)
    with pytest.raises(Killed):
        await whole_life(desk_office_on(killing, clock))
    clock.advance(seconds=10)  # a webhook that was under way is tried again

    after = desk_office_on(kept, clock)
    await whole_life(after)
    alarm = await after.here.alarm("c1")
    kinds = [StepKind.DISPATCHED, StepKind.ARRIVED, StepKind.FEEDBACK]
    assert [step.kind for step in alarm.steps] == kinds
    assert milestones(alarm.steps).outcome == "handled"
    [passing] = alarm.passings
    assert passing.taken_at
    history = await after.here.stores.cases.whole_history("c1")
    assert broken_link(history) is None
    written = [entry.kind for entry in history if entry.kind.startswith("alarm_")]
    assert written == [
        HistoryKind.ALARM_DISPATCHED,
        HistoryKind.ALARM_ARRIVED,
        HistoryKind.ALARM_FEEDBACK,
    ]


async def test_the_kill_tries_every_commit_there_is() -> None:
    clock = FakeClock(START)
    kept = MemoryDocuments(COLLECTIONS, clock=clock)
    await desk_office_on(kept, clock).here.case(name="c1")
    counting = Killing(kept, at=0, stored=False)
    await whole_life(desk_office_on(counting, clock))
    assert counting.commits == COMMITS
