"""What departments are told, and the texts of theirs that did not arrive."""

from __future__ import annotations

from hub.model.departments.callback import Callback
from hub.model.departments.failure import TextFailure
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Collection, Documents, Insert, Update

NAME, FAILURES = "department_callbacks", "department_failures"
COLLECTIONS = (
    Collection(
        NAME,
        fields={"department": str, "created_at": int, "next_at": int, "state": str},
        indexes=(
            ("next_at",),
            ("department", "created_at"),
            ("department", "state", "created_at"),
            ("created_at",),
        ),
    ),
    Collection(FAILURES, fields={"department": str, "at": int}, indexes=(("department", "at"), ("at",))),
)


class CallbackRepository:
    """Reads callbacks and failures; gives the writes that store them."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._shape = Shape(Callback, NAME, vault)
        self._failures = Shape(TextFailure, FAILURES, vault)

    async def get(self, id: str) -> Versioned[Callback] | None:
        """One with its version, or None."""
        stored = await self._documents.get(NAME, id)
        return None if stored is None else self._shape.versioned(stored)

    async def due(self, now: int, *, limit: int) -> list[Versioned[Callback]]:
        """Those whose time has come, longest overdue first."""
        where = {"next_at": {"$gt": 0, "$lte": now}}
        found = await self._documents.find(NAME, where, sort=(("next_at", 1),), limit=limit)
        return self._shape.listed_versioned(found)

    async def page(
        self, department: str, *, state: str = "", limit: int, after: str | None = None
    ) -> tuple[list[Callback], str | None]:
        """Those of a department, newest first, and what continues the list. state: only such, "" = all."""
        sort = (("created_at", -1),)
        where = {"department": department} | ({"state": state} if state else {})
        found = await self._documents.find(NAME, where, sort=sort, limit=limit, after=after)
        more = self._documents.cursor(found[-1], sort) if len(found) == limit else None
        return self._shape.listed(found), more

    async def failures(
        self, department: str, *, limit: int, after: str | None = None
    ) -> tuple[list[TextFailure], str | None]:
        """Texts of a department that did not arrive, newest first, and what continues the list."""
        sort = (("at", -1),)
        found = await self._documents.find(
            FAILURES, {"department": department}, sort=sort, limit=limit, after=after
        )
        more = self._documents.cursor(found[-1], sort) if len(found) == limit else None
        return self._failures.listed(found), more

    def insert(self, callback: Callback) -> Insert:
        """The write of a new one."""
        return self._shape.insert(callback)

    def update(self, callback: Callback, version: int) -> Update:
        """The write that replaces one read at `version`."""
        return self._shape.update(callback, version)

    def insert_failure(self, failure: TextFailure) -> Insert:
        """The write of a text that did not arrive."""
        return self._failures.insert(failure)
