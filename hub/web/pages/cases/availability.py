"""Whether one takes new cases: a switch at the head of the queue, one press each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from hub.model.staff.availability import Readiness
from hub.web.form import read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.staff_page import done, part, staff_page

READINESS: Mapping[Readiness, str] = {
    Readiness.READY: msgid("可接单"),
    Readiness.BUSY: msgid("忙碌"),
    Readiness.AWAY: msgid("离开"),
}
LANGUAGES: Mapping[str, str] = {
    "zh": msgid("普通话"),
    "en": msgid("英语"),
    "nan": msgid("闽南话"),
    "cdo": msgid("福州话"),
    "hak": msgid("客家话"),
    "yue": msgid("粤语"),
}
"""What an office meets most; codes of ISO 639."""


async def availability(request: web.Request) -> web.StreamResponse:
    """GET /staff/availability: a piece of the queue; without a script a page of its own."""
    hub, agent = request.app[HUB], agent_of(request)
    is_piece = "HX-Request" in request.headers
    shown: dict[str, Any] = {
        "said": await hub.actions.desk.set_availability.now(agent),
        "readiness": READINESS,
        "languages": LANGUAGES,
        "automatic": hub.settings.assignment.automatic,
        "is_open": not is_piece,
    }
    if is_piece:
        return part(request, "staff/availability.html", **shown)
    return staff_page(request, "staff/availability_page.html", **shown)


async def set_availability(request: web.Request) -> web.StreamResponse:
    """POST /staff/availability"""
    form = await read_form(request)
    try:
        readiness = Readiness(form.get("readiness", ""))
    except ValueError:
        raise web.HTTPNotFound from None
    said = (await request.post()).getall("languages", [])
    languages = [code for code in map(str, said) if code in LANGUAGES]
    await request.app[HUB].actions.desk.set_availability(agent_of(request), readiness, languages)
    if request.headers.get("HX-Request"):
        return await availability(request)
    return done("/staff/queue", "saved")
