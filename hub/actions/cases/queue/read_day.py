"""One's own day: what is in one's hands, the most pressing first, what was finished, what came in.

Everything is read after the policy and bounded; what is beyond the bound is said to be there, not counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from hub.actions.cases.case_rules import CaseRules
from hub.actions.cases.queue.needs_of import NeedsOf
from hub.actions.cases.read_procedure import limits_of
from hub.model import policy
from hub.model.agent import Agent
from hub.model.cases.case import Case
from hub.model.cases.clock import ClockState
from hub.model.cases.queue.selection import Selection
from hub.model.cases.queue.snoozing import is_aside
from hub.model.cases.queue.standing import Todo, todo_of
from hub.model.cases.state import CaseState
from hub.model.people.contact import Need
from hub.model.track import Track
from hub.model.units.sight import Sight
from hub.repositories.repositories import Repositories
from hub.runtime.clock import CHINA, Clock, to_local, to_ms

_MINE = 200
_DONE = 50
_BEGUN = 20
_ARRIVALS = 5_000
_ENDED = 1_000
DAYS = 14


class Band(StrEnum):
    """How pressing a case in one's hands is."""

    EMERGENCY = "emergency"
    OVERDUE = "overdue"
    TODAY = "today"
    CALL_BACK = "call_back"  # 待回访
    ANSWER = "answer"  # the citizen waits for us
    ASKED = "asked"  # we wait for the citizen; the limits go on
    REST = "rest"


@dataclass(frozen=True, slots=True)
class Day:
    """bands: of what is open in one's hands, in the order of `Band`; more: there is more than was read. done:
    what was finished today. arrivals: cases received today by hour (0 to 23) and kind of channel, cut: only
    the newest were counted. backlog: how many were open in one's hands at the end of each of the last 14
    days. needs: of who brought the open ones, by case. later: put aside, in no band. drafts: cases in which
    the agent began to write, with when, the newest first.
    """

    bands: Mapping[Band, Sequence[Case]]
    more: bool
    done: Sequence[Case]
    arrivals: Mapping[int, Mapping[str, int]]
    cut: bool
    backlog: Sequence[tuple[date, int]]
    needs: Mapping[str, Sequence[Need]]
    later: Sequence[Case] = ()
    drafts: Sequence[tuple[Case, int]] = ()

    @property
    def open(self) -> int:
        """How many there are in the bands."""
        return sum(map(len, self.bands.values()))


class ReadDay:
    """Reads for agents."""

    def __init__(self, repositories: Repositories, rules: CaseRules, clock: Clock) -> None:
        self._cases = repositories.cases
        self._lists = repositories.case_queue
        self._drafts = repositories.drafts
        self._needs_of = NeedsOf(repositories)
        self._rules = rules
        self._clock = clock

    async def __call__(self, agent: Agent) -> Day:
        """The agent's own day, up to now."""
        now = self._clock.now_ms()
        today, visible = to_local(now).date(), policy.sight(agent)
        page = await self._lists.page(_in_hands_of(agent, visible, is_open=1), limit=_MINE)
        cases = [found.value for found in page.cases if policy.may_see(agent, found.value)]
        bands: dict[Band, list[Case]] = {band: [] for band in Band}
        for case in cases:
            if not is_aside(case):
                bands[self._band(case, now)].append(case)
        ended = await self._lists.page(_in_hands_of(agent, visible, is_open=0), limit=_DONE)
        done = [one.value for one in ended.cases if one.value.updated_at >= _begins(today)]
        arrivals, cut = await self._arrivals(agent, today)
        return Day(
            bands={band: tuple(found) for band, found in bands.items()},
            more=page.next is not None,
            done=tuple(case for case in done if policy.may_see(agent, case)),
            arrivals=arrivals,
            cut=cut,
            backlog=await self._backlog(agent, cases, today),
            needs=await self._needs_of(cases),
            later=tuple(case for case in cases if is_aside(case)),
            drafts=await self._begun(agent),
        )

    async def _begun(self, agent: Agent) -> list[tuple[Case, int]]:
        drafts = await self._drafts.of_agent(agent.id, limit=_BEGUN)
        cases = await self._cases.many(list({draft.case_id for draft in drafts}))
        newest = {draft.case_id: draft.saved_at for draft in reversed(drafts)}
        return [
            (cases[id], saved_at)
            for id, saved_at in sorted(newest.items(), key=lambda one: -one[1])
            if id in cases and policy.may_see(agent, cases[id])
        ]

    def _band(self, case: Case, now: int) -> Band:
        if case.track is Track.EMERGENCY:
            return Band.EMERGENCY
        limits = [limit for limit in limits_of(case, self._rules.now, now) if not limit.window]
        if any(limit.state is ClockState.BREACHED or limit.days_left < 0 for limit in limits):
            return Band.OVERDUE
        if any(limit.state is ClockState.RUNNING and limit.days_left == 0 for limit in limits):
            return Band.TODAY
        if todo_of(case) is Todo.CALL_BACK:
            return Band.CALL_BACK
        if case.state is CaseState.NEED_INFO:
            return Band.ASKED
        return Band.ANSWER if case.waiting else Band.REST

    async def _arrivals(self, agent: Agent, today: date) -> tuple[Mapping[int, Mapping[str, int]], bool]:
        """Nothing for a higher reviewer, who sees few of the cases that arrive."""
        if policy.only_reviews(agent):
            return {}, False
        since = _begins(today)
        found = await self._cases.arrivals(policy.sight(agent), since, limit=_ARRIVALS)
        hours: dict[int, Counter[str]] = {}
        for received_at, kind in found:
            if received_at >= since:
                hours.setdefault(to_local(received_at).hour, Counter())[kind] += 1
        return hours, len(found) == _ARRIVALS

    async def _backlog(self, agent: Agent, cases: Sequence[Case], today: date) -> list[tuple[date, int]]:
        """Of what is in the agent's hands now or ended there; the last change of what ended is taken for its
        end."""
        days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
        ended = await self._cases.ended(policy.compartments(agent), agent.id, _begins(days[0]), limit=_ENDED)
        spans = [(case.received_at, 0) for case in cases] + ended
        return [
            (day, sum(_is_open(span, _begins(day + timedelta(days=1))) for span in spans)) for day in days
        ]


def _in_hands_of(agent: Agent, visible: Sight, *, is_open: int) -> Selection:
    return Selection(visible, {"open": (is_open,), "handler_id": (agent.id,)})


def _is_open(span: tuple[int, int], at: int) -> bool:
    received_at, ended_at = span
    return received_at < at and (not ended_at or ended_at >= at)


def _begins(day: date) -> int:
    return to_ms(datetime.combine(day, time(), CHINA))
