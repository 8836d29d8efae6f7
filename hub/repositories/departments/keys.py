"""Keys of departments, when each was last used, and the nonces that were seen.

A nonce is a document under its own id: of two requests with the same one only one can be stored, whatever
process they reach, and a restart forgets none.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub.model.departments.department_key import DepartmentKey
from hub.repositories.agents import token_digest
from hub.runtime.ids import derived_id
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Collection, Conflict, Documents, Duplicate, Insert, Update

KEYS, USES, NONCES = "department_keys", "department_key_uses", "department_nonces"
COLLECTIONS = (
    Collection(
        KEYS,
        fields={"digest": str, "department": str, "line": str, "created_at": int},
        indexes=(("department", "created_at"), ("line", "created_at")),
        unique=(("digest",),),
    ),
    Collection(USES),
    Collection(NONCES, fields={"until": int}, indexes=(("until",),)),
)
_MOST = 500
_USE_MS = 60_000
"""A use is noted once in so long: it is shown to a person, and every call would write otherwise."""


@dataclass(frozen=True, slots=True)
class KeyUse:
    """When a key was last used (ms UTC), and from which address."""

    at: int
    source: str


class DepartmentKeyRepository:
    """Reads keys; gives the writes that store them."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._shape = Shape(DepartmentKey, KEYS, vault)

    async def by_token(self, token: str) -> DepartmentKey | None:
        """The key that was presented, or None."""
        stored = await self._documents.find_one(KEYS, {"digest": token_digest(token)})
        return None if stored is None else self._shape.load(stored)

    async def get(self, id: str) -> Versioned[DepartmentKey] | None:
        """One with its version, or None."""
        stored = await self._documents.get(KEYS, id)
        return None if stored is None else self._shape.versioned(stored)

    async def of_department(self, department: str) -> list[DepartmentKey]:
        """All of a department, newest first."""
        found = await self._documents.find(
            KEYS, {"department": department}, sort=(("created_at", -1),), limit=_MOST
        )
        return self._shape.listed(found)

    async def of_line(self, line: str) -> list[DepartmentKey]:
        """Those that replaced each other, newest first."""
        found = await self._documents.find(KEYS, {"line": line}, sort=(("created_at", -1),), limit=_MOST)
        return self._shape.listed(found)

    def insert(self, key: DepartmentKey) -> Insert:
        """The write of a new key."""
        return self._shape.insert(key)

    def update(self, key: DepartmentKey, version: int) -> Update:
        """The write that replaces a key read at `version`."""
        return self._shape.update(key, version)

    async def spend_nonce(self, key: DepartmentKey, nonce: str, *, until: int) -> bool:
        """Whether nobody came with it before; durable when it returns. until: ms UTC, when it is
        forgotten."""
        try:
            await self._documents.commit([Insert(NONCES, derived_id(key.id, nonce), {"until": until})])
        except Duplicate:
            return False
        return True

    async def note_use(self, key: DepartmentKey, source: str, *, at: int) -> None:
        """Notes when and from where it was used; of two at once one is enough."""
        before = await self._documents.get(USES, key.id)
        if before is not None and before.body["at"] > at - _USE_MS and before.body["source"] == source:
            return
        body = {"at": at, "source": source}
        write = Insert(USES, key.id, body) if before is None else Update(USES, key.id, body, before.version)
        try:
            await self._documents.commit([write])
        except (Conflict, Duplicate):
            return

    async def uses(self, ids: list[str]) -> dict[str, KeyUse]:
        """Of the keys that were used, by id."""
        found = await self._documents.get_many(USES, ids)
        return {id: KeyUse(stored.body["at"], stored.body["source"]) for id, stored in found.items()}
