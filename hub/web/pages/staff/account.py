"""One's own account: password, logins on other devices, keyboard.

Changing the password ends every other login (OWASP ASVS 5.0.0, 7.4.3).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace

from aiohttp import web

from hub.web.form import FormErrors, parse, placed, read_form
from hub.web.guard.auth import PASSWORD_PATH, agent_of, session_of
from hub.web.guard.staff import STAFF
from hub.web.i18n import msgid
from hub.web.keys import SOURCE
from hub.web.pages.staff.password_form import PasswordForm
from hub.web.render import translator
from hub.web.staff_page import KEYS_COOKIE, NEXT_COOKIE, done, staff_page

LOG = logging.getLogger(__name__)
ACCOUNT_PATH = "/staff/account"
_YEAR_SECONDS = 31_536_000
_WRONG = msgid("现在的密码不正确")
_SAME = msgid("新密码不能和现在的密码相同")
_WAIT = msgid("尝试次数过多，请在 %(seconds)s 秒后再试")


async def account_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/account"""
    staff, agent = request.app[STAFF], agent_of(request)
    unit = await staff.units.get(agent.unit_id)
    sessions = [s for s in await staff.logins.of(agent.id) if not staff.sessions.is_over(s)]
    return staff_page(
        request,
        "staff/account.html",
        unit=unit.name if unit else "",
        sessions=sessions,
        own=session_of(request).id,
    )


async def password_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/account/password"""
    return staff_page(request, "staff/password.html")


async def change_password(request: web.Request) -> web.StreamResponse:
    """POST /staff/account/password"""
    staff, agent, _ = request.app[STAFF], agent_of(request), translator(request)
    form = parse(PasswordForm, await read_form(request), _)
    if isinstance(form, FormErrors):
        return _refused(request, placed(form.fields, "again"))
    # A stolen session must not become a way to guess the password.
    key, address = f"own:{agent.login}", request[SOURCE]
    device = await staff.devices.known(request, agent.login)
    wait = staff.brake.wait_ms(key, address, device)
    if wait:
        return _refused(request, {"current": _(_WAIT, seconds=-(-wait // 1000))}, 429)
    staff.brake.failed(key, address, device)
    if not await staff.passwords.verify(agent.password_hash, form.current):
        return _refused(request, {"current": _(_WRONG)})
    staff.brake.succeeded(key, address, device)
    problem = _SAME if form.password == form.current else staff.weak.problem(form.password, login=agent.login)
    if problem:
        return _refused(request, {"password": _(problem)})
    fresh = await staff.passwords.hash(form.password)
    await staff.agents.update(agent.id, lambda now: replace(now, password_hash=fresh, must_change=False))
    await staff.logins.delete_of(agent.id)
    response = done("/staff/" if agent.must_change else ACCOUNT_PATH, "password")
    await staff.sessions.start(request, response, agent.id)
    LOG.info("staff.password_changed", extra={"agent_id": agent.id})
    return response


async def end_session(request: web.Request) -> web.StreamResponse:
    """POST /staff/account/sessions/end: one other login, or all others."""
    staff, agent, own = request.app[STAFF], agent_of(request), session_of(request)
    wanted = (await read_form(request)).get("session", "")
    if wanted == "others":
        await staff.logins.delete_of(agent.id, but=own.id)
    else:
        mine = {session.id for session in await staff.logins.of(agent.id)}
        if wanted not in mine or wanted == own.id:
            raise web.HTTPNotFound
        await staff.logins.delete(wanted)
    return done(ACCOUNT_PATH, "ended")


async def preferences(request: web.Request) -> web.StreamResponse:
    """POST /staff/account/preferences: whether single keys do something, and what follows a closed case."""
    response, form = done(ACCOUNT_PATH, "saved"), await read_form(request)
    for name, cookie in (("keys", KEYS_COOKIE), ("next", NEXT_COOKIE)):
        if form.get(name):
            response.del_cookie(cookie, path="/staff")
        else:
            response.set_cookie(
                cookie, "off", max_age=_YEAR_SECONDS, path="/staff", httponly=True, samesite="Lax"
            )
    return response


def _refused(request: web.Request, errors: Mapping[str, str], status: int = 422) -> web.StreamResponse:
    return staff_page(request, "staff/password.html", status, errors=errors, action=PASSWORD_PATH)
