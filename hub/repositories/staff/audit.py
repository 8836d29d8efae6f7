"""Rows of who read what lies behind the compartment; only added, never changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from hub.model.staff.audit import AuditAct, AuditEntry, breaks, entry
from hub.store.codec import Shape
from hub.store.crypto import Vault
from hub.store.documents import Collection, Documents, Duplicate, Insert, Write

COLLECTIONS = (
    Collection(
        "audit",
        fields={"seq": int, "at": int, "agent_id": str, "case_id": str, "act": str},
        indexes=(("seq",), ("at",), ("agent_id", "seq"), ("case_id", "seq"), ("act", "seq")),
    ),
)

_PAGE = 1_000
_TRIES = 50


class AuditRepository:
    """Adds rows and reads them."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._shape = Shape(AuditEntry, "audit", vault)
        self._key = vault.subkey("audit")

    async def add(
        self,
        act: AuditAct,
        *,
        agent_id: str,
        case_id: str,
        at: int,
        fields: tuple[str, ...] = (),
        also: Sequence[Write] = (),
    ) -> None:
        """Adds a row at the end. Whoever else adds one meanwhile comes before it. also: writes of the same
        commit, whose `Conflict` is the caller's.

        Raises `StoreUnavailable`, and `Duplicate` after many others were quicker.
        """
        for left in reversed(range(_TRIES)):
            last = await self.newest(limit=1)
            before = last[0] if last else None
            row = entry(before, act, agent_id=agent_id, case_id=case_id, at=at, key=self._key, fields=fields)
            try:
                await self._documents.commit([self._shape.insert(row), *also])
                return
            except Duplicate as taken:
                if taken.write.collection != "audit" or not left:
                    raise

    async def next(self, act: AuditAct, *, agent_id: str, at: int, fields: tuple[str, ...]) -> Insert:
        """The write of a row about no case, at the end as it is now: `Duplicate` if somebody is quicker."""
        last = await self.newest(limit=1)
        before = last[0] if last else None
        row = entry(before, act, agent_id=agent_id, case_id="", at=at, key=self._key, fields=fields)
        return self._shape.insert(row)

    async def newest(self, *, limit: int = 50) -> list[AuditEntry]:
        """The newest rows first."""
        found = await self._documents.find("audit", {}, sort=(("seq", -1),), limit=limit)
        return self._shape.listed(found)

    async def found(
        self, *, agent_id: str = "", case_id: str = "", act: str = "", before: int = 0, limit: int = 50
    ) -> list[AuditEntry]:
        """Those of a person, a case and an act, "" = any, the newest first. before: only those before this
        number, 0 = from the newest."""
        where: dict[str, Any] = {"seq": {"$lt": before}} if before else {}
        wanted = {"agent_id": agent_id, "case_id": case_id, "act": act}
        where |= {name: value for name, value in wanted.items() if value}
        rows = await self._documents.find("audit", where, sort=(("seq", -1),), limit=limit)
        return self._shape.listed(rows)

    async def verify(
        self, noted: Mapping[int, str] = MappingProxyType({}), *, first: int = 1
    ) -> tuple[int, tuple[str, ...]]:
        """How many rows there are, and what is wrong with them. noted: hashes of rows as the chain of heads
        noted them, by their numbers. first: the row to begin with; the one before it is believed."""
        rows: list[AuditEntry] = []
        while True:
            after = {"seq": {"$gt": rows[-1].seq if rows else max(0, first - 2)}}
            page = await self._documents.find("audit", after, sort=(("seq", 1),), limit=_PAGE)
            rows += self._shape.listed(page)
            if len(page) < _PAGE:
                break
        problems = [f"audit row {one.seq}: {one.fault}" for one in breaks(rows, self._key, first=first)]
        problems += [
            f"audit row {one.seq} is another one than the chain of heads noted"
            for one in rows
            if noted.get(one.seq, one.hash) != one.hash
        ]
        return rows[-1].seq if rows else 0, tuple(problems)
