"""The loops round departments."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from functools import partial

from hub.actions.departments.department_actions import DepartmentActions
from hub.jobs.alone import alone
from hub.jobs.repeat import repeat
from hub.repositories.leases import LeaseRepository
from hub.wiring.foundation import Foundation

_LOOK_SECONDS = 0.5
"""How often it is looked for submissions and receipts that are due."""
_CONTRACT_SECONDS = 3_600.0
"""How often it is looked for contracts that end soon."""
_FOLLOW_SECONDS = 2.0
"""How often it is looked for departments that another process changed."""


def department_jobs(
    base: Foundation, departments: DepartmentActions
) -> dict[str, Callable[[], Awaitable[None]]]:
    """One process at a time notices and tells; each follows the registry."""
    leases = partial(LeaseRepository, base.documents, holder=uuid.uuid4().hex)
    notice, tell = departments.notice_ends.step, departments.tell_receipts.step
    return {
        "departments": partial(repeat, departments.in_force.look, pause_seconds=_FOLLOW_SECONDS),
        "department texts": partial(alone, leases(), "department texts", notice, pause_seconds=_LOOK_SECONDS),
        "contracts": partial(
            alone, leases(), "contracts", departments.warn_contracts.step, pause_seconds=_CONTRACT_SECONDS
        ),
        "callbacks": partial(alone, leases(), "callbacks", tell, pause_seconds=_LOOK_SECONDS),
    }
