"""Which desk a text came to, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from hub.model.cases.case import ALSO_DESKS, ROUTED_BY, ROUTED_WORD, Case
from hub.model.cases.routing.routes import RouteReason
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.render import translator

_WHY: Mapping[str, str] = {
    RouteReason.NUMBER: msgid("写到分机号 %(by)s"),
    RouteReason.KEYWORD: msgid("来信含有关键词“%(by)s”"),
    RouteReason.CITY: msgid("写到城市号码 %(by)s"),
    RouteReason.DUTY: msgid("没有符合的分机号、关键词或城市号码"),
    RouteReason.CATALOGUE: msgid("派单目录：%(by)s"),
    RouteReason.NOT_IN_CATALOGUE: msgid("派单目录里没有符合的事项和地区"),
    RouteReason.UNIT_CLOSED: msgid("派单目录“%(by)s”一行的单位已停用或不承办"),
}
_BESIDE_WALL = msgid("来信含有关键词")


@dataclass(frozen=True, slots=True)
class RouteLine:
    """desk: "" for the duty queue. why: in the reader's language."""

    desk: str
    why: str


async def route_of(request: web.Request, case: Case) -> Mapping[str, object]:
    """Values for `staff/case_route.html`; nothing where no text was routed."""
    details, _ = case.details or {}, translator(request)
    reason, by = details.get(ROUTED_BY, ""), details.get(ROUTED_WORD, "")
    if reason not in _WHY:
        return {"route": None}
    hidden = reason == RouteReason.KEYWORD and not by
    why = _(_BESIDE_WALL) if hidden else _(_WHY[reason], by=by)
    units = await request.app[HUB].repositories.units.list()
    names = {unit.id: unit.name for unit in units}
    desks = [id for id in (case.unit_id, *details.get(ALSO_DESKS, "").split()) if id]
    return {"route": RouteLine("、".join(names.get(id, id) for id in desks), why)}
