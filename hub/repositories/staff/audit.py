"""Rows of who read what lies behind the compartment; only added, never changed."""

from __future__ import annotations

from hub.model.staff.audit import AuditAct, AuditEntry, breaks, entry
from hub.store.codec import Shape
from hub.store.crypto import Vault
from hub.store.documents import Collection, Documents, Duplicate

COLLECTIONS = (Collection("audit", fields={"seq": int, "at": int}, indexes=(("seq",), ("at",))),)

_PAGE = 1_000
_TRIES = 50


class AuditRepository:
    """Adds rows and reads them."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._shape = Shape(AuditEntry, "audit", vault)
        self._key = vault.subkey("audit")

    async def add(self, act: AuditAct, *, agent_id: str, case_id: str, at: int) -> None:
        """Adds a row at the end, committed alone. Whoever else adds one meanwhile comes before it.

        Raises `StoreUnavailable`, and `Duplicate` after many others were quicker.
        """
        for left in reversed(range(_TRIES)):
            last = await self.newest(limit=1)
            row = entry(
                last[0] if last else None, act, agent_id=agent_id, case_id=case_id, at=at, key=self._key
            )
            try:
                await self._documents.commit([self._shape.insert(row)])
                return
            except Duplicate:
                if not left:
                    raise

    async def newest(self, *, limit: int = 50) -> list[AuditEntry]:
        """The newest rows first."""
        found = await self._documents.find("audit", {}, sort=(("seq", -1),), limit=limit)
        return self._shape.listed(found)

    async def verify(self) -> tuple[int, tuple[str, ...]]:
        """How many rows there are, and what is wrong with them."""
        rows: list[AuditEntry] = []
        while True:
            after = {"seq": {"$gt": rows[-1].seq if rows else 0}}
            page = await self._documents.find("audit", after, sort=(("seq", 1),), limit=_PAGE)
            rows += self._shape.listed(page)
            if len(page) < _PAGE:
                break
        return len(rows), tuple(f"audit row {one.seq}: {one.fault}" for one in breaks(rows, self._key))
