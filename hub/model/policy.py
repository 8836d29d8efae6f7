"""Who may see which case, and which department: one place, default deny.

A REPORT case (检举控告, 12389) and one that may be an accusation (SCREENING, 待甄别) are visible to
inspectors only; for everybody else, administrators included, they do not exist: not in lists, not in counts,
not by their number.

Ordinary cases are seen by unit (`ACCESS`, docs/adr/0053): a handler has the own unit's and those in the own
hands, a unit that routes and a supervisor the subtree. Open danger is seen by all who may be on duty for it.

A higher reviewer (复查复核) reads what lies before the higher organ and what is overdue, of which the ladder
of warnings tells them, and no other case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from hub.model.agent import GRANTS, Agent, Permission, Role
from hub.model.cases.case import Case
from hub.model.cases.queue.order import in_queue
from hub.model.cases.state import CaseState
from hub.model.departments.registered import RegisteredDepartment
from hub.model.track import Compartment, Track
from hub.model.units.place import Place
from hub.model.units.sight import Clause, Sight
from hub.runtime.errors import Forbidden, NotFound


class Reach(StrEnum):
    """How far somebody sees from the own unit."""

    UNIT = "unit"  # 本单位: the own unit's cases
    BELOW = "below"  # 本级及下级: the whole subtree
    HANDS = "hands"  # 本人承办: in the own hands, or in those of who is absent
    ANYWHERE = "anywhere"  # 全部


@dataclass(frozen=True, slots=True)
class Access:
    """A row of the table. compartments: of these. tracks: of these alone, () for all. routing: only in a unit
    that routes. open_only, higher_only: only what is open, or concerns the higher organ."""

    role: Role
    reach: Reach
    compartments: tuple[Compartment, ...] = (Compartment.NONE,)
    tracks: tuple[Track, ...] = ()
    routing: bool = False
    open_only: bool = False
    higher_only: bool = False


ACCESS: tuple[Access, ...] = (
    Access(Role.HANDLER, Reach.UNIT),
    Access(Role.HANDLER, Reach.BELOW, routing=True),
    Access(Role.HANDLER, Reach.HANDS),
    Access(Role.HANDLER, Reach.ANYWHERE, tracks=(Track.EMERGENCY,), open_only=True),
    Access(Role.SUPERVISOR, Reach.BELOW),
    Access(Role.SUPERVISOR, Reach.HANDS),
    Access(Role.SUPERVISOR, Reach.ANYWHERE, tracks=(Track.EMERGENCY,), open_only=True),
    Access(Role.HIGHER_REVIEWER, Reach.BELOW, higher_only=True),
    Access(Role.INSPECTOR, Reach.ANYWHERE, (Compartment.REPORT, Compartment.SCREENING)),
)
"""Role × unit × track × compartment. What no row allows does not exist for the agent."""


def sight(agent: Agent) -> Sight:
    """All that exists for the agent."""
    return _sight(agent.id, agent.roles if agent.active else (), agent.place)


def compartments(agent: Agent) -> frozenset[Compartment]:
    """The compartments of which the agent may read at least some cases."""
    return sight(agent).compartments


def may_see(agent: Agent, case: Case) -> bool:
    """Whether the case exists for the agent."""
    inside = [one for one in sight(agent).clauses if case.compartment in one.compartments]
    if any(not clause.fields for clause in inside):
        return True
    fields = looked_at(case) if inside else {}
    return any(clause.holds(fields) for clause in inside)


def why(agent: Agent, case: Case) -> tuple[Access, ...]:
    """The rows of the table by which the agent sees the case; none where it does not exist for them."""
    fields = looked_at(case)
    return tuple(
        row
        for row in ACCESS
        if row.role in agent.roles
        and agent.active
        and (clause := _clause(row, agent.id, agent.place)) is not None
        and clause.holds(fields)
    )


def may_give(agent: Agent, other: Agent, case: Case) -> bool:
    """Whether the agent may put the case into the other's hands: the other sees it, or belongs to a unit that
    lies below the agent's. Of what stands behind a wall nobody learns by being given it."""
    if may_see(other, case):
        return True
    shares = case.compartment is Compartment.NONE and Compartment.NONE in compartments(other)
    below = agent.place.reaches(other.unit_id) and any(
        row.reach is Reach.BELOW and (not row.routing or agent.place.routes)
        for row in ACCESS
        if row.role in agent.roles
    )
    return shares and not only_reviews(other) and below


def looked_at(case: Case) -> Mapping[str, Any]:
    """The fields of a case that `ACCESS` asks for, stored by `queue/standing.py`."""
    return {
        "compartment": case.compartment,
        "unit": case.proceeding.unit_id or case.unit_id,
        "handler_id": case.handler_id,
        "track": case.track,
        "open": 2 if case.state is CaseState.DRAFT else int(in_queue(case)),
        "higher": int(case.proceeding.concerns_higher_organ),
    }


@lru_cache(maxsize=4096)
def _sight(agent_id: str, roles: tuple[Role, ...], place: Place) -> Sight:
    rows = [row for row in ACCESS if row.role in roles]
    by_fields: dict[tuple[Any, ...], set[Compartment]] = {}
    for row in rows:
        clause = _clause(row, agent_id, place)
        if clause is not None:
            by_fields.setdefault(clause.fields, set()).update(clause.compartments)
    everything = by_fields.get((), set())
    found = []
    for fields, inside in by_fields.items():
        left = inside - everything if fields else inside
        if left:
            found.append(Clause.of(left, dict(fields)))
    return Sight(tuple(one for one in found if not any(_covers(other, one) for other in found)))


def _clause(row: Access, agent_id: str, place: Place) -> Clause | None:
    if row.routing and not place.routes:
        return None
    fields: dict[str, tuple[str | int, ...]] = {}
    match row.reach:
        case Reach.UNIT:
            fields["unit"] = tuple(place.own)
        case Reach.BELOW if place.below is not None:
            fields["unit"] = tuple(place.below)
        case Reach.HANDS:
            fields["handler_id"] = (agent_id, *place.stands_in)
    if row.tracks:
        fields["track"] = row.tracks
    if row.open_only:
        fields["open"] = (1,)
    if row.higher_only:
        fields["higher"] = (1,)
    return Clause.of(row.compartments, fields)


def _covers(one: Clause, other: Clause) -> bool:
    """Whether all of `other` is in `one` already: the same fields, each with more values."""
    if one == other or [name for name, _ in one.fields] != [name for name, _ in other.fields]:
        return False
    return set(other.compartments) <= set(one.compartments) and all(
        set(theirs) <= set(ours) for (_, ours), (_, theirs) in zip(one.fields, other.fields, strict=True)
    )


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
