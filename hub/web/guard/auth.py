"""Who may call a route: asked before the handler runs, for every route, default deny.

Order of the questions: is somebody signed in (else the login page, or 401 for a part of a page);
is a first password still to be changed (else the account page); does a role grant the route's
permission (else 403); is a change meant by its sender (else the 页面已过期 page). What an agent may
see *within* a route (own unit, REPORT cases) is decided by the actions, which answer NotFound.
"""

from __future__ import annotations

from urllib.parse import urlencode

from aiohttp import web

from hub.model.agent import Agent, Session
from hub.web.guard import csrf
from hub.web.guard.connections import signed_in
from hub.web.guard.held_forms import tell
from hub.web.guard.staff import STAFF, Staff
from hub.web.keys import AGENT, SESSION
from hub.web.render import render
from hub.web.route import Handler, Route

LOGIN_PATH = "/staff/login"
PASSWORD_PATH = "/staff/account/password"  # noqa: S105 — an address
_MACHINES = ("/webhooks/", "/api/")
_OPEN_WITH_FIRST_PASSWORD = frozenset({PASSWORD_PATH, "/staff/logout"})


def guarded(route: Route) -> Handler:
    """The route's handler behind its questions."""
    return _bounded(route, _signed_in(route) if route.login else route.handler)


def _bounded(route: Route, handler: Handler) -> Handler:
    """Refuses by its headers a body that the route does not take, before a byte of it is read. Machines have
    bounds of their own."""
    if route.method != "POST" or route.path.startswith(_MACHINES):
        return handler

    async def handle(request: web.Request) -> web.StreamResponse:
        if request.content_type.startswith("multipart/") and not (route.form_bytes or route.multipart):
            raise web.HTTPUnsupportedMediaType
        most = route.form_bytes or request.client_max_size
        if (request.content_length or 0) > most:
            raise web.HTTPRequestEntityTooLarge(most, request.content_length or 0)
        return await handler(request)

    return handle


def _signed_in(route: Route) -> Handler:

    async def handle(request: web.Request) -> web.StreamResponse:
        staff = request.app[STAFF]
        session = await staff.sessions.current(
            request, is_use=route.is_use and "text/event-stream" not in accept(request)
        )
        found = await staff.agents.get(session.agent_id) if session else None
        if session is None or found is None or not found.value.active:
            return _asked_by_itself(request, route) or await _to_login(request, staff)
        agent = found.value
        signed_in(request)
        request[SESSION] = session
        request[AGENT] = agent
        if agent.must_change and route.path not in _OPEN_WITH_FIRST_PASSWORD:
            to_password = web.Response(status=303, headers={"Location": PASSWORD_PATH})
            return _asked_by_itself(request, route) or to_password
        if not is_granted(agent, route):
            raise web.HTTPForbidden
        if route.form_bytes:
            request = request.clone(client_max_size=route.form_bytes)
        if request.method not in csrf.SAFE_METHODS and not await csrf.is_genuine(request, session):
            return await _expired(request, staff, agent)
        response = await route.handler(request)
        if request.method not in csrf.SAFE_METHODS:
            await staff.held.taken(request, response, agent.id)
        return response

    return handle


def _asked_by_itself(request: web.Request, route: Route) -> web.Response | None:
    """Nothing, for a page that asks by itself: it must not be taken away from who left something half written
    in it, nor get another page as a piece of itself."""
    asks = not route.is_use and "HX-Request" in request.headers
    return web.Response(status=204) if asks else None


async def recognise(request: web.Request) -> None:
    """Finds out who asks for a staff page that does not exist, so that the answer stands in their frame."""
    staff = request.app.get(STAFF)
    if staff is None or AGENT in request:
        return
    session = await staff.sessions.current(request, is_use=False)
    found = await staff.agents.get(session.agent_id) if session else None
    if session is not None and found is not None and found.value.active:
        request[SESSION], request[AGENT] = session, found.value


def is_granted(agent: Agent, route: Route) -> bool:
    """Whether the agent's roles allow the route."""
    if route.permission is None:
        return True
    return any(agent.may(permission) for permission in (route.permission, *route.also))


def agent_of(request: web.Request) -> Agent:
    """The agent who asks; only behind `guarded` with `login=True`."""
    return request[AGENT]


def session_of(request: web.Request) -> Session:
    """The session the request belongs to; only behind `guarded` with `login=True`."""
    return request[SESSION]


def accept(request: web.Request) -> str:
    """What the browser wants to have."""
    return request.headers.get("Accept", "")


def safe_next(path: str) -> str:
    """Where to go after login: a staff page of ours, or "" (never another site)."""
    is_ours = path.startswith("/staff/") and "//" not in path and "\\" not in path
    return path if is_ours and path.isprintable() and not path.startswith(LOGIN_PATH) else ""


async def _to_login(request: web.Request, staff: Staff) -> web.Response:
    lapsed = await staff.sessions.lapsed(request) if request.method == "POST" else None
    page = await staff.held.hold(request, lapsed.agent_id) if lapsed else ""
    wanted = safe_next(str(request.rel_url) if request.method == "GET" else page)
    target = LOGIN_PATH + ("?" + urlencode({"next": wanted}) if wanted else "")
    if request.headers.get("HX-Request") or "text/event-stream" in accept(request):
        # A part of a page cannot become the login page: the script loads that in full.
        response = web.Response(status=401, headers={"HX-Redirect": target if page else LOGIN_PATH})
    else:
        response = web.Response(status=303, headers={"Location": target})
    if page:
        tell(response)
    return response


async def _expired(request: web.Request, staff: Staff, agent: Agent) -> web.Response:
    """Most often the login was renewed in another tab: what was typed in this one is kept."""
    page = await staff.held.hold(request, agent.id)
    response = render(request, "staff/expired.html", 403, page=page)
    if page:
        tell(response)
    return response
