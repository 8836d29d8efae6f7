"""Which parts of the procedure a staff member may play (`docs/case-roles.md`).

Behind the compartment an inspector does what handlers, triage and clerks do outside; nobody else plays a part
there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from campaigns.said import Listed, Said
from hub.model.agent import Agent, Permission, Role
from hub.model.cases.attempt import Attempt
from hub.model.cases.case import Case
from hub.model.cases.guards import RETURNS_TO_SUPERIOR
from hub.model.cases.moves import IllegalMove
from hub.model.cases.roles import ROLE_NAME, CaseRole
from hub.model.cases.table import Row, rows_of

R = CaseRole

_OUTSIDE: Mapping[Role, frozenset[CaseRole]] = {
    Role.HANDLER: frozenset({R.OP, R.TRI, R.UC, R.HND, R.CB}),
    Role.SUPERVISOR: frozenset({R.TRI, R.UC, R.LEAD, R.SUP}),
    Role.HIGHER_REVIEWER: frozenset({R.REV}),
}
_BEHIND: Mapping[Role, frozenset[CaseRole]] = {
    Role.INSPECTOR: frozenset({R.INS, R.LEAD, R.OP, R.TRI, R.UC, R.HND, R.SUP, R.CB}),
}
_ANSWERS = frozenset({"agree_return", "refuse_return"})


def roles_of(roles: Iterable[Role], *, restricted: bool) -> frozenset[CaseRole]:
    """The parts that staff roles play, for a case behind the compartment or an ordinary one."""
    table = _BEHIND if restricted else _OUTSIDE
    return frozenset(part for role in roles for part in table.get(role, frozenset()))


def as_played(agent: Agent, case: Case, attempt: Attempt) -> Attempt:
    """The attempt, by the agent in the part that may do this to the case as it stands.

    Of several parts the first is taken that no standing guard refuses. Raises `IllegalMove` when the agent
    plays none of them.
    """
    fitting = _fitting(case, attempt.event)
    rows = (fitting,) if fitting else rows_of(attempt.event)
    wanted = [role for row in rows for role in row.may(case.track)]
    played = roles_of(agent.roles, restricted=case.is_restricted)
    found = [role for role in wanted if role in played]
    if not found:
        who = Listed(map(Said, dict.fromkeys(ROLE_NAME[role] for role in wanted)))
        raise IllegalMove(Said("您的岗位不能办理这一步，可以由%(who)s办理", who=who))
    if elsewhere := other_unit(agent, case, attempt.event):
        raise IllegalMove(elsewhere)
    asked = [replace(attempt, role=role) for role in found]
    return next((one for one in asked if fitting and not refusal(case, fitting, one)), asked[0])


def as_registrar(agent: Agent, case: Case, attempt: Attempt) -> Attempt:
    """The attempt, by whoever may be on duty for alarms as the registrar of what 110 is told, whatever else
    they are. Raises `IllegalMove` as `as_played` does."""
    if agent.may(Permission.ALARM_DUTY) and not case.is_restricted:
        return replace(attempt, role=R.OP)
    return as_played(agent, case, attempt)


def other_unit(agent: Agent, case: Case, event: str) -> str:
    """Why an agent of this unit has no say where two units disagree about a case (管辖争议), "" when they do.

    The unit that has the case objects. The unit that sent it answers, or one above it; the third return is
    decided by one above both (信访工作条例 24). In an office that is not divided everybody stands for all.
    """
    place, sender, receiver = agent.place, case.unit_id, case.proceeding.unit_id
    if place.below is None or case.is_restricted:
        return ""
    if event == "object":
        return "" if receiver in place.own else Said("只有收件单位可以提出异议")
    if event not in _ANSWERS:
        return ""
    if not place.reaches(sender):
        return Said("由转送单位或其上级单位决定是否退回")
    above = place.reaches(receiver) and place.own.isdisjoint({sender, receiver})
    if case.proceeding.returned >= RETURNS_TO_SUPERIOR and not above:
        return Said("已是第三次退回，由共同的上一级机关决定")
    return ""


def refusal(case: Case, row: Row, attempt: Attempt) -> str:
    """Why it cannot happen now whatever is typed, by the guards of the row; "" when it can."""
    return next((reason for guard in row.when if (reason := guard(case.proceeding, attempt))), "")


def plays_in(agent: Agent, case: Case, event: str) -> bool:
    """Whether the agent plays a part in this event of the case as it stands."""
    row = _fitting(case, event)
    played = roles_of(agent.roles, restricted=case.is_restricted)
    return row is not None and not played.isdisjoint(row.may(case.track))


def _fitting(case: Case, event: str) -> Row | None:
    """The row that the table would take."""
    fits = (row for row in rows_of(event) if case.state in row.sources and case.track in row.tracks)
    return next(fits, None)
