"""静默联系: a handler asks that nothing leaves to a citizen by itself, or says that it may again."""

from __future__ import annotations

from campaigns.said import Said
from hub.actions.cases.casework import Casework
from hub.model.agent import Agent, Permission
from hub.model.alarms.silence import Silence, is_silent, said
from hub.model.cases.moves import IllegalMove
from hub.repositories.cases import CaseRepository
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid

MOST_WHY = 200


class SetSilence:
    """Writes who said so, and why, into the history."""

    def __init__(self, casework: Casework, cases: CaseRepository, clock: Clock) -> None:
        self._casework = casework
        self._cases = cases
        self._clock = clock

    async def __call__(self, agent: Agent, case_id: str, why: str, *, silent: bool, version: int) -> None:
        """Raises `NotFound`, `Forbidden`, `Stale`, `Invalid` without a reason, or `IllegalMove` where it is
        so already or the case is over."""
        why = why.strip()
        if not why or len(why) > MOST_WHY:
            raise Invalid({"text": Said("请用 1–%(most)s 个字写明原因", most=MOST_WHY)})
        case = await self._casework.take(agent, case_id, Permission.CASE_REPLY, version=version)
        at = self._clock.now_ms()
        if is_silent(case, at) is silent:
            raise IllegalMove(Said("已经是静默联系") if silent else Said("现在不是静默联系"))
        if silent and not case.is_open:
            raise IllegalMove(Said("工单已经办结"))
        wanted = Silence.ASKED if silent else Silence.LIFTED
        after, entry = said(case, wanted, at=at, by=agent.id, why=why)
        await self._casework.commit([self._cases.update(after, version), self._cases.insert_entry(entry)])
