"""Changes of accounts that wait for a second person, and those that were decided."""

from __future__ import annotations

from hub.model.staff.account_change import AccountChange
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Body, Collection, Documents, Insert, Update

COLLECTIONS = (
    Collection(
        "account_changes",
        fields={"agent_id": str, "open": int, "at": int},
        indexes=(("open", "at"), ("agent_id", "at")),
    ),
)

_MANY = 200


class AccountChangeRepository:
    """Reads changes; gives the writes that store them."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._shape = Shape(AccountChange, "account_changes", vault)

    async def get(self, id: str) -> Versioned[AccountChange] | None:
        """A change with its version, or None."""
        stored = await self._documents.get("account_changes", id)
        return None if stored is None else self._shape.versioned(stored)

    async def waiting(self) -> list[Versioned[AccountChange]]:
        """Those nobody decided yet, the oldest first."""
        found = await self._documents.find("account_changes", {"open": 1}, sort=(("at", 1),), limit=_MANY)
        return self._shape.listed_versioned(found)

    async def decided(self, *, limit: int = 50) -> list[AccountChange]:
        """Those that were decided, the newest first."""
        found = await self._documents.find("account_changes", {"open": 0}, sort=(("at", -1),), limit=limit)
        return self._shape.listed(found)

    def insert(self, change: AccountChange) -> Insert:
        """The write of a new change."""
        write = self._shape.insert(change)
        write.body.update(_fields(change))
        return write

    def update(self, change: AccountChange, version: int) -> Update:
        """The write of a change read at `version`."""
        write = self._shape.update(change, version)
        write.set.update(_fields(change))
        return write


def _fields(change: AccountChange) -> Body:
    return {"open": int(not change.decided_at)}
