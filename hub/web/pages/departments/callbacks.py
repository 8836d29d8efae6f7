"""What a department's system was told, and telling it again."""

from __future__ import annotations

from aiohttp import web

from hub.model.departments.callback import CallbackState
from hub.web.guard.auth import agent_of
from hub.web.keys import HUB
from hub.web.pages.departments import department_words as terms
from hub.web.pages.departments.departments import PATH
from hub.web.staff_page import done, staff_page


async def page(request: web.Request) -> web.StreamResponse:
    """GET /staff/departments/{department}/callbacks?state=&after="""
    desk, id = request.app[HUB].departments.desk, request.match_info["department"]
    state = request.query.get("state", "")
    state = state if state in tuple(CallbackState) else ""
    after = request.query.get("after") or None
    department, found, more = await desk.callbacks(agent_of(request), id, state=state, after=after)
    return staff_page(
        request,
        "staff/department_callbacks.html",
        department=department,
        callbacks=found,
        more=more,
        first=after is None,
        state=state,
        states=tuple(CallbackState),
        terms=terms,
    )


async def again(request: web.Request) -> web.StreamResponse:
    """POST /staff/departments/{department}/callbacks/{id}/again"""
    departments, id = request.app[HUB].departments, request.match_info["department"]
    await departments.desk.one_for(agent_of(request), id)
    await departments.tell_receipts.again(id, request.match_info["id"])
    return done(f"{PATH}/{id}/callbacks", "callback_again")
