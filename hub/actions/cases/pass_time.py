"""What time does to cases: looks for those to which something is due, and writes it, each exactly once.

Any number of processes may look: a case changes at the version that was read, and of two only one writes its
breaches, warnings and notices.
"""

from __future__ import annotations

import logging

from hub.actions.cases.case_rules import CaseRules
from hub.actions.cases.step_unit import StepUnit
from hub.model.cases.case import Case
from hub.model.cases.step import passed, rescheduled
from hub.repositories.cases import CaseRepository
from hub.runtime.clock import Clock
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate

log = logging.getLogger(__name__)

_AT_ONCE = 200


class PassTime:
    """One look after another."""

    def __init__(
        self, documents: Documents, cases: CaseRepository, unit: StepUnit, rules: CaseRules, clock: Clock
    ) -> None:
        self._documents = documents
        self._cases = cases
        self._unit = unit
        self._rules = rules
        self._clock = clock

    async def step(self) -> bool:
        """Everything due now, up to 200 cases; whether there may be more."""
        now = self._clock.now_ms()
        found = await self._cases.due(now, limit=_AT_ONCE)
        for one in found:
            await self._pass(one, now)
        return len(found) == _AT_ONCE

    async def _pass(self, found: Versioned[Case], now: int) -> None:
        step = passed(found.value, now, self._rules.now)
        if step.case == found.value:  # its profile changed since: the instant that was kept is too early
            step = rescheduled(found.value, self._rules.now)
        writes = await self._unit.writes(step, found.version, at=now)
        try:
            await self._documents.commit(writes)
        except (Conflict, Duplicate):
            log.debug("case.time_passed_elsewhere", extra={"case_id": found.value.id})
