"""What all decisions about a judged case have in common: case, history and decision in one unit of work."""

from __future__ import annotations

from collections.abc import Sequence

from hub.actions.cases.casework import Casework
from hub.model.agent import Agent
from hub.model.case import Case
from hub.model.cases.history import HistoryEntry
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
        case: Case,
        entry: HistoryEntry,
        *,
        version: int,
        also: Sequence[Write] = (),
    ) -> None:
        """case, entry: as the decision leaves them. also: writes of the same unit of work.

        Raises `Stale` when somebody was faster.
        """
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
                self._repositories.cases.update(case, version),
                self._repositories.cases.insert_entry(entry),
                self._repositories.triage_decisions.insert(decision),
                *also,
            ]
        )
