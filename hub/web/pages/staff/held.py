"""What somebody had filled in when the login was over: to read, to fill in again, to drop."""

from __future__ import annotations

from aiohttp import web

from hub.web.guard.auth import agent_of
from hub.web.guard.staff import STAFF
from hub.web.staff_page import home_of, staff_page


async def held_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/held: for who has no script, or whose form is not there any more."""
    held = await request.app[STAFF].held.of(agent_of(request).id)
    return staff_page(request, "staff/held.html", kept=held)


async def fields(request: web.Request) -> web.StreamResponse:
    """GET /staff/held/fields: `{"action": …, "fields": [[name, text], …]}` for the script of the page, {} for
    nothing."""
    held = await request.app[STAFF].held.of(agent_of(request).id)
    body = {"action": held.action, "fields": held.fields} if held else {}
    return web.json_response(body, headers={"Cache-Control": "no-store"})


async def drop(request: web.Request) -> web.StreamResponse:
    """POST /staff/held/drop"""
    agent, held_forms = agent_of(request), request.app[STAFF].held
    held = await held_forms.of(agent.id)
    response = web.Response(status=303, headers={"Location": held.page if held else home_of(agent)})
    await held_forms.drop(response, agent.id)
    return response
