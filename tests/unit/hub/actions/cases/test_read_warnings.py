"""Warnings go up the ladder: whose case it is first, then the head, at last the next higher organ."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.actions.cases.read_warnings import ReadWarnings
from hub.model.agent import Agent, Role
from hub.model.cases.screening import suspected
from hub.repositories.repositories import COLLECTIONS, Repositories, repositories
from hub.runtime.clock import FakeClock
from hub.store.memory_documents import MemoryDocuments
from tests.unit.hub.actions.cases.test_pass_time import DAY, PETITION, START, VAULT, fill, process


class Desk:
    """The petition of `test_pass_time`, accepted on its first day, at some later day."""

    def __init__(self) -> None:
        self.clock = FakeClock(START)
        self.documents = MemoryDocuments(COLLECTIONS, clock=self.clock)
        self.stores: Repositories = repositories(self.documents, VAULT, cities={})

    async def on_day(self, day: int) -> Desk:
        await fill(self.documents)
        for passed in range(1, day + 1):  # the hub ran all the time
            self.clock.at = START + passed * DAY
            while await process(self.documents, self.clock).step():
                pass
        return self

    async def told(self, role: Role, id: str = "x") -> list[tuple[str, str]]:
        agent = Agent(id, id, "", (role,), START)
        found = await ReadWarnings(self.stores, self.clock)(agent)
        return [(warning.clock, warning.key) for warning, case in found if case.id == PETITION]


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (48, {"h1": True, "h2": False, "supervisor": True, "higher": False}),  # 80 %
        (57, {"h1": True, "h2": False, "supervisor": True, "higher": False}),  # three days before
        (61, {"h1": True, "h2": False, "supervisor": True, "higher": True}),  # the day after
    ],
)
async def test_each_step_of_the_ladder_tells_its_people(day: int, told: dict[str, bool]) -> None:
    desk = await Desk().on_day(day)
    people = {"h1": Role.HANDLER, "h2": Role.HANDLER, "supervisor": Role.SUPERVISOR}
    people["higher"] = Role.HIGHER_REVIEWER
    newest = {
        name: any(clock == "HANDLE_60" for clock, _ in await desk.told(role, name))
        for name, role in people.items()
    }
    assert newest == told


async def test_a_case_that_went_behind_the_compartment_takes_its_warnings_along() -> None:
    desk = await Desk().on_day(57)
    found = await desk.stores.cases.get(PETITION)
    assert found
    hidden, entry = suspected(found.value, at=desk.clock.at, actor="h1", seen_by=())
    await desk.documents.commit(
        [desk.stores.cases.update(replace(hidden), found.version), desk.stores.cases.insert_entry(entry)]
    )
    assert await desk.told(Role.SUPERVISOR) == []
