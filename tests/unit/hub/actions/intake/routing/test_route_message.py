"""Desks of departments of the registry stand beside the table, which holds where both name one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.actions.intake.routing.route_message import RouteMessage
from hub.actions.rules.in_force import RulesInForce
from hub.model.cases.routing.route_book import route_book
from hub.model.cases.routing.routes import RouteReason, RouteRule
from hub.model.departments.registered import SenderLine
from hub.model.units.unit import Unit
from hub.repositories.repositories import repositories
from hub.runtime.clock import FakeClock
from hub.wiring.intake import registered_routes
from tests.unit.hub.actions.departments.department_office import TRAFFIC, an_office


async def test_an_extension_of_the_registry_leads_to_its_desk() -> None:
    office = an_office()
    stores = repositories(office.documents, office.vault, cities={})
    await stores.units.insert(Unit("jj", "交警支队", "jj"))
    lines = (SenderLine("sms-12110", "77"), SenderLine("sms-12110"), SenderLine("sms-other", "78"))
    await office.registered(replace(TRAFFIC, senders=lines, desk="jj"))
    route = RouteMessage(
        RulesInForce((route_book(),), FakeClock(1)),
        stores.units,
        (),
        list,
        lambda: registered_routes(office.departments, {"sms-12110": "12110", "sms-other": ""}),
    )
    assert await route.of_number("1211077") == await route.of_number("121107703") == "jj"
    found = await route("1211077", "你好")
    assert (found.unit_id, found.reason, found.by) == ("jj", RouteReason.NUMBER, "1211077")
    for number in ("12110", "1211078", "78"):
        assert (await route(number, "你好")).reason is RouteReason.DUTY
    await office.registered(replace(TRAFFIC, senders=lines))
    assert await route.of_number("1211077") == ""


@pytest.mark.parametrize("desk", ["fire", "jj"])
async def test_the_table_holds_where_both_name_a_desk(desk: str) -> None:
    office = an_office()
    stores = repositories(office.documents, office.vault, cities={})
    for id in ("jj", "fire"):
        await stores.units.insert(Unit(id, id, id))

    class Table(RulesInForce):
        def rows(self, kind: object) -> list[dict[str, str]]:  # type: ignore[override]
            return [{"written_to": "1211077", "keyword": "", "desk": desk}]

    registered = [RouteRule("1211077", "", "jj")]
    route = RouteMessage(Table((), FakeClock(1)), stores.units, (), list, lambda: registered)
    assert await route.of_number("1211077") == desk
