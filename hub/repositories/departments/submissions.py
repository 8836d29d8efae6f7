"""Submissions, what was admitted of each department, and its traffic by day."""

from __future__ import annotations

from collections.abc import Mapping

from hub.model.departments.admission import Admission
from hub.model.departments.submission import Submission
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Add, Collection, Documents, Insert, Update

NAME, ADMISSIONS, TRAFFIC = "submissions", "department_admissions", "department_traffic"
COLLECTIONS = (
    Collection(
        NAME,
        fields={"department": str, "at": int, "look_at": int},
        indexes=(("department", "at"), ("look_at",), ("at",)),
    ),
    Collection(ADMISSIONS),
    Collection(TRAFFIC),
)


class SubmissionRepository:
    """Reads submissions; gives the writes that store them."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._vault = vault
        self._shape = Shape(Submission, NAME, vault)
        self._admissions = Shape(Admission, ADMISSIONS, vault, personal=frozenset())

    async def get(self, id: str) -> Versioned[Submission] | None:
        """One with its version, or None."""
        stored = await self._documents.get(NAME, id)
        return None if stored is None else self._shape.versioned(stored)

    async def page(
        self, department: str, *, limit: int, after: str | None = None
    ) -> tuple[list[Submission], str | None]:
        """Those of a department, newest first, and what continues the list."""
        sort = (("at", -1),)
        where = {"department": department}
        found = await self._documents.find(NAME, where, sort=sort, limit=limit, after=after)
        more = self._documents.cursor(found[-1], sort) if len(found) == limit else None
        return self._shape.listed(found), more

    async def due(self, now: int, *, limit: int) -> list[Versioned[Submission]]:
        """Those that are to be looked at for receipts, longest overdue first."""
        found = await self._documents.find(
            NAME, {"look_at": {"$gt": 0, "$lte": now}}, sort=(("look_at", 1),), limit=limit
        )
        return self._shape.listed_versioned(found)

    async def admission(self, id: str) -> Versioned[Admission]:
        """What was admitted; version 0 while nothing was."""
        stored = await self._documents.get(ADMISSIONS, id)
        return Versioned(Admission(id), 0) if stored is None else self._admissions.versioned(stored)

    def admit(self, admission: Admission, version: int) -> Insert | Update:
        """The write of what was admitted, read at `version`."""
        return self._admissions.update(admission, version) if version else self._admissions.insert(admission)

    def insert(self, submission: Submission) -> Insert:
        """The write of a new one; a Duplicate when it was submitted before."""
        return self._shape.insert(submission)

    def looked(self, id: str, version: int, *, look_at: int, told: str) -> Update:
        """The write of how far its end was told; what is sealed stays as it is."""
        return Update(NAME, id, {"look_at": look_at, "told": told}, version)

    def count(self, department: str, day: str, amounts: Mapping[str, int]) -> list[Add]:
        """Adds to the traffic of a local day, `20261201`."""
        wanted = {name: number for name, number in amounts.items() if number}
        return [Add(TRAFFIC, f"{department}:{day}", wanted)] if wanted else []

    async def traffic(self, department: str, days: list[str]) -> dict[str, Mapping[str, int]]:
        """What was counted on each of `days`, by day; days without traffic are left out."""
        found = await self._documents.get_many(TRAFFIC, [f"{department}:{day}" for day in days])
        return {id.rpartition(":")[2]: stored.body for id, stored in found.items()}

    def id_of(self, line: str, client_ref: str) -> str:
        """Of the one submission under this reference; tells nothing about it, whatever a caller puts in
        there."""
        return self._vault.blind(f"submission\x1f{line}\x1f{client_ref}")

    def digest(self, text: str) -> str:
        """Of what was asked for; tells nothing about it to who does not hold the keys."""
        return self._vault.blind(text)
