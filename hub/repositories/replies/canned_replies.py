"""Canned replies, what they said before, and the values of variables per unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hub.model.cases.replies.canned_reply import CannedReply, CannedVersion
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Collection, Documents, Insert, Update, Write

COLLECTIONS = (
    Collection("canned_replies", fields={"changed_at": int}, indexes=(("changed_at",),)),
    Collection("canned_versions"),
    Collection("unit_values"),
)

MOST = 2_000
_OFFICE_ID = "office"


@dataclass(frozen=True, slots=True)
class UnitValues:
    """What variables stand for in a unit. id: of the unit, `office` for all."""

    id: str
    changed_at: int
    changed_by: str
    values: Mapping[str, str] = field(default_factory=dict)


class CannedReplyRepository:
    """Reads; gives the writes."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._canned = Shape(CannedReply, "canned_replies", vault)
        self._versions = Shape(CannedVersion, "canned_versions", vault)
        self._values = Shape(UnitValues, "unit_values", vault)

    async def get(self, id: str) -> Versioned[CannedReply] | None:
        """One, or None."""
        stored = await self._documents.get("canned_replies", id)
        return None if stored is None else self._canned.versioned(stored)

    async def every(self) -> list[CannedReply]:
        """All of them, the newest change first; an office has some hundred."""
        found = await self._documents.find("canned_replies", {}, sort=(("changed_at", -1),), limit=MOST)
        return self._canned.listed(found)

    def insert(self, canned: CannedReply) -> Insert:
        """The write of a new one."""
        return self._canned.insert(canned)

    def update(self, canned: CannedReply, version: int) -> Update:
        """The write of one read at `version`."""
        return self._canned.update(canned, version)

    def insert_version(self, version: CannedVersion) -> Insert:
        """The write of a text that came into use."""
        return self._versions.insert(version)

    async def versions(self, canned_id: str) -> list[CannedVersion]:
        """What it said, the newest first."""
        where = {"id": {"$gte": f"{canned_id}:", "$lt": f"{canned_id};"}}
        return self._versions.listed(
            await self._documents.find("canned_versions", where, sort=(("id", -1),), limit=200)
        )

    async def values(self, unit_id: str) -> Versioned[UnitValues] | None:
        """What variables stand for in a unit ("" = the whole office), or None."""
        stored = await self._documents.get("unit_values", unit_id or _OFFICE_ID)
        return None if stored is None else self._values.versioned(stored)

    def put_values(
        self,
        unit_id: str,
        values: Mapping[str, str],
        found: Versioned[UnitValues] | None,
        *,
        at: int,
        by: str,
    ) -> Write:
        """The write of a unit's values."""
        new = UnitValues(unit_id or _OFFICE_ID, at, by, values)
        return self._values.insert(new) if found is None else self._values.update(new, found.version)
