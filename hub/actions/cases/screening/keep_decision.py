"""What all decisions about a judged case have in common: case, history and decision in one unit of work."""

from __future__ import annotations

from collections.abc import Sequence

from hub.actions.cases.casework import Casework
from hub.model.agent import Agent
from hub.model.cases.step import Step
from hub.model.cases.triage_decision import DecisionKind, TriageDecision
from hub.repositories.repositories import Repositories
from hub.runtime.ids import new_id
from hub.store.documents import Write


class KeepDecision:
    """Stores what was decided."""

    def __init__(self, casework: Casework, repositories: Repositories) -> None:
        self._casework = casework
        self._repositories = repositories

    async def __call__(
        self,
        agent: Agent,
        kind: DecisionKind,
        step: Step,
        *,
        version: int,
        also: Sequence[Write] = (),
    ) -> None:
        """step: the case as the decision leaves it. also: writes of the same unit of work.

        Raises `Stale` when somebody was faster.
        """
        case, entry = step.case, step.entries[-1]
        decision = TriageDecision(
            id=new_id(entry.at),
            case_id=case.id,
            kind=kind,
            at=entry.at,
            by=agent.id,
            text=case.text or case.title,
            reason=entry.text,
        )
        await self._casework.commit(
            [
                *self._repositories.cases.step_writes(step, version),
                self._repositories.triage_decisions.insert(decision),
                *also,
            ]
        )
