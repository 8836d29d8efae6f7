"""Warnings for who is to be told: a handler of own cases, the head and supervisors of all, by the ladder.

Rule protected: a case that went behind the compartment since takes its warnings along.
"""

from __future__ import annotations

from hub.model import policy
from hub.model.agent import Agent
from hub.model.cases.case import Case
from hub.model.cases.roles import CaseRole
from hub.model.cases.staff_roles import roles_of
from hub.repositories.case_warnings import CaseWarning
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock

_LOOKED_AT = 200
_SHOWN = 10
_DAYS = 7
_DAY_MS = 86_400_000


class ReadWarnings:
    """Reads for the queue."""

    def __init__(self, repositories: Repositories, clock: Clock) -> None:
        self._repositories = repositories
        self._clock = clock

    async def __call__(self, agent: Agent) -> tuple[tuple[CaseWarning, Case], ...]:
        """The newest of the last week about cases that are open, at most one for each clock of a case."""
        since = self._clock.now_ms() - _DAYS * _DAY_MS
        warnings, visible = self._repositories.case_warnings, policy.compartments(agent)
        found = [
            warning
            for handler_id in (agent.id, None)  # own ones are not lost behind those of everybody
            for warning in await warnings.newest(
                visible, since=since, limit=_LOOKED_AT, handler_id=handler_id
            )
        ]
        found = list({warning.id: warning for warning in found}.values())
        found.sort(key=lambda warning: -warning.at)
        cases = await self._repositories.cases.many(sorted({warning.case_id for warning in found}))
        shown: dict[tuple[str, str], tuple[CaseWarning, Case]] = {}
        newest: dict[tuple[str, str], int] = {}
        for warning in found:
            key = (warning.case_id, warning.clock)
            if warning.citizen or warning.skipped or key in shown or warning.at < newest.get(key, 0):
                continue
            newest[key] = warning.at
            case = cases.get(warning.case_id)
            if case is not None and _is_told(agent, case, warning) and _runs(case, warning):
                shown[key] = (warning, case)
            if len(shown) == _SHOWN:
                break
        return tuple(shown.values())


def _runs(case: Case, warning: CaseWarning) -> bool:
    return any(clock.name == warning.clock and not clock.stopped_at for clock in case.proceeding.clocks)


def _is_told(agent: Agent, case: Case, warning: CaseWarning) -> bool:
    if not policy.may_see(agent, case):
        return False
    played = roles_of(agent.roles, restricted=case.is_restricted) & set(warning.to)
    own_only = CaseRole.HND in played and played <= {CaseRole.HND, CaseRole.UC}
    return bool(played) and (not own_only or case.handler_id in ("", agent.id))
