"""接处警时效: how long alarms of a time took, for whoever may see their cases.

Rules protected: only alarms of the days that are asked for are read, never cases, and of each only what times
are made of, unsealed fields; what stands behind the compartment is counted for nobody else. A span of days
with more alarms than are added up at once is refused rather than counted in part.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from hub.actions.alarms.ways import Ways
from hub.model import policy
from hub.model.agent import Agent
from hub.model.alarms.handling import FALSE
from hub.model.alarms.times import AlarmTimes, Span, Tally, TimesFigures
from hub.repositories.repositories import Repositories
from hub.runtime.errors import Invalid
from hub.store.documents import Documents, Stored

MOST_ALARMS = 100_000
_PAGE = 1_000
_BY_TIME = (("raised_at", 1),)


@dataclass(frozen=True, slots=True)
class TimesQuery:
    """since, until: ms UTC, the second not included. desk: id, `NOT_DISPATCHED`, `CENTRE_110` or "" = all.
    city: region code, "" = all."""

    since: int
    until: int
    desk: str = ""
    city: str = ""


NOT_DISPATCHED = "-"
CENTRE_110 = "centre"
"""The 110 centre where a desk is asked for: its own id is empty, and no desk may be called so."""


@dataclass(frozen=True, slots=True)
class TimesReport:
    """Of all, and by city and desk; those with the most alarms first. desks: by id, `-` = not dispatched."""

    whole: TimesFigures
    cities: Mapping[str, TimesFigures]
    desks: Mapping[str, TimesFigures]


class ReadTimes:
    """Reads the alarms of a time once."""

    def __init__(self, documents: Documents, repositories: Repositories, ways: Ways) -> None:
        self._documents = documents
        self._repositories = repositories
        self.ways = ways

    async def __call__(self, agent: Agent, query: TimesQuery, limits: Mapping[Span, int]) -> TimesReport:
        """limits: seconds. Raises `Invalid` for more alarms than are added up at once."""
        whole, cities, desks = Tally(), dict[str, Tally](), dict[str, Tally]()
        async for one in self._read(agent, query):
            desk = one.desk if one.dispatched_at else NOT_DISPATCHED
            if query.desk not in ("", desk or CENTRE_110) or query.city not in ("", one.city):
                continue
            whole.add(one)
            cities.setdefault(one.city, Tally()).add(one)
            desks.setdefault(desk, Tally()).add(one)
        return TimesReport(whole.figures(limits), _most_first(cities, limits), _most_first(desks, limits))

    async def _read(self, agent: Agent, query: TimesQuery) -> AsyncIterator[AlarmTimes]:
        seen = policy.sight(agent)
        where = {"raised_at": {"$gte": query.since, "$lt": query.until}}
        after: str | None = None
        read = 0
        while True:
            page = await self._documents.find("alarms", where, sort=_BY_TIME, limit=_PAGE, after=after)
            read += len(page)
            if read > MOST_ALARMS:
                raise Invalid({"until": "这段时间的警情太多，请缩短时间"})
            for stored, place in await self._placed(page, by_case=not seen.whole):
                if seen.holds(place):
                    yield _times(stored.body, str(place.get("region", "")))
            if len(page) < _PAGE:
                return
            after = self._documents.cursor(page[-1], _BY_TIME)

    async def _placed(self, page: list[Stored], *, by_case: bool) -> list[tuple[Stored, Mapping[str, Any]]]:
        """With compartment and city: an alarm of an earlier release has none of its own, its case has.
        by_case: with all that the policy asks for, which the case has alone."""
        asked = [one.id for one in page if by_case or not one.body.get("wall")]
        cases = await self._repositories.cases.as_stored(asked) if asked else {}
        placed: list[tuple[Stored, Mapping[str, Any]]] = []
        for one in page:
            if one.body.get("wall") and not by_case:
                place = {"compartment": one.body["wall"], "region": one.body.get("city", "")}
                placed.append((one, place))
            elif one.id in cases:
                placed.append((one, cases[one.id].body))
        return placed


def _times(body: Mapping[str, Any], city: str) -> AlarmTimes:
    passings = body.get("passings", ())
    taken = [p.get("taken_at", 0) for p in passings] or [0]
    heard = [p.get("acknowledged_at", 0) for p in passings] or [0]
    first = min(filter(None, taken), default=0) or min(filter(None, heard), default=0)
    return AlarmTimes(
        body["raised_at"],
        min(filter(None, (body.get("confirmed_at", 0), first)), default=0),
        body.get("dispatched_at", 0),
        body.get("arrived_at", 0),
        body.get("fed_back_at", 0),
        body.get("sent_to", ""),
        city,
        body.get("outcome", "") in FALSE or (bool(body.get("dismissed_at")) and not body.get("outcome")),
    )


def _most_first(tallies: Mapping[str, Tally], limits: Mapping[Span, int]) -> Mapping[str, TimesFigures]:
    made = {name: tally.figures(limits) for name, tally in tallies.items()}
    return dict(sorted(made.items(), key=lambda one: (-one[1].alarms, one[0])))
