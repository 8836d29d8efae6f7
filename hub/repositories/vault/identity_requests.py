"""Requests to learn who reported. Reasons are sealed with the keys of the store: custodians read them."""

from __future__ import annotations

from hub.model.staff.identity import IdentityRequest, RequestState
from hub.repositories.vault.identity_rows import REQUESTS
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Documents, Insert, Update


class IdentityRequestRepository:
    """Reads them; gives the writes of one."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._shape = Shape(IdentityRequest, REQUESTS, vault)

    async def get(self, id: str) -> Versioned[IdentityRequest] | None:
        """One with its version, or None."""
        stored = await self._documents.get(REQUESTS, id)
        return None if stored is None else self._shape.versioned(stored)

    async def of_case(self, case_id: str, *, limit: int = 20) -> list[IdentityRequest]:
        """Those for one case, the newest first."""
        where = {"case_id": case_id}
        found = await self._documents.find(REQUESTS, where, sort=(("asked_at", -1),), limit=limit)
        return self._shape.listed(found)

    async def waiting(self, *, limit: int = 100) -> list[Versioned[IdentityRequest]]:
        """Those nobody decided, the oldest first."""
        where = {"state": RequestState.ASKED.value}
        found = await self._documents.find(REQUESTS, where, sort=(("asked_at", 1),), limit=limit)
        return self._shape.listed_versioned(found)

    async def newest(self, *, limit: int = 50) -> list[IdentityRequest]:
        """The last ones, however they stand."""
        found = await self._documents.find(REQUESTS, {}, sort=(("asked_at", -1),), limit=limit)
        return self._shape.listed(found)

    def insert(self, request: IdentityRequest) -> Insert:
        """The write of a new one."""
        return self._shape.insert(request)

    def update(self, request: IdentityRequest, version: int) -> Update:
        """The write of a decision."""
        return self._shape.update(request, version)
