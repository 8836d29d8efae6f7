"""Segments with a name, and how many people they had day by day."""

from __future__ import annotations

from collections.abc import Sequence

from hub.model.recipients.saved_segment import SavedSegment, SegmentDay
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Body, Collection, Documents, Insert, Update

MOST = 500
"""Segments an office keeps."""

COLLECTIONS = (
    Collection(
        "segments",
        fields={"name": str, "changed_at": int, "counting_now": int},
        indexes=(("changed_at",), ("counting_now",)),
        unique=(("name",),),
    ),
    Collection(
        "segment_days", fields={"segment_id": str, "day": str}, indexes=(("segment_id", "day"), ("day",))
    ),
)


class SavedSegmentRepository:
    """Reads segments; gives the writes that store them."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._segments = Shape(SavedSegment, "segments", vault)
        self._days = Shape(SegmentDay, "segment_days", vault)

    async def get(self, segment_id: str) -> Versioned[SavedSegment] | None:
        """A segment with its version, or None."""
        stored = await self._documents.get("segments", segment_id)
        return None if stored is None else self._segments.versioned(stored)

    async def all(self) -> list[SavedSegment]:
        """All of them, those changed last first."""
        found = await self._documents.find("segments", {}, sort=(("changed_at", -1),), limit=MOST)
        return self._segments.listed(found)

    async def counting(self) -> Versioned[SavedSegment] | None:
        """One whose count is not finished, or None."""
        found = await self._documents.find("segments", {"counting_now": 1}, limit=1)
        return self._segments.versioned(found[0]) if found else None

    def insert(self, segment: SavedSegment) -> Insert:
        """The write of a new one; a name in use is a Duplicate."""
        write = self._segments.insert(segment)
        write.body.update(_fields(segment))
        return write

    def update(self, segment: SavedSegment, version: int) -> Update:
        """The write of one read at `version`; a name in use is a Duplicate."""
        write = self._segments.update(segment, version)
        write.set.update(_fields(segment))
        return write

    async def days(self, segment_id: str, *, limit: int) -> list[SegmentDay]:
        """Its numbers of the last days, the oldest first."""
        where = {"segment_id": segment_id}
        found = await self._documents.find("segment_days", where, sort=(("day", -1),), limit=limit)
        return self._days.listed(found)[::-1]

    async def noted(self, ids: Sequence[str]) -> set[str]:
        """Those of the days that stand there already."""
        return set(await self._documents.get_many("segment_days", ids))

    def insert_day(self, day: SegmentDay) -> Insert:
        """The write of a day; one that is there is a Duplicate."""
        return self._days.insert(day)


def _fields(segment: SavedSegment) -> Body:
    return {"counting_now": int(segment.counting)}
