"""What each case was counted as, and what cases add up to by month, compartment and unit. Nothing personal.

One process writes them at a time, in the unit of work that also says how far it has come: nothing is counted
twice or forgotten, whenever it stops (`hub/actions/cases/supervision/follow_figures.py`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from collections.abc import Collection as Collected
from dataclasses import dataclass, field

from hub.model.supervision.figures import Figures
from hub.model.supervision.month import CaseFigures, UnitMonth
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import MAX_LIMIT, Collection, Documents, Stored, Where, Write

_KEY = {"month": str, "compartment": str, "unit": str}
_INDEX = (("month", "compartment", "unit"),)
COLLECTIONS = (
    Collection("case_figures"),
    Collection("unit_months", fields=_KEY, indexes=_INDEX),
    Collection("unit_month_parts", fields=_KEY, indexes=_INDEX),
)


@dataclass(frozen=True, slots=True)
class _Sum:
    """The short half of a `UnitMonth`: a trend reads it alone."""

    id: str
    month: str
    compartment: str
    unit: str
    figures: Figures = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Parts:
    id: str
    month: str
    compartment: str
    unit: str
    parts: Mapping[str, Mapping[str, Figures]] = field(default_factory=dict)


class FigureRepository:
    """Reads figures; gives the writes that store them."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._cases = Shape(CaseFigures, "case_figures", vault)
        self._sums = Shape(_Sum, "unit_months", vault)
        self._parts = Shape(_Parts, "unit_month_parts", vault)

    async def of_cases(self, ids: Sequence[str]) -> dict[str, Versioned[CaseFigures]]:
        """What these cases were counted as, by id."""
        found = (await self._documents.get_many("case_figures", ids)).values()
        return {one.value.id: one for one in self._cases.listed_versioned(found)}

    def put_case(self, after: CaseFigures, before: Versioned[CaseFigures] | None) -> Write:
        """The write of what a case is counted as."""
        return self._cases.insert(after) if before is None else self._cases.update(after, before.version)

    async def months(self, places: Collected[str]) -> dict[str, UnitMonthRow]:
        """Figures by id, those that are not there among them, empty."""
        ids = sorted(places)
        sums = await self._documents.get_many("unit_months", ids)
        parts = await self._documents.get_many("unit_month_parts", ids)
        found: dict[str, UnitMonthRow] = {}
        for id in ids:
            known, others = sums.get(id), parts.get(id)
            value = UnitMonth.of(id)
            if known is not None:
                split = self._parts.load(others).parts if others else {}
                one = self._sums.load(known)
                value = UnitMonth(id, value.month, value.compartment, value.unit, one.figures, split)
            found[id] = UnitMonthRow(value, known.version if known else 0, others.version if others else 0)
        return found

    def put_month(self, after: UnitMonth, row: UnitMonthRow) -> list[Write]:
        """The writes of figures that were read as `row`."""
        key = (after.id, after.month, after.compartment, after.unit)
        total, parts = _Sum(*key, after.figures), _Parts(*key, after.parts)
        return [
            self._sums.update(total, row.version) if row.version else self._sums.insert(total),
            self._parts.update(parts, row.parts_version) if row.parts_version else self._parts.insert(parts),
        ]

    async def sums(
        self, months: Sequence[str], compartments: Iterable[str], units: Collected[str] | None
    ) -> list[UnitMonth]:
        """Of these months, compartments and units (None: all), without what tells them apart."""
        found: list[UnitMonth] = []
        async for page in self._pages("unit_months", _where(months, compartments, units)):
            rows = self._sums.listed(page)
            found += [UnitMonth(one.id, one.month, one.compartment, one.unit, one.figures) for one in rows]
        return found

    async def parts(
        self, month: str, compartments: Iterable[str], units: Collected[str] | None
    ) -> list[Mapping[str, Mapping[str, Figures]]]:
        """What tells the figures of a month apart, unit by unit."""
        found: list[Mapping[str, Mapping[str, Figures]]] = []
        async for page in self._pages("unit_month_parts", _where([month], compartments, units)):
            found += [one.parts for one in self._parts.listed(page)]
        return found

    async def places(self) -> list[str]:
        """Ids of all there are figures of."""
        return [stored.id async for stored in self._documents.scan("unit_months")]

    async def _pages(self, collection: str, where: Where) -> AsyncIterator[list[Stored]]:
        sort, after = (("month", 1),), None
        while True:
            page = await self._documents.find(collection, where, sort=sort, limit=MAX_LIMIT, after=after)
            yield page
            if len(page) < MAX_LIMIT:
                return
            after = self._documents.cursor(page[-1], sort)


@dataclass(frozen=True, slots=True)
class UnitMonthRow:
    """Figures with the versions of their two halves; 0 = not there."""

    value: UnitMonth
    version: int
    parts_version: int


def _where(months: Sequence[str], compartments: Iterable[str], units: Collected[str] | None) -> Where:
    where = {"month": {"$in": list(months)}, "compartment": {"$in": sorted(compartments)}}
    return where if units is None else {**where, "unit": {"$in": sorted(units)}}
