"""Look-ups at the carrier in the store, with their answers sealed and for a time."""

from __future__ import annotations

from collections.abc import Sequence

from hub.model.alarms.carrier_data import CarrierLook
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Collection, Documents, Insert, Update

COLLECTIONS = (
    Collection(
        "carrier_looks",
        fields={"case_id": str, "at": int, "keep_until": int},
        indexes=(("case_id", "at"), ("keep_until",)),
    ),
)

_MOST = 1_000


class CarrierLookRepository:
    """Reads look-ups; gives the writes that store them."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._shape = Shape(CarrierLook, "carrier_looks", vault)

    async def get(self, look_id: str) -> Versioned[CarrierLook] | None:
        """A look-up, or None."""
        stored = await self._documents.get("carrier_looks", look_id)
        return None if stored is None else self._shape.versioned(stored)

    async def of_cases(self, case_ids: Sequence[str]) -> list[CarrierLook]:
        """The look-ups for these cases, the newest first."""
        if not case_ids:
            return []
        where = {"case_id": {"$in": sorted(set(case_ids))}}
        found = self._shape.listed(await self._documents.find("carrier_looks", where, limit=_MOST))
        return sorted(found, key=lambda look: (-look.at, look.id))

    def insert(self, look: CarrierLook) -> Insert:
        """The write of a new one."""
        return self._shape.insert(look)

    def update(self, look: CarrierLook, version: int) -> Update:
        """The write of one read at `version`."""
        return self._shape.update(look, version)
