"""The file of a case (案卷) is taken out of the hub, on paper or as PDF: who did it stands in the history."""

from __future__ import annotations

from hub.actions.cases.read_cases import CaseView, ReadCases
from hub.model.agent import Agent
from hub.model.cases.history import HistoryKind, recorded
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Stale
from hub.store.documents import Conflict, Documents, Duplicate, Write
from hub.store.until_committed import until_committed

_TRIES = 5


class PrintCase:
    """Gives the case as an agent sees it, once it is noted that they take it along."""

    def __init__(
        self, documents: Documents, repositories: Repositories, read_cases: ReadCases, clock: Clock
    ) -> None:
        self._documents = documents
        self._repositories = repositories
        self._read_cases = read_cases
        self._clock = clock

    async def __call__(self, agent: Agent, case_id: str) -> CaseView:
        """The case as it was just before. Raises `NotFound`, `Stale`."""

        async def decide() -> tuple[list[Write], CaseView]:
            view = await self._read_cases.open(agent, case_id)
            after, entry = recorded(
                view.case, at=self._clock.now_ms(), actor=agent.id, kind=HistoryKind.PRINTED
            )
            cases = self._repositories.cases
            return [cases.update(after, view.version), cases.insert_entry(entry)], view

        try:
            return await until_committed(self._documents, decide, tries=_TRIES)
        except (Conflict, Duplicate):
            raise Stale("case") from None
