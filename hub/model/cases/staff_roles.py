"""Which parts of the procedure a staff member may play (`docs/case-roles.md`).

Behind the compartment an inspector does what handlers, triage and clerks do outside; nobody else plays a part
there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hub.model.agent import Agent, Role
from hub.model.cases.case import Case
from hub.model.cases.moves import IllegalMove
from hub.model.cases.roles import ROLE_NAME, CaseRole
from hub.model.cases.table import rows_of

R = CaseRole

_OUTSIDE: Mapping[Role, frozenset[CaseRole]] = {
    Role.HANDLER: frozenset({R.OP, R.TRI, R.UC, R.HND, R.CB}),
    Role.SUPERVISOR: frozenset({R.TRI, R.UC, R.LEAD, R.SUP}),
    Role.HIGHER_REVIEWER: frozenset({R.REV}),
}
_BEHIND: Mapping[Role, frozenset[CaseRole]] = {
    Role.INSPECTOR: frozenset({R.INS, R.LEAD, R.OP, R.TRI, R.UC, R.HND, R.SUP, R.CB}),
}


def roles_of(roles: Iterable[Role], *, restricted: bool) -> frozenset[CaseRole]:
    """The parts that staff roles play, for a case behind the compartment or an ordinary one."""
    table = _BEHIND if restricted else _OUTSIDE
    return frozenset(part for role in roles for part in table.get(role, frozenset()))


def role_for(agent: Agent, case: Case, event: str) -> CaseRole:
    """The part in which the agent may do this to the case. Raises `IllegalMove` when there is none."""
    played = roles_of(agent.roles, restricted=case.is_restricted)
    wanted = [role for row in rows_of(event) for role in row.may(case.track)]
    found = next((role for role in wanted if role in played), None)
    if found is None:
        who = "、".join(dict.fromkeys(ROLE_NAME[role] for role in wanted))
        raise IllegalMove(f"您的岗位不能办理这一步，可以由{who}办理")
    return found
