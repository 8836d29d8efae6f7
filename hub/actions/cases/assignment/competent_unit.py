"""Which unit a new case goes to by the catalogue of competence (派单目录). Reads only.

Rules protected: a report, and what waits in 待甄别, never goes anywhere by it: the catalogue does not know
whom it accuses. Live danger stays with whoever is on duty. A case without a fitting row stays where it came
in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from hub.model.cases.competence import categories_of, competence_rules, competent
from hub.model.cases.routing.routes import Route, RouteReason
from hub.model.cases.rule_book import Row
from hub.model.track import Compartment, Track
from hub.model.units.unit import UnitFunction
from hub.repositories.agents import UnitRepository
from hub.runtime.clock import day_of


class CompetentUnit:
    """Asked for each new case that no desk has yet."""

    def __init__(self, units: UnitRepository, rows: Callable[[], Iterable[Row]]) -> None:
        """rows: of the catalogue in force; none while nobody wrote one."""
        self._units = units
        self._rows = rows

    async def __call__(
        self, track: Track, kind: str, region: str, compartment: Compartment, at: int
    ) -> Route | None:
        """Where the case goes and by which category, or that no row fits; None where nothing is looked up.

        kind: of a SERVICE matter. region: a region code, "" for none known. at: ms UTC.
        """
        if compartment is not Compartment.NONE or track in {Track.REPORT, Track.EMERGENCY}:
            return None
        rules, day = competence_rules(self._rows()), day_of(at)
        if not rules:
            return None
        found = [competent(rules, category, region, day) for category in categories_of(track, kind)]
        rule = next((rule for rule in found if rule is not None), None)
        if rule is None:
            return Route(reason=RouteReason.NOT_IN_CATALOGUE)
        unit = await self._units.get(rule.unit_id)
        if unit is None or not unit.active or UnitFunction.HANDLE not in unit.functions:
            return Route(reason=RouteReason.UNIT_CLOSED, by=rule.category)
        return Route(unit.id, RouteReason.CATALOGUE, rule.category)
