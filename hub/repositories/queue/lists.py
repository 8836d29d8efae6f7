"""Lists of cases in the order of the queue, and how many there are, whatever the number of cases.

A list is read from an index: (compartment, open, FIELD, rank). Where a selection allows several values of a
field, several compartments or sets of marks or tags, each of the few ways is read by itself and merged. Of
two filters the one that leaves fewer cases leads, and the other is checked row by row; a span of time is
read in the order of arrival. Counts are those the store keeps (`COUNTED`).

Every list and every count takes the compartments the reader may see.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.model.cases.case import Case
from hub.model.cases.queue.order import BAND_SIZE
from hub.model.cases.queue.selection import Selection
from hub.model.personal import UNREADABLE
from hub.model.track import Compartment
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Documents, Stored

_MOST_WAYS = 32
"""So many lists are merged; what is more is searched for at once."""

_NO_BOUNDS: Mapping[str, Mapping[str, int]] = {}


@dataclass(frozen=True, slots=True)
class CasePage:
    """One page of a list; `next` continues it, None at the end."""

    cases: tuple[Versioned[Case], ...]
    next: str | None


class CaseQueueRepository:
    """Reads the queue."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._cases = Shape(Case, "cases", vault, unreadable={"title": UNREADABLE})

    async def page(self, selection: Selection, *, limit: int, after: str | None = None) -> CasePage:
        """Cases in their order. Raises `Undeclared` for an `after` of another list."""
        sort = _sort(selection)
        found = await self._find(selection, sort, limit + 1, after)
        more = len(found) > limit
        shown = found[:limit]
        return CasePage(
            tuple(self._cases.listed_versioned(shown)),
            self._documents.cursor(shown[-1], sort) if more else None,
        )

    async def beside(
        self, selection: Selection, case_id: str, place: int, step: int
    ) -> tuple[str, int] | None:
        """Id and place of the case behind (step 1) or before (-1) one that stands or stood at `place`:
        its rank, or its arrival where the list is in that order."""
        [(name, way)] = _sort(selection)
        sort = ((name, way * step),)
        after = self._documents.cursor(Stored(case_id, 0, {name: place}), sort)
        # A cursor that goes backwards says no range to SQLite, which would begin at the end of the list.
        until = {} if step > 0 else {name: {"$gte" if way < 0 else "$lte": place}}
        found = await self._find(selection, sort, 1, after, until)
        return (found[0].id, int(found[0].body[name])) if found else None

    async def received_after(self, selection: Selection, at: int, *, limit: int) -> frozenset[str]:
        """Ids of those that were received after an instant (ms UTC), the newest first."""
        later = Selection(
            selection.compartments,
            selection.fields,
            selection.marks,
            selection.tags,
            max(at + 1, selection.since),
        )
        found = await self._find(later, (("received_at", -1),), limit, None)
        return frozenset(one.id for one in found)

    async def ids(self, selection: Selection, *, limit: int) -> list[str]:
        """Ids in their order, the first `limit`."""
        return [one.id for one in await self._find(selection, _sort(selection), limit, None)]

    async def at_most(self, selection: Selection, limit: int) -> int:
        """How many there are, `limit` where there are more; for what no count is kept of."""
        return len(await self.ids(selection, limit=limit))

    async def tally(
        self, compartments: Iterable[Compartment], is_open: int, name: str, *, higher: bool = False
    ) -> Mapping[str | int, int]:
        """How many cases there are by the values of a counted field. higher: of those alone that concern a
        higher reviewer."""
        fields = ("compartment", "open", "higher", name)
        tally: dict[str | int, int] = {}
        for compartment in compartments:
            within = (str(compartment), is_open, *((1,) if higher else ()))
            counted = await self._documents.counted("cases", fields, within)
            for (*_, value), number in counted.items():
                tally[value] = tally.get(value, 0) + number
        return tally

    async def of_value(
        self,
        compartments: Iterable[Compartment],
        is_open: int,
        name: str,
        wanted: str,
        *,
        higher: bool = False,
    ) -> int:
        """How many cases have one value of a counted field that has many: a handler, "" for nobody."""
        fields, found = ("compartment", "open", "higher", name), 0
        for compartment in compartments:
            for value in (1,) if higher else (0, 1):
                within = (str(compartment), is_open, value, wanted)
                found += sum((await self._documents.counted("cases", fields, within)).values())
        return found

    async def _find(
        self,
        selection: Selection,
        sort: tuple[tuple[str, int], ...],
        limit: int,
        after: str | None,
        bounds: Mapping[str, Mapping[str, int]] = _NO_BOUNDS,
    ) -> list[Stored]:
        lists = [
            await self._documents.find("cases", _bounded(where, bounds), sort=sort, limit=limit, after=after)
            for where in await self._ways(selection)
        ]
        if len(lists) == 1:
            return lists[0]
        [(name, way)] = sort
        merged = heapq.merge(*lists, key=lambda one: (one.body[name], one.id), reverse=way < 0)
        return list(itertools.islice(merged, limit))

    async def _ways(self, selection: Selection) -> list[dict[str, Any]]:
        """The searches that together find the selection."""
        choices: dict[str, Sequence[str | int]] = {
            "compartment": [str(one) for one in Compartment if one in selection.compartments],
            **selection.fields,
        }
        for name, wanted in (("marks", int(selection.marks)), ("tags", selection.tags)):
            if wanted:
                choices[name] = await self._sets(selection, name, wanted)
        received = {sign: at for sign, at in (("$gte", selection.since), ("$lt", selection.until)) if at}
        rest = {"received_at": received} if received else {}
        if not all(choices.values()):
            return []
        ways: list[dict[str, Any]] = [
            dict(zip(choices, values, strict=True)) for values in itertools.product(*choices.values())
        ]
        if len(ways) > _MOST_WAYS:
            ways = [{name: {"$in": list(values)} for name, values in choices.items()}]
        return [{**_band_as_rank(way), **rest} for way in ways]

    async def _sets(self, selection: Selection, name: str, wanted: int) -> list[int]:
        """The sets of marks or tags that some case has and that hold all the wanted ones."""
        [is_open] = selection.fields.get("open", (1,))
        tally = await self.tally(selection.compartments, int(is_open), name)
        return sorted(int(held or 0) for held in tally if int(held or 0) & wanted == wanted)


def _band_as_rank(way: dict[str, Any]) -> dict[str, Any]:
    """A band is a stretch of the order, so the order itself finds it."""
    band = way.get("band")
    if not isinstance(band, int):
        return way
    stretch = {"$gte": band * BAND_SIZE, "$lt": (band + 1) * BAND_SIZE}
    return {name: value for name, value in way.items() if name != "band"} | {"rank": stretch}


def _bounded(way: dict[str, Any], bounds: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
    """A search that stays within these ranges too."""
    return {**way, **{name: {**way.get(name, {}), **span} for name, span in bounds.items()}}


def _sort(selection: Selection) -> tuple[tuple[str, int], ...]:
    if not selection.by_time:
        return (("rank", 1),)
    return (("received_at", -1 if selection.of_done else 1),)
