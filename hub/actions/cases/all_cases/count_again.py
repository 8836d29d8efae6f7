"""Counts every running clock again when a book of rules changed: a notice came, a length was revised.

Last days are not stored, so what changed is found by counting with the rules before and the rules now; what
is stored is only when each case is looked at next. Doing it twice changes nothing.
"""

from __future__ import annotations

from hub.actions.cases.case_rules import CaseRules
from hub.model.cases.case import Case
from hub.model.cases.clock import Rules
from hub.model.cases.passing_time import next_at
from hub.repositories.cases import CaseRepository
from hub.store.codec import Versioned


class CountAgain:
    """All cases to which time will do something."""

    def __init__(self, cases: CaseRepository, rules: CaseRules) -> None:
        self._cases = cases
        self._rules = rules

    async def __call__(self, since: int) -> int:
        """How many last days are not what they were before `since` (ms UTC)."""
        before, now = self._rules.at(since - 1), self._rules.now
        changed = 0
        moved: set[str] = set()  # may come up a second time, behind their new place
        async for page in self._cases.with_due():
            new = [found for found in page if found.value.id not in moved]
            changed += sum(_changed(found.value, before, now) for found in new)
            moved |= await self._reschedule(new, now)
        return changed

    async def _reschedule(self, page: list[Versioned[Case]], now: Rules) -> set[str]:
        due = [(found, next_at(found.value.proceeding, now)) for found in page]
        late = [(found.value.id, found.version, at) for found, at in due if at != found.value.due_at]
        if not late:
            return set()
        for case_id in await self._cases.reschedule(late):
            await self._again(case_id, now)
        return {case_id for case_id, _, _ in late}

    async def _again(self, case_id: str, now: Rules) -> None:
        """One that was changed meanwhile, perhaps by a process that has not seen the new rules."""
        refused = [case_id]
        while refused and (found := await self._cases.get(case_id)) is not None:
            at = next_at(found.value.proceeding, now)
            if at == found.value.due_at:
                return
            refused = await self._cases.reschedule([(case_id, found.version, at)])


def _changed(case: Case, before: Rules, now: Rules) -> int:
    running = (clock for clock in case.proceeding.clocks if not clock.stopped_at)
    return sum(before.last_day(clock) != now.last_day(clock) for clock in running)
