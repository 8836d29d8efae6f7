"""First run: a one-time address, printed on the console, makes the first administrator and the first
inspector: two persons, so that nobody alone decides who reads reports (检举控告).

No default account, no default password (OWASP ASVS 5.0.0, 6.3.2). The address works once, for a
quarter of an hour, and never when somebody can log in already.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from hub.model.agent import Agent, Role
from hub.model.units.unit import Unit
from hub.repositories.agents import SetupRepository
from hub.runtime.clock import Clock
from hub.runtime.ids import new_id
from hub.web.form import FormErrors, parse, placed, read_form
from hub.web.guard.staff import STAFF, Staff
from hub.web.i18n import Translator, msgid
from hub.web.pages.staff.password_form import InspectorForm, SetupForm
from hub.web.render import render, translator

LOG = logging.getLogger(__name__)
VALID_MS = 15 * 60_000
_SHOWN_AGAIN = ("login", "name", "unit", "second_login", "second_name")
_ONE_PERSON = msgid("督察要用另一个人的用户名")


@dataclass(frozen=True, slots=True)
class SetupToken:
    """What the console prints: the path to open and until when it works (ms UTC)."""

    path: str
    expires_at: int


async def create_setup_token(setup: SetupRepository, clock: Clock) -> SetupToken:
    """A new one-time address; an earlier one stops working."""
    token = secrets.token_urlsafe(32)
    expires_at = clock.now_ms() + VALID_MS
    await setup.insert(token, expires_at=expires_at)
    return SetupToken(f"/setup/{token}", expires_at)


async def setup_page(request: web.Request) -> web.StreamResponse:
    """GET /setup/{token}"""
    staff = request.app[STAFF]
    if not await staff.setup.is_open(request.match_info["token"], now=staff.clock.now_ms()):
        return render(request, "staff/setup_over.html", 404)
    return _page(request, values={**dict.fromkeys(_SHOWN_AGAIN, ""), "login": "admin"})


async def setup(request: web.Request) -> web.StreamResponse:
    """POST /setup/{token}"""
    staff, _ = request.app[STAFF], translator(request)
    token, now = request.match_info["token"], staff.clock.now_ms()
    if not await staff.setup.is_open(token, now=now):
        return render(request, "staff/setup_over.html", 404)
    if not await staff.door.is_genuine(request):
        return render(request, "staff/expired.html", 403)
    data = await read_form(request)
    values = {name: data.get(name, "") for name in _SHOWN_AGAIN}
    form, second = parse(SetupForm, data, _), _second(data)
    inspector = parse(InspectorForm, second, _) if any(second.values()) else None
    errors = dict(placed(form.fields, "again")) if isinstance(form, FormErrors) else _weak(staff, form, _)
    if isinstance(inspector, FormErrors):
        errors |= _named(placed(inspector.fields, "again"))
    elif inspector is not None:
        errors |= _named(_weak(staff, inspector, _))
        if values["login"].casefold() == inspector.login.casefold():
            errors["second_login"] = _(_ONE_PERSON)
    if errors or isinstance(form, FormErrors) or isinstance(inspector, FormErrors):
        return _page(request, values=values, errors=errors)
    unit = Unit(id=(unit_id := new_id(now)), name=form.unit, path=unit_id)
    admin = await _agent(staff, form, Role.ADMIN, unit, now)
    agents = (
        [admin] if inspector is None else [admin, await _agent(staff, inspector, Role.INSPECTOR, unit, now)]
    )
    if not await staff.setup.redeem(token, agents=agents, unit=unit, now=now):
        return render(request, "staff/setup_over.html", 404)
    response = web.Response(status=303, headers={"Location": "/staff/system"})
    await staff.sessions.start(request, response, admin.id)
    LOG.info("staff.setup_done", extra={"agent_id": admin.id})
    return response


def _second(data: Mapping[str, str]) -> dict[str, str]:
    """What was typed for the second person, under the names of its form."""
    return {name: data.get(f"second_{name}", "") for name in ("login", "name", "password", "again")}


def _named(problems: Mapping[str, str]) -> dict[str, str]:
    return {f"second_{name}": text for name, text in problems.items()}


def _weak(staff: Staff, form: SetupForm | InspectorForm, _: Translator) -> dict[str, str]:
    problem = staff.weak.problem(form.password, login=form.login)
    return {"password": _(problem)} if problem else {}


async def _agent(staff: Staff, form: SetupForm | InspectorForm, role: Role, unit: Unit, now: int) -> Agent:
    return Agent(
        id=new_id(now),
        login=form.login.casefold(),
        unit_id=unit.id,
        roles=(role,),
        created_at=now,
        password_hash=await staff.passwords.hash(form.password),
        name=form.name,
    )


def _page(
    request: web.Request, *, values: dict[str, str], errors: Mapping[str, str] | None = None
) -> web.Response:
    door = request.app[STAFF].door
    token = door.token(request)
    response = render(
        request,
        "staff/setup.html",
        422 if errors else 200,
        values=values,
        errors=errors or {},
        door=token,
        token=request.match_info["token"],
    )
    door.keep(response, token)
    return response
