"""Counts every running clock again when a book of rules changed: a notice came, a length was revised.

Last days are not stored, so what changed is found by counting with the rules before and the rules now; what
is stored is the nearest limit of each case and when it is looked at next. Doing it twice changes nothing.
"""

from __future__ import annotations

from hub.actions.cases.case_rules import CaseRules
from hub.model.cases.case import Case
from hub.model.cases.clock import Rules
from hub.model.cases.queue.order import judged_at
from hub.model.cases.queue.timing import scheduled
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
        late = [(after, found.version) for found in page if (after := _moved(found.value, now)) is not None]
        if not late:
            return set()
        for case_id in await self._cases.reschedule(late):
            await self._again(case_id, now)
        return {case.id for case, _ in late}

    async def _again(self, case_id: str, now: Rules) -> None:
        """One that was changed meanwhile, perhaps by a process that has not seen the new rules."""
        refused = [case_id]
        while refused and (found := await self._cases.get(case_id)) is not None:
            after = _moved(found.value, now)
            if after is None:
                return
            refused = await self._cases.reschedule([(after, found.version)])


def _moved(case: Case, now: Rules) -> Case | None:
    """The case with its limit and its next instant by these rules; None when they are what they were.

    Its place is still that of the instant it was judged for: time passes for it elsewhere.
    """
    after = scheduled(case, judged_at(case), now)
    return None if (after.due_at, after.limit_at) == (case.due_at, case.limit_at) else after


def _changed(case: Case, before: Rules, now: Rules) -> int:
    running = (clock for clock in case.proceeding.clocks if not clock.stopped_at)
    return sum(before.last_day(clock) != now.last_day(clock) for clock in running)
