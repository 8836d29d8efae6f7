"""The departments as they are now: those of the configuration, and over them those of the registry.

Read by the gate and the dispatcher at every batch, so both look at the dictionaries here, which are changed
in place; what another process saved is seen at the next look.
"""

from __future__ import annotations

from hub.model.campaigns.departments import Department, Departments
from hub.model.departments.registered import RegisteredDepartment
from hub.repositories.departments.registry import DepartmentRepository


class DepartmentsInForce:
    """configured: of `config.toml`; one that is registered under the same id is no longer asked."""

    def __init__(self, configured: Departments, registry: DepartmentRepository) -> None:
        self._configured = configured
        self._registry = registry
        self._by_id: dict[str, Department] = dict(configured.by_id)
        self._registered: dict[str, RegisteredDepartment] = {}
        self.departments = Departments(self._by_id)
        self.quotas = configured.quotas()

    async def look(self) -> None:
        """Reads the registry."""
        found = {one.value.id: one.value for one in await self._registry.list()}
        if found == self._registered:
            return
        self._registered = found
        self._by_id |= {id: one.department() for id, one in found.items()}
        self.quotas.clear()
        self.quotas |= self.departments.quotas()

    def registered(self, id: str) -> RegisteredDepartment | None:
        """A department of the registry, or None."""
        return self._registered.get(id)

    def all_registered(self) -> list[RegisteredDepartment]:
        """Those of the registry, by id."""
        return [self._registered[id] for id in sorted(self._registered)]

    def configured_only(self) -> list[Department]:
        """Those that stand in the configuration and nowhere else."""
        return [one for id, one in self._configured.by_id.items() if id not in self._registered]
