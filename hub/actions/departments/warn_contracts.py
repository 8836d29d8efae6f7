"""Who looks after a department is told before its contract ends: administrators of the platform, and its
members.

Each is told once of each end: a renewed contract has another one, and is told of again in its time.
"""

from __future__ import annotations

import logging

from hub.actions.departments.department_desk import DepartmentDesk
from hub.model import policy
from hub.model.notification import NotificationKind
from hub.repositories.agents import AgentRepository
from hub.repositories.departments.registry import DepartmentRepository
from hub.repositories.staff.notifications import NotificationRepository
from hub.runtime.clock import Clock
from hub.store.documents import Documents, Duplicate

log = logging.getLogger(__name__)


class WarnContracts:
    """One look at all contracts."""

    def __init__(
        self,
        documents: Documents,
        registry: DepartmentRepository,
        agents: AgentRepository,
        notifications: NotificationRepository,
        desk: DepartmentDesk,
        clock: Clock,
    ) -> None:
        self._documents = documents
        self._registry = registry
        self._agents = agents
        self._notifications = notifications
        self._desk = desk
        self._clock = clock

    async def step(self) -> bool:
        """Tells those who were not told yet; there is never more to do at once."""
        ending = [one.value for one in await self._registry.list() if self._desk.ends_soon(one.value)]
        agents = await self._agents.list() if ending else []
        now = self._clock.now_ms()
        for department in ending:
            for agent in agents:
                if not policy.may_see_department(agent, department):
                    continue
                write = self._notifications.tell_of_department(
                    agent.id,
                    NotificationKind.CONTRACT_ENDS,
                    department.id,
                    at=now,
                    cause=department.contract.ends_on,
                )
                try:
                    await self._documents.commit([write])
                except Duplicate:
                    continue
                log.warning("department.contract_ends", extra={"department": department.id})
        return False
