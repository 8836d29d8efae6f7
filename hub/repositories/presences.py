"""Who has a case open, kept until nobody says so any more. Each row is written by one process only."""

from __future__ import annotations

from collections.abc import Sequence

from hub.model.desk.presence import Presence
from hub.store.codec import Shape
from hub.store.crypto import Vault
from hub.store.documents import Collection, Documents

COLLECTIONS = (
    Collection(
        "presences",
        fields={
            **dict.fromkeys(("case_id", "agent_id", "compartment"), str),
            **dict.fromkeys(("since", "active_at", "until", "seen_at", "begun_at", "typed_at"), int),
        },
        indexes=(("seen_at",), ("until",)),
    ),
)

_MANY = 5_000


class PresenceRepository:
    """Reads and writes presences; what is written here is no business and needs no unit of work."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._shape = Shape(Presence, "presences", vault)

    async def changed_since(self, instant: int) -> list[Presence]:
        """What was written after an instant (ms UTC)."""
        found = await self._documents.find(
            "presences", {"seen_at": {"$gt": instant}}, sort=(("seen_at", 1),), limit=_MANY
        )
        return self._shape.listed(found)

    async def write(self, presences: Sequence[tuple[Presence, int]]) -> None:
        """Stores presences, each with the version it was stored at, 0 for a new one."""
        new = [(one.id, self._shape.body(one)) for one, version in presences if not version]
        known = [(one.id, version, self._shape.body(one)) for one, version in presences if version]
        if new:
            await self._documents.insert_many("presences", new)
        if known:
            await self._documents.settle("presences", known)
