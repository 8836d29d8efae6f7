"""Lists of cases in the order of the queue, and how many there are, whatever the number of cases.

A list is read from an index: (compartment, open, FIELD, rank). Where a selection allows several values of a
field, several compartments, units, sets of marks or tags, each of the few ways is read by itself and merged.
Of two filters the one that leaves fewer cases leads, and the other is checked row by row; a span of time is
read in the order of arrival. Counts are those the store keeps (`COUNTED`), of who sees some units only those
it keeps for each (`COUNTED_BY_UNIT`); what somebody sees beside their units are few, and counted as they are.

Every list and every count takes what the reader may see (`hub/model/units/sight.py`).
"""

from __future__ import annotations

import itertools
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from hub.model.cases.case import Case
from hub.model.cases.queue.order import BAND_SIZE
from hub.model.cases.queue.selection import Selection
from hub.model.personal import UNREADABLE
from hub.model.track import Compartment
from hub.model.units.sight import Clause, Sight
from hub.repositories.cases import COUNTED_BY_UNIT
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Documents, Stored

_MOST_WAYS = 64
"""So many lists are merged; what is more is searched for at once."""

_LEAST = 8
"""So many are read of a list at once, at least."""
_MOST_BESIDE = 2_000
"""So many cases that somebody sees beside those of the own units are counted."""

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
        later = replace(selection, since=max(at + 1, selection.since), until=0)
        found = await self._find(later, (("received_at", -1),), limit, None)
        return frozenset(one.id for one in found)

    async def ids(self, selection: Selection, *, limit: int) -> list[str]:
        """Ids in their order, the first `limit`."""
        return [one.id for one in await self._find(selection, _sort(selection), limit, None)]

    async def at_most(self, selection: Selection, limit: int) -> int:
        """How many there are, `limit` where there are more; for what no count is kept of."""
        return len(await self.ids(selection, limit=limit))

    async def tally(self, sight: Sight, is_open: int, name: str) -> Mapping[str | int, int]:
        """How many visible cases there are by the values of a counted field; see `tallies`."""
        return (await self.tallies(sight, is_open, (name,)))[name]

    async def tallies(
        self, sight: Sight, is_open: int, names: Sequence[str]
    ) -> Mapping[str, Mapping[str | int, int]]:
        """The same of several fields. Of who sees some units only `_MOST_BESIDE` are counted of what no count
        is kept of."""
        found: dict[str, Counter[str | int]] = {name: Counter() for name in names}
        kept, beside = _kept_and_beside(sight, names)
        for clause in kept:
            for name in names:
                for leading, within in _groups(clause, is_open):
                    counted = await self._documents.counted("cases", (*leading, name), within)
                    for (*_, value), number in counted.items():
                        found[name][value] += number
        for body in await self._beside(kept, beside, is_open):
            for name in names:
                found[name][body[name]] += 1
        return found

    async def of_value(self, sight: Sight, is_open: int, name: str, wanted: str) -> int:
        """How many visible cases have one value of a field that has many: a handler, "" for nobody."""
        kept, beside = _kept_and_beside(sight, (name,))
        found = 0
        for clause in kept:
            for higher in (0, 1):
                for leading, within in _groups(clause, is_open, higher):
                    whole = (*within, wanted)
                    found += sum((await self._documents.counted("cases", (*leading, name), whole)).values())
        rows = await self._beside(kept, beside, is_open)
        return found + sum(1 for body in rows if body[name] == wanted)

    async def _beside(
        self, kept: Sequence[Clause], beside: Sequence[Clause], is_open: int
    ) -> list[Mapping[str, Any]]:
        """What is seen by clauses of which no count is kept, and by no other."""
        if not beside:
            return []
        selection = Selection(Sight(tuple(beside)), {"open": (is_open,)})
        found = await self._find(selection, (("rank", 1),), _MOST_BESIDE, None)
        return [one.body for one in found if not any(clause.holds(one.body) for clause in kept)]

    async def _find(
        self,
        selection: Selection,
        sort: tuple[tuple[str, int], ...],
        limit: int,
        after: str | None,
        bounds: Mapping[str, Mapping[str, int]] = _NO_BOUNDS,
    ) -> list[Stored]:
        ways = [_bounded(where, bounds) for where in await self._ways(selection)]
        if len(ways) == 1:
            return await self._documents.find("cases", ways[0], sort=sort, limit=limit, after=after)
        # Of many lists each gives a few of the first: what is read is what is shown, not that many times.
        chunk = min(limit, max(_LEAST, 2 * limit // max(len(ways), 1)))
        lists = [_Way(self._documents, where, sort, chunk, after) for where in ways]
        return await _merged(lists, sort, limit)

    async def _ways(self, selection: Selection) -> list[dict[str, Any]]:
        """The searches that together find the selection."""
        sets = {
            name: await self._sets(selection, name, wanted)
            for name, wanted in (("marks", int(selection.marks)), ("tags", selection.tags))
            if wanted
        }
        received = {sign: at for sign, at in (("$gte", selection.since), ("$lt", selection.until)) if at}
        rest = {"received_at": received} if received else {}
        ways: list[dict[str, Any]] = []
        for clause in selection.sight.clauses:
            choices: dict[str, Sequence[str | int]] = {
                "compartment": [str(one) for one in clause.compartments],
                **_both(clause, selection.fields),
                **sets,
            }
            if not all(choices.values()):
                continue
            several = itertools.product(*choices.values())
            found: list[dict[str, Any]] = [dict(zip(choices, values, strict=True)) for values in several]
            if len(found) > _MOST_WAYS:
                found = [{name: {"$in": list(values)} for name, values in choices.items()}]
            ways += found
        return [{**_band_as_rank(way), **rest} for way in ways]

    async def _sets(self, selection: Selection, name: str, wanted: int) -> list[int]:
        """The sets of marks or tags that some case has and that hold all the wanted ones."""
        [is_open] = selection.fields.get("open", (1,))
        everything = Sight.of(selection.sight.compartments)  # which sets there are, not how many cases
        tally = await self.tally(everything, int(is_open), name)
        return sorted(int(held or 0) for held in tally if int(held or 0) & wanted == wanted)


def _both(clause: Clause, wanted: Mapping[str, Sequence[str | int]]) -> dict[str, Sequence[str | int]]:
    """What is visible of what is wanted, field by field."""
    seen = dict(clause.fields)
    both = {name: [one for one in values if one in seen.get(name, values)] for name, values in wanted.items()}
    return {**seen, **both}


def _kept_and_beside(sight: Sight, names: Sequence[str]) -> tuple[list[Clause], list[Clause]]:
    """Clauses of which the store keeps counts by these fields, and the others. No case is in two of those
    kept: all of a compartment, or units of it."""
    by_unit = set(names) <= set(COUNTED_BY_UNIT)
    kept: list[Clause] = []
    beside: list[Clause] = []
    taken: set[Compartment] = set()
    for clause in sight.clauses:
        is_counted = {name for name, _ in clause.fields} <= ({"unit", "higher"} if by_unit else {"higher"})
        if is_counted and taken.isdisjoint(clause.compartments):
            kept.append(clause)
            taken |= set(clause.compartments)
        else:
            beside.append(clause)
    return kept, beside


def _groups(
    clause: Clause, is_open: int, only_higher: int | None = None
) -> Iterator[tuple[tuple[str, ...], tuple[str | int, ...]]]:
    """The leading fields of counts of a clause, and which groups of them. only_higher: of this value alone,
    as far as the clause holds it."""
    fields = dict(clause.fields)
    higher = fields.get("higher", () if only_higher is None else (only_higher,))
    if only_higher is not None and only_higher not in higher:
        return
    for compartment in map(str, clause.compartments):
        if "unit" not in fields:
            yield ("compartment", "open", "higher"), (compartment, is_open, *higher)
        for unit in fields.get("unit", ()):
            yield ("unit", "compartment", "open", "higher"), (unit, compartment, is_open, *higher)


class _Way:
    """One list of several that are merged, read some at a time."""

    def __init__(
        self,
        documents: Documents,
        where: Mapping[str, Any],
        sort: tuple[tuple[str, int], ...],
        chunk: int,
        after: str | None,
    ) -> None:
        self._read = partial(documents.find, "cases", where, sort=sort, limit=chunk)
        self._cursor = partial(documents.cursor, sort=sort)
        self._chunk = chunk
        self._after = after
        self._rows: deque[Stored] = deque()
        self._over = False

    async def head(self) -> Stored | None:
        """The first that was not taken yet, None at the end."""
        if not self._rows and not self._over:
            found = await self._read(after=self._after)
            self._rows.extend(found)
            self._over = len(found) < self._chunk
            if found:
                self._after = self._cursor(found[-1])
        return self._rows[0] if self._rows else None

    def take(self) -> Stored:
        """The head, which is not there any more."""
        return self._rows.popleft()


async def _merged(lists: Sequence[_Way], sort: tuple[tuple[str, int], ...], limit: int) -> list[Stored]:
    """The first of all lists in their order, each case once: it may be seen in several ways."""
    [(name, way)] = sort
    first = max if way < 0 else min
    found: list[Stored] = []
    heads = {one: head for one in lists if (head := await one.head()) is not None}
    while heads and len(found) < limit:
        here = first(heads, key=lambda one: (heads[one].body[name], heads[one].id))
        case = here.take()
        if not found or found[-1].id != case.id:
            found.append(case)
        head = await here.head() if len(found) < limit else None
        if head is None:
            heads.pop(here)
        else:
            heads[here] = head
    return found


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
