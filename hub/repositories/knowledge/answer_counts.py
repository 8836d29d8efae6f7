"""Counters per entry and day. They are added to without being read, and read by ranges of days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from hub.model.tally import COUNTS, Tally
from hub.store.documents import MAX_LIMIT, Add, Collection, Documents

COLLECTIONS = (Collection("answer_counts"),)


class AnswerCountRepository:
    """Reads counters; gives the writes that add to them. The id is day and entry, so that days are ranges."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def add(self, entry_id: str, day: date, amounts: Mapping[str, int]) -> Add:
        """The write that adds to fields of `Tally`."""
        unknown = amounts.keys() - set(COUNTS)
        if unknown:
            raise ValueError(f"no such counter: {sorted(unknown)}")
        return Add("answer_counts", f"{day:%Y%m%d}:{entry_id}", amounts)

    async def between(self, first: date, last: date) -> dict[str, dict[date, Tally]]:
        """By entry and day, both ends included; days without anything are left out."""
        found: dict[str, dict[date, Tally]] = {}
        where = {"id": {"$gte": f"{first:%Y%m%d}:", "$lt": f"{last + timedelta(days=1):%Y%m%d}:"}}
        after: str | None = None
        while True:
            page = await self._documents.find(
                "answer_counts", where, sort=(("id", 1),), limit=MAX_LIMIT, after=after
            )
            for stored in page:
                day, _, entry_id = stored.id.partition(":")
                tally = Tally(**{name: stored.body.get(name, 0) for name in COUNTS})
                found.setdefault(entry_id, {})[date(int(day[:4]), int(day[4:6]), int(day[6:]))] = tally
            if len(page) < MAX_LIMIT:
                return found
            after = self._documents.cursor(page[-1], (("id", 1),))
