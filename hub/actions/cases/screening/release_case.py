"""放行: an inspector gives a case of 待甄别 to the ordinary queue, at the rank of its arrival.

Ordinary staff read in its history that it was assigned; why, stays with those who read REPORT cases.
"""

from __future__ import annotations

from campaigns.said import Said
from hub.actions.cases.casework import Casework
from hub.actions.cases.screening.keep_decision import KeepDecision
from hub.model.agent import Agent, Permission
from hub.model.cases.screening import released
from hub.model.cases.step import Step
from hub.model.cases.triage_decision import DecisionKind
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid

_MAX_REASON = 500


class ReleaseCase:
    """Decides that a case is no accusation."""

    def __init__(self, casework: Casework, keep: KeepDecision, clock: Clock) -> None:
        self._casework = casework
        self._keep = keep
        self._clock = clock

    async def __call__(self, agent: Agent, case_id: str, reason: str, *, version: int) -> None:
        """Raises `Invalid`, `NotFound`, `Forbidden`, `Stale` or `IllegalMove`."""
        reason = reason.strip()
        if not reason:
            raise Invalid({"reason": "请写明放行理由"})
        if len(reason) > _MAX_REASON:
            raise Invalid({"reason": Said("放行理由最多 %(most)s 个字", most=_MAX_REASON)})
        case = await self._casework.take(agent, case_id, Permission.REPORT_READ, version=version)
        after, entry = released(case, at=self._clock.now_ms(), actor=agent.id, reason=reason)
        await self._keep(agent, DecisionKind.RELEASED, Step(after, (entry,)), version=version)
