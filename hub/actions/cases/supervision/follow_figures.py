"""Keeps the figures of months and units up to date: follows what is changed, and checks everything at night.

Rule protected: a figure is what the cases say. What a case was counted as is kept beside the sums and both
change in one unit of work, with how far this came: a crash counts nothing twice. What was committed late, or
by another process with another clock, is found by the nightly check.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import date

from hub.model.cases.case import Case
from hub.model.supervision.month import CaseFigures, UnitMonth, counted
from hub.repositories.repositories import Repositories
from hub.repositories.supervision.figures import FigureRepository
from hub.runtime.clock import Clock, to_local
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate, Write

log = logging.getLogger(__name__)

_CURSOR, _CHECKED = "figures", "figures-checked"
_AT_ONCE = 200
_OVERLAP_MS = 2_000
"""So far back it is looked again: a commit may be a little later than the instant it names."""
CHECK_HOUR = 3


class FollowFigures:
    """One process at a time (lease)."""

    def __init__(
        self, documents: Documents, repositories: Repositories, figures: FigureRepository, clock: Clock
    ) -> None:
        self._documents = documents
        self._cases = repositories.cases
        self._figures = figures
        self._cursors = repositories.cursors
        self._clock = clock
        self._page: str | None = None

    async def step(self) -> bool:
        """The next cases that were changed; whether there are more."""
        if await self._check_is_due():
            await self.check()
            return True
        cursor = await self._cursors.get(_CURSOR)
        since = int(cursor.value or 0)
        found, page = await self._cases.changed_from(since - _OVERLAP_MS, after=self._page, limit=_AT_ONCE)
        is_full = page != self._page and len(found) > 0
        self._page = page if is_full else None
        last = max([since, *(one.value.updated_at for one in found)])
        writes = await self._recounted(found)
        if last > since:
            writes.append(self._cursors.move(_CURSOR, cursor, str(last)))
        try:
            if writes:
                await self._documents.commit(writes)
        except (Conflict, Duplicate):  # another process has it now
            self._page = None
        return is_full

    async def check(self) -> int:
        """Counts every case over; how many sums were wrong. They are right then."""
        sums: dict[str, UnitMonth] = {}
        async for page in self._cases.pages():
            for start in range(0, len(page), _AT_ONCE):
                some = page[start : start + _AT_ONCE]
                writes = await self._recounted(some, everything=True)
                if writes:
                    await self._documents.commit(writes)
                for one in (await self._figures.of_cases([case.value.id for case in some])).values():
                    before = sums.get(one.value.place) or UnitMonth.of(one.value.place)
                    sums[one.value.place] = before.changed(None, one.value)
        wrong = 0
        for place in sorted({*sums, *(await self._figures.places())}):
            row = (await self._figures.months([place]))[place]
            right = sums.get(place) or UnitMonth.of(place)
            if row.value != right:
                wrong += 1
                await self._documents.commit(self._figures.put_month(right, row))
        checked = await self._cursors.get(_CHECKED)
        today = to_local(self._clock.now_ms()).date().isoformat()
        await self._documents.commit([self._cursors.move(_CHECKED, checked, today)])
        log.info("figures.checked", extra={"wrong": wrong})
        return wrong

    async def _check_is_due(self) -> bool:
        now = to_local(self._clock.now_ms())
        if now.hour != CHECK_HOUR:
            return False
        last = (await self._cursors.get(_CHECKED)).value
        return not last or date.fromisoformat(last) < now.date()

    async def _recounted(self, cases: Sequence[Versioned[Case]], *, everything: bool = False) -> list[Write]:
        """The writes by which these cases are counted as they are now. everything: also those of which this
        version was counted."""
        known = await self._figures.of_cases([one.value.id for one in cases])
        changes: list[tuple[Versioned[CaseFigures] | None, CaseFigures]] = []
        for one in cases:
            before = known.get(one.value.id)
            if before is not None and before.value.seen == one.version and not everything:
                continue
            after = counted(one.value, one.version, await self._score(one.value))
            if before is None or before.value != after:
                changes.append((before, after))
        writes = [self._figures.put_case(after, before) for before, after in changes]
        return writes + await self._summed(changes)

    async def _summed(
        self, changes: Iterable[tuple[Versioned[CaseFigures] | None, CaseFigures]]
    ) -> list[Write]:
        by_place: dict[str, list[tuple[CaseFigures | None, CaseFigures | None]]] = {}
        for before, after in changes:
            old = before.value if before else None
            if old is not None and old.place == after.place:
                by_place.setdefault(after.place, []).append((old, after))
                continue
            by_place.setdefault(after.place, []).append((None, after))
            if old is not None:
                by_place.setdefault(old.place, []).append((old, None))
        rows = await self._figures.months(by_place)
        writes: list[Write] = []
        for place, moves in by_place.items():
            value = rows[place].value
            for old, new in moves:
                value = value.changed(old, new)
            if value != rows[place].value:
                writes += self._figures.put_month(value, rows[place])
        return writes

    async def _score(self, case: Case) -> int:
        """What the citizen gave last, 0 = not rated."""
        if not case.proceeding.ratings:
            return 0
        entries = await self._cases.whole_history(case.id)
        given = [entry.facts["score"] for entry in entries if entry.facts.get("score")]
        return int(given[-1]) if given else 0
