"""A change of an account that may read REPORT cases, decide who may or learn who reported, or read who did:
it waits for a second person.

Rule protected: an administrator, who sees no case, must not come to see reports (检举控告) by making an
inspector, by setting an inspector's password anew, or by letting one in again. Nor by making a second
administrator, who would then confirm. Whoever has the machine or the keys stands outside this promise.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from hub.model.agent import GRANTS, Agent, Permission, Role

SHELL = "shell"
"""As the one who asked: a command on the machine."""
_DECIDES = frozenset({Permission.REPORT_READ, Permission.AGENT_MANAGE})
_TRUSTED = _DECIDES | {Permission.IDENTITY_DECIDE, Permission.AUDIT_READ}


class AccountChangeKind(StrEnum):
    """What takes effect when it is confirmed."""

    CREATE = "create"  # the account can log in
    RESET = "reset"  # the new one-time password holds, all logins end
    ENABLE = "enable"  # the account can log in again
    RIGHTS = "rights"  # it has these roles, in this unit
    REMOVE = "remove"  # it is gone for good; never waits, like every shutting out


@dataclass(frozen=True, slots=True)
class AccountChange:
    """One change. by: id of the agent who asked, or `SHELL`. password_hash: of a reset. at, decided_at: ms
    UTC, 0 = waits. decided_by: id or `SHELL`. refused: it never took effect.
    roles, unit_id: of `RIGHTS`.
    """

    id: str
    agent_id: str
    kind: AccountChangeKind
    by: str
    at: int
    password_hash: str = ""
    decided_at: int = 0
    decided_by: str = ""
    refused: bool = False
    roles: tuple[Role, ...] = ()
    unit_id: str = ""


CONFLICTS: tuple[tuple[str, str], ...] = (
    (Role.PUBLICITY, Role.PUBLICITY_LEAD),
    (Role.PUBLICITY, Role.SUPERVISOR),
    (Role.ADMIN, "auditor"),
)
"""Roles that one person must not have together: who writes campaigns and who approves them, who makes
accounts and who looks through what was done. By name: a role
that does not exist is in conflict with nothing."""


def conflict_of(roles: Iterable[Role]) -> tuple[str, str] | None:
    """The first two of these roles that one person must not have together, None where they may."""
    held = frozenset(map(str, roles))
    return next(((one, other) for one, other in CONFLICTS if {one, other} <= held), None)


def is_trusted(roles: Iterable[Role]) -> bool:
    """Whether accounts with these roles are changed by two persons only."""
    return any(_TRUSTED & GRANTS[role] for role in roles)


def may_decide(agent: Agent, change: AccountChange) -> bool:
    """Inspectors and administrators, but neither who asked nor whom it is about."""
    return agent.id not in (change.by, change.agent_id) and any(map(agent.may, _DECIDES))
