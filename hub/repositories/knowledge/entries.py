"""Knowledge entries with their life. They are public texts: nothing in them is personal.

Every change of what answers moves one number, the **revision**, in the same unit of work: processes
follow one another by it, and two that publish at once find out, because both wanted the same next number.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from hub.model.entry_record import EntryRecord
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import MAX_LIMIT, Body, Collection, Delete, Documents, Insert, Update, Where

COLLECTIONS = (
    Collection(
        "entries",
        fields={
            "topic": str,
            "question": str,
            "owner_unit": str,
            "working_state": str,
            "live_state": str,
            "valid_until": int,
            "settles_at": int,
            "revision": int,
        },
        indexes=(
            ("topic", "question"),
            ("owner_unit",),
            ("working_state",),
            ("live_state",),
            ("settles_at",),
            ("revision",),
        ),
        search="words",
    ),
    Collection("knowledge"),
)

REVISION = "knowledge"
_ID = "entries"
_ORDER = (("topic", 1), ("question", 1))
_SEARCH_CHARS = 8000


@dataclass(frozen=True, slots=True)
class EntryPage:
    """One page of a list; `next` continues it, None at the end."""

    records: tuple[EntryRecord, ...]
    next: str | None


class EntryRepository:
    """Reads entry records; gives the writes that store them."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._records = Shape(EntryRecord, "entries", vault, personal=frozenset())

    async def get(self, entry_id: str) -> Versioned[EntryRecord] | None:
        """One entry with its version, or None."""
        stored = await self._documents.get("entries", entry_id)
        return None if stored is None else self._records.versioned(stored)

    async def get_many(self, ids: Sequence[str]) -> dict[str, Versioned[EntryRecord]]:
        """Those that exist, by id."""
        found: dict[str, Versioned[EntryRecord]] = {}
        for start in range(0, len(ids), MAX_LIMIT):
            stored = await self._documents.get_many("entries", ids[start : start + MAX_LIMIT])
            found |= {one.value.id: one for one in self._records.listed_versioned(stored.values())}
        return found

    async def scan(self) -> AsyncIterator[EntryRecord]:
        """Every entry, by id."""
        async for stored in self._documents.scan("entries"):
            for record in self._records.listed([stored]):
                yield record

    async def page(self, where: Where, *, limit: int, after: str | None = None) -> EntryPage:
        """Entries by topic and question. `where`: the declared fields of the collection."""
        found = await self._documents.find("entries", where, sort=_ORDER, limit=limit, after=after)
        more = self._documents.cursor(found[-1], _ORDER) if len(found) == limit else None
        return EntryPage(tuple(self._records.listed(found)), more)

    async def search(self, text: str, where: Where, *, limit: int) -> list[EntryRecord]:
        """Entries whose newest content holds every word of `text`."""
        found = await self._documents.search("entries", text, where=where, limit=limit)
        return self._records.listed(found)

    async def counts(self, by: str, where: Where | None = None) -> dict[str, int]:
        """How many entries there are for each value of a declared field."""
        return await self._documents.count("entries", where or {}, by=by)

    async def due(self, now: int, *, limit: int = 100) -> list[Versioned[EntryRecord]]:
        """Entries whose time took effect and whose record does not say so yet."""
        where = {"settles_at": {"$gt": 0, "$lte": now}}
        found = await self._documents.find("entries", where, sort=(("settles_at", 1),), limit=limit)
        return self._records.listed_versioned(found)

    async def changed_since(self, revision: int) -> AsyncIterator[EntryRecord]:
        """Entries whose published content changed after `revision`, in that order."""
        where, sort = {"revision": {"$gt": revision}}, (("revision", 1),)
        after: str | None = None
        while True:
            found = await self._documents.find("entries", where, sort=sort, limit=500, after=after)
            for record in self._records.listed(found):
                yield record
            if len(found) < 500:
                return
            after = self._documents.cursor(found[-1], sort)

    async def revision(self) -> Versioned[int]:
        """The revision of the knowledge base, 0 (version 0) before the first one."""
        stored = await self._documents.get(REVISION, _ID)
        return Versioned(0, 0) if stored is None else Versioned(stored.body["revision"], stored.version)

    def advance(self, known: Versioned[int]) -> Insert | Update:
        """The write that moves the revision on by one from what was read. It stands last in its unit of work:
        where a store shows writes one by one, whoever sees the revision sees the entries."""
        body: Body = {"revision": known.value + 1}
        if known.version == 0:
            return Insert(REVISION, _ID, body)
        return Update(REVISION, _ID, body, known.version)

    def insert(self, record: EntryRecord) -> Insert:
        """The write of a new entry."""
        return Insert("entries", record.id, self._body(record))

    def update(self, record: EntryRecord, version: int) -> Update:
        """The write of an entry read at `version`."""
        return Update("entries", record.id, self._body(record), version)

    def delete(self, record: EntryRecord, version: int) -> Delete:
        """The write that forgets an entry that was never published."""
        return Delete("entries", record.id, version)

    def _body(self, record: EntryRecord) -> Body:
        newest, in_force = record.newest, record.in_force
        found: dict[str, Any] = {
            "topic": newest.topic,
            "question": newest.question,
            "owner_unit": newest.owner_unit,
            "working_state": str(record.working.state) if record.working else "",
            "live_state": str(in_force.state) if in_force else "",
            "valid_until": in_force.valid_until if in_force else 0,
            "settles_at": record.settles_at,
            "words": "\n".join((*newest.wordings, newest.service, newest.topic, newest.answer))[
                :_SEARCH_CHARS
            ],
        }
        return self._records.body(record) | found


def is_revision(write: object) -> bool:
    """Whether a failed write was the move of the revision: somebody else published meanwhile."""
    return isinstance(write, Insert | Update) and write.collection == REVISION
