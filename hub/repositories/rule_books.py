"""Revisions of the books of rules, all of them, for good. The rows of a personal book are sealed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.model.cases.rule_book import NOT_COUNTED, BookKind, RevisionState, RuleRevision, revision_id
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Collection, Documents, Insert, Update

_NAME = "rule_books"
COLLECTIONS = (
    Collection(
        _NAME,
        fields={"kind": str, "state": str, "number": int, "due_changed": int},
        indexes=(("kind", "number"), ("kind", "state", "number"), ("due_changed",)),
    ),
)
_MANY = 1000
_HISTORY = 100


class RuleBookRepository:
    """Reads revisions; gives the writes that store them."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._shape = Shape(RuleRevision, _NAME, vault, personal=frozenset())
        self._sealed = Shape(
            RuleRevision, _NAME, vault, personal=frozenset({"rows"}), unreadable={"rows": []}
        )

    async def get(self, kind: BookKind, number: int) -> Versioned[RuleRevision] | None:
        """One revision, or None."""
        stored = await self._documents.get(_NAME, revision_id(kind, number))
        return None if stored is None else self._of(kind).versioned(stored)

    async def history(self, kind: BookKind, *, limit: int = _HISTORY) -> list[RuleRevision]:
        """The revisions of a book, newest first."""
        found = await self._documents.find(_NAME, {"kind": kind}, sort=(("number", -1),), limit=limit)
        return self._of(kind).listed(found)

    async def approved_since(self, kind: BookKind, number: int) -> list[RuleRevision]:
        """The approved revisions with a higher number, in their order."""
        where = _approved(kind) | {"number": {"$gt": number}}
        found = await self._documents.find(_NAME, where, sort=(("number", 1),), limit=_MANY)
        return self._of(kind).listed(found)

    async def not_counted(self) -> list[Versioned[RuleRevision]]:
        """Approved revisions of which it is not known how many due dates they move."""
        found = await self._documents.find(_NAME, {"due_changed": NOT_COUNTED}, limit=_MANY)
        return self._shape.listed_versioned(found)

    def insert(self, revision: RuleRevision) -> Insert:
        """The write of a new revision; a number that is taken is a Duplicate."""
        return self._of(revision.kind).insert(revision)

    def update(self, revision: RuleRevision, version: int) -> Update:
        """The write that replaces a revision read at `version`."""
        return self._of(revision.kind).update(revision, version)

    def _of(self, kind: BookKind) -> Shape[RuleRevision]:
        return self._sealed if kind.is_personal else self._shape


async def newest_calendar(documents: Documents, now: int) -> list[Mapping[str, str]]:
    """The rows of the calendar in force at an instant, as stored; none when it was never revised."""
    where = _approved(BookKind.CALENDAR)
    found = await documents.find(_NAME, where, sort=(("number", -1),), limit=_HISTORY)
    rows: list[list[Mapping[str, str]]] = [
        stored.body["rows"] for stored in found if stored.body["in_force_from"] <= now
    ]
    return rows[0] if rows else []


def _approved(kind: BookKind) -> dict[str, Any]:
    return {"kind": str(kind), "state": str(RevisionState.APPROVED)}
