"""The logins with which systems of a department connect. One that was issued is shown once, on the
answer."""

from __future__ import annotations

from aiohttp import web

from hub.actions.departments.listener.logins import IssuedLogin, IssueLogin
from hub.hub import Hub
from hub.settings.listeners import Listener
from hub.web.guard.auth import agent_of
from hub.web.keys import HUB
from hub.web.staff_page import staff_page


async def page(request: web.Request) -> web.StreamResponse:
    """GET /staff/departments/{department}/listener"""
    return await _show(request)


async def issue(request: web.Request) -> web.StreamResponse:
    """POST /staff/departments/{department}/listener/{key_id}"""
    hub, match = request.app[HUB], request.match_info
    issued = await _logins(hub)(match["department"], match["key_id"], by=agent_of(request).id)
    return await _show(request, issued)


async def _show(request: web.Request, issued: IssuedLogin | None = None) -> web.StreamResponse:
    hub, agent = request.app[HUB], agent_of(request)
    department, keys = await hub.departments.desk.keys(agent, request.match_info["department"])
    now = hub.clock.now_ms()
    return staff_page(
        request,
        "staff/department_listener.html",
        here=f"/staff/departments/{department.id}/listener",
        department=department,
        open_keys=[line.key for line in keys if line.key.is_open(now)],
        logins=await _logins(hub).of_department(department.id),
        issued=issued,
        manages=hub.departments.desk.manages(agent),
        ports=[f"{name} {port}" for name, wanted in _listeners(hub) for port in wanted.ports()],
    )


def _listeners(hub: Hub) -> list[tuple[str, Listener]]:
    return [
        ("SMPP", hub.settings.smpp_listener),
        ("CMPP", hub.settings.cmpp_listener),
        ("GET", hub.settings.sendsms_listener),
    ]


def _logins(hub: Hub) -> IssueLogin:
    return IssueLogin(hub.documents, hub.repositories.departments, hub.clock)
