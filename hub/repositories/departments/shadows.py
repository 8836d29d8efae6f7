"""Shadow copies, and what came of them by day."""

from __future__ import annotations

from collections.abc import Mapping

from hub.model.departments.shadow import ShadowCopy
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Add, Collection, Documents, Insert, Update

NAME, DAYS = "department_shadows", "department_shadow_days"
COLLECTIONS = (
    Collection(
        NAME,
        fields={"department": str, "at": int, "differs": int},
        indexes=(("department", "differs", "at"), ("at",)),
    ),
    Collection(DAYS),
)


class ShadowRepository:
    """Reads copies; gives the writes that store them."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._vault = vault
        self._shape = Shape(ShadowCopy, NAME, vault)

    def id_of(self, line: str, client_ref: str) -> str:
        """Of the one copy under this reference; a submission under it is another thing."""
        return self._vault.blind(f"shadow\x1f{line}\x1f{client_ref}")

    async def get(self, id: str) -> Versioned[ShadowCopy] | None:
        """One with its version, or None."""
        stored = await self._documents.get(NAME, id)
        return None if stored is None else self._shape.versioned(stored)

    async def differing(
        self, department: str, *, limit: int, after: str | None = None
    ) -> tuple[list[ShadowCopy], str | None]:
        """Copies with a difference, newest first, and what continues the list."""
        sort = (("at", -1),)
        where = {"department": department, "differs": 1}
        found = await self._documents.find(NAME, where, sort=sort, limit=limit, after=after)
        more = self._documents.cursor(found[-1], sort) if len(found) == limit else None
        return self._shape.listed(found), more

    def insert(self, copy: ShadowCopy) -> Insert:
        """The write of a new one; a Duplicate when it came before."""
        return self._shape.insert(copy)

    def update(self, copy: ShadowCopy, version: int) -> Update:
        """The write that replaces one read at `version`."""
        return self._shape.update(copy, version)

    def count(self, department: str, day: str, amounts: Mapping[str, int]) -> list[Add]:
        """Adds to a local day, `20261201`."""
        wanted = {name: number for name, number in amounts.items() if number}
        return [Add(DAYS, f"{department}:{day}", wanted)] if wanted else []

    async def days(self, department: str, days: list[str]) -> dict[str, Mapping[str, int]]:
        """What was counted on each of `days`, by day; days without copies are left out."""
        found = await self._documents.get_many(DAYS, [f"{department}:{day}" for day in days])
        return {id.rpartition(":")[2]: stored.body for id, stored in found.items()}
