"""A press on the alarm page or the page of a case: the carrier is asked, or its answer shown to one more."""

from __future__ import annotations

from typing import Literal

from aiohttp import web
from pydantic import Field

from hub.model.alarms.carrier_data import Asked
from hub.model.cases.moves import IllegalMove
from hub.runtime.errors import NotFound, Stale
from hub.web.form import Form, FormErrors, parse, read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.pages.alarms.alarms import PATH, shown_list
from hub.web.render import translator

_CHANGED = msgid("工单刚刚有变化，没有查询，请再按一次")


class CarrierForm(Form):
    """place: where the button stood. look: an answer that somebody else got, to be shown; "" asks anew."""

    place: Literal["alarms", "case"] = "case"
    look: str = Field(default="", max_length=64)


async def carrier(request: web.Request) -> web.StreamResponse:
    """POST /staff/alarms/cases/{case_id}/carrier/{asked}: what came of it stands on the page one returns
    to."""
    form = parse(CarrierForm, await read_form(request), translator(request))
    form = CarrierForm() if isinstance(form, FormErrors) else form
    case_id = request.match_info["case_id"]
    if form.place == "case":
        await _look(request, case_id, form.look)
        return web.Response(status=303, headers={"Location": f"/staff/cases/{case_id}#aid-{case_id}"})
    told = ""
    try:
        await _look(request, case_id, form.look)
    except Stale:
        told = _CHANGED
    except IllegalMove as problem:
        told = problem.reason
    return await shown_list(request, told, to=f"{PATH}#alarm-{case_id}")


async def _look(request: web.Request, case_id: str, look_id: str) -> None:
    ask, agent = request.app[HUB].alarms.ask_carrier, agent_of(request)
    try:
        asked = Asked(request.match_info["asked"])
    except ValueError:
        raise NotFound("asked") from None
    if look_id:
        await ask.show(agent, case_id, look_id)
    else:
        await ask(agent, case_id, asked)
