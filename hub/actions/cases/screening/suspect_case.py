"""疑似检举: who works on a case and recognises an accusation of police puts it behind the compartment.

From then on it exists for inspectors only. Its history names who had worked on it before. Questions that were
kept of its conversation for the editors of the knowledge base are deleted first, so that a failure between
leaves too little and never too much.
"""

from __future__ import annotations

from hub.actions.cases.casework import Casework
from hub.actions.cases.screening.keep_decision import KeepDecision
from hub.model.agent import Agent, Permission
from hub.model.cases.screening import seen_by, suspected
from hub.model.cases.step import Step
from hub.model.cases.triage_decision import DecisionKind
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock


class SuspectCase:
    """Puts an ordinary case into 待甄别."""

    def __init__(
        self, casework: Casework, keep: KeepDecision, repositories: Repositories, clock: Clock
    ) -> None:
        self._casework = casework
        self._keep = keep
        self._repositories = repositories
        self._clock = clock

    async def __call__(self, agent: Agent, case_id: str, *, version: int) -> None:
        """Raises `NotFound`, `Forbidden`, `Stale` or `IllegalMove`."""
        case = await self._casework.take(agent, case_id, Permission.CASE_REPLY, version=version)
        history = await self._repositories.cases.whole_history(case_id)
        known = {*seen_by(case, history), agent.id}
        after, entry = suspected(case, at=self._clock.now_ms(), actor=agent.id, seen_by=known)
        questions = self._repositories.knowledge.questions
        await questions.forget(case.origin.conversation_id)
        await self._keep(
            agent, DecisionKind.SUSPECTED, Step(after, (entry,)), version=version, also=[questions.changed()]
        )
