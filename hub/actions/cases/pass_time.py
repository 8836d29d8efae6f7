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
from hub.runtime.errors import HubError
from hub.store.codec import Versioned
from hub.store.documents import MAX_LIMIT, Conflict, Documents, Duplicate

log = logging.getLogger(__name__)

_AT_ONCE = 200
_PUT_OFF_MS = 300_000
"""How long a case is left alone that could not be written."""


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
        self._put_off: dict[str, int] = {}

    async def step(self) -> bool:
        """Everything due now, up to 200 cases; whether there is more to do at once.

        A case that cannot be written is put off and said in the log: it holds up no other.
        """
        now = self._clock.now_ms()
        self._put_off = {id: until for id, until in self._put_off.items() if until > now}
        found = await self._cases.due(now, limit=min(_AT_ONCE + len(self._put_off), MAX_LIMIT))
        todo = [one for one in found if one.value.id not in self._put_off][:_AT_ONCE]
        written = [await self._pass(one, now) for one in todo]
        return len(todo) == _AT_ONCE and any(written)

    async def _pass(self, found: Versioned[Case], now: int) -> bool:
        case = found.value
        try:
            step = passed(case, now, self._rules.now)
            if step.case == case:  # only its place in the queue changed, or its profile did since
                step = rescheduled(case, now, self._rules.now)
            writes = await self._unit.writes(step, found.version, at=now, by_time=True)
            await self._documents.commit(writes)
        except Conflict:
            return True  # somebody else was faster: the next look sees what they left
        except (Duplicate, HubError) as problem:
            self._put_off[case.id] = now + _PUT_OFF_MS
            log.error("case.time_not_passed", extra={"case_id": case.id, "error": type(problem).__name__})
            return False
        return True
