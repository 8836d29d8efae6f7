"""Which desk a text goes to, by the table in force. Reads units and rules; writes nothing.

Only texts are routed: the number that was written to says more than its channel does. Nothing here keeps a
text from anybody: every desk sees the whole queue, and what no desk claims is everybody's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from hub.actions.rules.in_force import RulesInForce
from hub.model.cases.routing.route_book import route_rules
from hub.model.cases.routing.routes import City, Cut, Route, RouteRule, Routes
from hub.model.cases.rule_book import BookKind
from hub.repositories.agents import UnitRepository


class RouteMessage:
    """The table, asked anew for each text that needs a desk. registered: numbers of departments of
    the registry; where the table names one of them too, the table holds."""

    def __init__(
        self,
        rules: RulesInForce,
        units: UnitRepository,
        cities: Iterable[City],
        cut: Cut,
        registered: Callable[[], Iterable[RouteRule]],
    ) -> None:
        self._rules = rules
        self._units = units
        self._cities = tuple(cities)
        self._cut = cut
        self._registered = registered

    async def __call__(self, written_to: str, text: str) -> Route:
        """Where it goes."""
        return (await self._routes()).of(written_to, text, self._cut)

    async def of_number(self, written_to: str) -> str:
        """The desk that the number alone leads to, "" for none."""
        return (await self._routes()).of_number(written_to)

    async def _routes(self) -> Routes:
        rules = [*self._registered(), *route_rules(self._rules.rows(BookKind.ROUTES))]
        return Routes(rules, self._cities, await self._units.list())
