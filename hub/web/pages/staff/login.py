"""The staff door: login and logout.

A wrong password and an unknown login look the same, take the same time and are counted the same.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace

from aiohttp import web

from hub.web.form import FormErrors, parse, read_form
from hub.web.guard import auth
from hub.web.guard.held_forms import COOKIE
from hub.web.guard.staff import STAFF
from hub.web.i18n import msgid
from hub.web.keys import SOURCE
from hub.web.pages.staff.password_form import LoginForm
from hub.web.render import render, translator

LOG = logging.getLogger(__name__)

HOME = "/staff/"
_WRONG = msgid("用户名或密码不正确")
_WAIT = msgid("尝试次数过多，请在 %(seconds)s 秒后再试")


async def login_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/login"""
    staff = request.app[STAFF]
    session = await staff.sessions.current(request)
    found = await staff.agents.get(session.agent_id) if session else None
    if found is not None and found.value.active:
        return web.Response(status=303, headers={"Location": HOME})
    return _page(request, target=auth.safe_next(request.query.get("next", "")))


async def login(request: web.Request) -> web.StreamResponse:
    """POST /staff/login"""
    staff, _ = request.app[STAFF], translator(request)
    if not await staff.door.is_genuine(request):
        return render(request, "staff/expired.html", 403)
    data = await read_form(request)
    target = auth.safe_next(data.get("next", ""))
    form = parse(LoginForm, data, _)
    if isinstance(form, FormErrors):
        return _page(request, errors=form.fields, login=data.get("login", ""), target=target, status=422)
    login, address = form.login.casefold(), request[SOURCE]
    found = await staff.agents.by_login(login)
    agent = found.value if found else None
    device = await staff.devices.known(request, login)
    wait = staff.brake.wait_ms(login, address, device)
    if wait:
        text = _(_WAIT, seconds=-(-wait // 1000))
        response = _page(request, errors={"login": text}, login=form.login, target=target, status=429)
        response.headers["Retry-After"] = str(-(-wait // 1000))
        return response
    staff.brake.failed(login, address, device)
    right = await staff.passwords.verify(agent.password_hash if agent else "", form.password)
    if not right or agent is None or not agent.active:
        marks = {"account": staff.mark(login), "source": staff.mark(address)}
        LOG.warning("staff.login_failed", extra=marks)
        return _page(request, errors={"login": _(_WRONG)}, login=form.login, target=target, status=422)
    staff.brake.succeeded(login, address, device)
    if staff.passwords.is_outdated(agent.password_hash):
        fresh = await staff.passwords.hash(form.password)
        # Only the hash that was just proved: a password changed meanwhile stays changed.
        await staff.agents.update(
            agent.id,
            lambda now: (
                replace(now, password_hash=fresh) if now.password_hash == agent.password_hash else now
            ),
        )
    response = web.Response(status=303, headers={"Location": target or HOME})
    await staff.sessions.start(request, response, agent.id)
    await staff.devices.keep(request, response, login)
    LOG.info("staff.login", extra={"agent_id": agent.id})
    return response


async def logout(request: web.Request) -> web.StreamResponse:
    """POST /staff/logout"""
    response = web.Response(status=303, headers={"Location": auth.LOGIN_PATH})
    await request.app[STAFF].sessions.end(request, response)
    LOG.info("staff.logout", extra={"agent_id": auth.agent_of(request).id})
    return response


def _page(
    request: web.Request,
    *,
    errors: Mapping[str, str] | None = None,
    login: str = "",
    target: str = "",
    status: int = 200,
) -> web.Response:
    door = request.app[STAFF].door
    token = door.token(request)
    response = render(
        request,
        "staff/login.html",
        status,
        errors=errors or {},
        login=login,
        target=target,
        door=token,
        held=COOKIE in request.cookies,
    )
    door.keep(response, token)
    return response
