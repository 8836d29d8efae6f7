"""Who may see which case, and which department: one place, default deny.

A REPORT case (检举控告, 12389) and one that may be an accusation (SCREENING, 待甄别) are visible to
inspectors only; for everybody else, administrators included, they do not exist: not in lists, not in counts,
not by their number.

A higher reviewer (复查复核) reads what lies before the higher organ and what is overdue, of which the ladder
of warnings tells them, and no other case.
"""

from __future__ import annotations

from hub.model.agent import GRANTS, Agent, Permission, Role
from hub.model.cases.case import Case
from hub.model.departments.registered import RegisteredDepartment
from hub.model.track import Compartment
from hub.runtime.errors import Forbidden, NotFound


def compartments(agent: Agent) -> frozenset[Compartment]:
    """The compartments whose cases the agent may read."""
    visible = set()
    if agent.may(Permission.CASE_READ):
        visible.add(Compartment.NONE)
    if agent.may(Permission.REPORT_READ):
        visible |= {Compartment.REPORT, Compartment.SCREENING}
    return frozenset(visible)


def may_see(agent: Agent, case: Case) -> bool:
    """Whether the case exists for the agent."""
    if case.compartment not in compartments(agent):
        return False
    return not only_reviews(agent) or case.proceeding.concerns_higher_organ


def may_see_department(agent: Agent, department: RegisteredDepartment) -> bool:
    """Whether the department exists for the agent: for an administrator of the platform, and for its
    members."""
    if agent.may(Permission.DEPARTMENT_MANAGE):
        return True
    return agent.may(Permission.DEPARTMENT_READ) and agent.id in department.members


def only_reviews(agent: Agent) -> bool:
    """Whether the agent reads ordinary cases as a higher reviewer and in no other role."""
    readers = {role for role in agent.roles if Permission.CASE_READ in GRANTS[role]}
    return readers == {Role.HIGHER_REVIEWER}


def require(agent: Agent, case: Case | None, permission: Permission) -> Case:
    """The case, when the agent may see it and do this to it. Raises `NotFound` or `Forbidden`."""
    if case is None or not may_see(agent, case):
        raise NotFound("case")
    if not agent.may(permission):
        raise Forbidden(permission)
    return case
