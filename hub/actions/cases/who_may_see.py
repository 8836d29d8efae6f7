"""Who may see a case, and why: for whoever sees it, from the table that decides (`hub/model/policy.py`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub.model import policy
from hub.model.agent import Agent
from hub.model.cases.case import Case
from hub.model.cases.state import CaseState
from hub.model.policy import Access
from hub.model.units.tree import Tree
from hub.model.units.unit import Unit
from hub.repositories.repositories import Repositories
from hub.runtime.errors import NotFound


@dataclass(frozen=True, slots=True)
class Seer:
    """Somebody who sees it. rows: those of the table that say so. unit: theirs, None for one not known."""

    agent: Agent
    rows: Sequence[Access]
    unit: Unit | None


@dataclass(frozen=True, slots=True)
class WhoSees:
    """chain: from the root down to the unit the case stands in. divided: whether cases are seen by unit.
    decides: who does while the unit it was sent to says that it is not theirs, None otherwise.
    """

    case: Case
    version: int
    chain: Sequence[Unit]
    divided: bool
    seers: Sequence[Seer]
    decides: Unit | None = None


class WhoMaySee:
    """Reads for agents."""

    def __init__(self, repositories: Repositories) -> None:
        self._repositories = repositories

    async def __call__(self, agent: Agent, case_id: str) -> WhoSees:
        """Raises `NotFound` where the case does not exist for the agent."""
        found = await self._repositories.cases.get(case_id)
        if found is None or not policy.may_see(agent, found.value):
            raise NotFound("case")
        case = found.value
        units = self._repositories.units
        tree, division = Tree.of(await units.list()), (await units.division.get()).value
        seers = [
            Seer(other, rows, tree.units.get(other.unit_id))
            for other in await self._repositories.agents.list()
            if (rows := policy.why(other, case))
        ]
        at = case.proceeding.unit_id
        disputed = case.state is CaseState.OBJECTION
        decides = tree.common_superior(case.unit_id or tree.root.id, at) if disputed else None
        return WhoSees(case, found.version, tree.chain(at or case.unit_id), division.divided, seers, decides)
