"""The page of a department's cut-over: where it stands, what is open, what both platforms did differently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from hub.actions.departments.cutover.checklist import Checklist, ChecklistLine, ShadowDay, still_open
from hub.actions.departments.department_desk import DepartmentDesk
from hub.model.agent import Agent
from hub.model.departments.cutover import Cutover, Phase, PhaseMove
from hub.model.departments.registered import RegisteredDepartment
from hub.model.departments.sent_once import SentTwice
from hub.model.departments.shadow import ShadowCopy
from hub.repositories.agents import AgentRepository
from hub.repositories.departments.records import DepartmentRecords

_PAGE = 20


@dataclass(frozen=True, slots=True)
class CutoverOverview:
    """cutover: None where nobody began one, and nothing else is there then. differences: of the days shown,
    by reason, without those explained. differing, twice: newest first. names: of agents, by id."""

    department: RegisteredDepartment
    cutover: Cutover | None
    lines: list[ChecklistLine]
    days: list[ShadowDay]
    differences: Mapping[str, int]
    differing: list[ShadowCopy]
    more_differing: str | None
    twice: list[SentTwice]
    more_twice: str | None
    moves: list[PhaseMove]
    names: Mapping[str, str]

    @property
    def open(self) -> list[ChecklistLine]:
        """What stands in the way."""
        return still_open(self.lines)


class ReadCutover:
    """Reads."""

    def __init__(
        self, records: DepartmentRecords, desk: DepartmentDesk, checklist: Checklist, agents: AgentRepository
    ) -> None:
        self._records = records
        self._desk = desk
        self._checklist = checklist
        self._agents = agents

    async def __call__(
        self, agent: Agent, id: str, *, differing_after: str | None = None, twice_after: str | None = None
    ) -> CutoverOverview:
        """Raises `NotFound` for a department that does not exist for the agent."""
        department = await self._desk.one_for(agent, id)
        found = await self._records.cutovers.get(id)
        if found is None:
            return CutoverOverview(department, None, [], [], {}, [], None, [], None, [], {})
        cutover = found.value
        days = await self._checklist.days(cutover)
        differences = Counter[str]()
        for day in days:
            differences.update(day.differences)
        differing, more = await self._records.shadows.differing(id, limit=_PAGE, after=differing_after)
        twice, more_twice = await self._records.sent_texts.twice(id, limit=_PAGE, after=twice_after)
        return CutoverOverview(
            department,
            cutover,
            await self._checklist(department, cutover),
            days,
            dict(sorted(differences.items())),
            differing,
            more,
            twice,
            more_twice,
            await self._records.cutovers.moves(id),
            {one.id: one.name for one in await self._agents.list()},
        )

    async def phases(self, departments: list[str]) -> dict[str, Phase]:
        """By department, of those that have a cut-over."""
        return {id: one.phase for id, one in (await self._records.cutovers.of_all(departments)).items()}
