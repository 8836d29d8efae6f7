"""Notes who reads what lies behind the compartment (检举控告, 待甄别): once for a look, not for every change
that an open page shows.
"""

from __future__ import annotations

from collections import OrderedDict

from hub.model.agent import Agent
from hub.model.cases.case import Case
from hub.model.staff.audit import AuditAct
from hub.repositories.staff.audit import AuditRepository
from hub.runtime.clock import Clock

ONE_LOOK_MS = 10 * 60_000
_BOUND = 10_000


class NoteAccess:
    """One per process; what is remembered only spares rows."""

    def __init__(self, audit: AuditRepository, clock: Clock) -> None:
        self._audit = audit
        self._clock = clock
        self._noted: OrderedDict[tuple[str, AuditAct, str], int] = OrderedDict()

    async def __call__(self, agent: Agent, case: Case, act: AuditAct) -> None:
        """Nothing is shown before the row is there: a store that cannot take it shows no report."""
        if not case.is_restricted:
            return
        now, look = self._clock.now_ms(), (agent.id, act, case.id)
        if now - self._noted.get(look, -ONE_LOOK_MS) < ONE_LOOK_MS:
            return
        await self._audit.add(act, agent_id=agent.id, case_id=case.id, at=now)
        self._noted[look] = now
        self._noted.move_to_end(look)
        if len(self._noted) > _BOUND:
            self._noted.popitem(last=False)
