"""The registry of departments. They are few: all are read at once."""

from __future__ import annotations

from hub.model.departments.registered import RegisteredDepartment
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Collection, Documents, Insert, Update

NAME = "departments"
COLLECTIONS = (Collection(NAME),)
_MOST = 1000


class DepartmentRepository:
    """Reads departments; gives the writes that store them."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._shape = Shape(RegisteredDepartment, NAME, vault)

    async def get(self, id: str) -> Versioned[RegisteredDepartment] | None:
        """One with its version, or None."""
        stored = await self._documents.get(NAME, id)
        return None if stored is None else self._shape.versioned(stored)

    async def list(self) -> list[Versioned[RegisteredDepartment]]:
        """All, by id."""
        return self._shape.listed_versioned(await self._documents.find(NAME, {}, limit=_MOST))

    def insert(self, department: RegisteredDepartment) -> Insert:
        """The write of a new one; a Duplicate when the id is taken."""
        return self._shape.insert(department)

    def update(self, department: RegisteredDepartment, version: int) -> Update:
        """The write that replaces one read at `version`."""
        return self._shape.update(department, version)
