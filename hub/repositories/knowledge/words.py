"""The office's own words and every version of them. They are public: nothing in them is personal.

A change moves the revision of the knowledge base (`hub/repositories/entries.py`) in the same unit of work:
words change what answers just as entries do."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from hub.model.word_record import WordRecord, WordVersion
from hub.runtime.ids import derived_id
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import MAX_LIMIT, Collection, Documents, Insert, Update

COLLECTIONS = (
    Collection("word_groups", fields={"revision": int}, indexes=(("revision",),)),
    Collection("word_versions", fields={"group_id": str, "number": int}, unique=(("group_id", "number"),)),
)
_PAGE = 500


def group_id(key: str) -> str:
    """The id of the group whose name reads so (`WordGroup.key`): one name is one document."""
    return derived_id("word group", key)


class WordRepository:
    """Reads groups and their versions; gives the writes that store them."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._records = Shape(WordRecord, "word_groups", vault, personal=frozenset())
        self._versions = Shape(WordVersion, "word_versions", vault, personal=frozenset())

    async def get_many(self, ids: Sequence[str]) -> dict[str, Versioned[WordRecord]]:
        """Those that exist, by id; also those that were taken out."""
        found: dict[str, Versioned[WordRecord]] = {}
        for start in range(0, len(ids), MAX_LIMIT):
            stored = await self._documents.get_many("word_groups", ids[start : start + MAX_LIMIT])
            found |= {one.value.id: one for one in self._records.listed_versioned(stored.values())}
        return found

    async def changed_since(self, revision: int) -> AsyncIterator[WordRecord]:
        """Groups that changed after `revision`, in that order."""
        where, sort = {"revision": {"$gt": revision}}, (("revision", 1),)
        after: str | None = None
        while True:
            found = await self._documents.find("word_groups", where, sort=sort, limit=_PAGE, after=after)
            for stored in found:
                yield self._records.load(stored)
            if len(found) < _PAGE:
                return
            after = self._documents.cursor(found[-1], sort)

    async def versions(self, id: str, *, limit: int = 50) -> list[WordVersion]:
        """The versions of a group, newest first."""
        found = await self._documents.find(
            "word_versions", {"group_id": id}, sort=(("number", -1),), limit=limit
        )
        return self._versions.listed(found)

    def write(self, record: WordRecord, version: int) -> list[Insert | Update]:
        """The writes of a group read at `version` (0: nobody has stored it), and of the version to keep."""
        stored = self._records.update(record, version) if version else self._records.insert(record)
        return [stored, self._versions.insert(record.version())]
