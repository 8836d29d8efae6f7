"""Series of law education, with their items."""

from __future__ import annotations

from collections.abc import Sequence

from campaigns.series import Series
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Collection, Documents, Insert, Update

COLLECTIONS = (
    Collection("series", fields={"created_at": int, "next_at": int}, indexes=(("created_at",), ("next_at",))),
)


class SeriesRepository:
    """Reads series; gives the writes that store them."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._series = Shape(Series, "series", vault)

    async def get(self, series_id: str) -> Versioned[Series] | None:
        """A series with its version, or None."""
        stored = await self._documents.get("series", series_id)
        return None if stored is None else self._series.versioned(stored)

    async def page(self, *, limit: int, after: str | None = None) -> tuple[Sequence[Series], str | None]:
        """Series, newest first, and what continues the list (None at the end)."""
        sort = (("created_at", -1),)
        found = await self._documents.find("series", {}, sort=sort, limit=limit, after=after)
        more = self._documents.cursor(found[-1], sort) if len(found) == limit else None
        return self._series.listed(found), more

    async def due(self, now: int, *, limit: int = 100) -> list[Versioned[Series]]:
        """Those of which something is to be done, longest overdue first."""
        found = await self._documents.find(
            "series", {"next_at": {"$gt": 0, "$lte": now}}, sort=(("next_at", 1),), limit=limit
        )
        return self._series.listed_versioned(found)

    def insert(self, series: Series) -> Insert:
        """The write of a new series; a Duplicate when it was stored before."""
        return self._series.insert(series)

    def update(self, series: Series, version: int) -> Update:
        """The write that replaces a series read at `version`."""
        return self._series.update(series, version)
