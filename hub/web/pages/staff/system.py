"""For administrators: is everything running, and who may work here. No case content, ever."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace

from aiohttp import web

from hub.actions.staff.passwords import one_time_password
from hub.hub import HealthLine, Hub
from hub.model.agent import Agent, Role
from hub.runtime.errors import Invalid
from hub.runtime.ids import new_id
from hub.web import badges
from hub.web.form import FormErrors, parse, read_form
from hub.web.guard.auth import agent_of
from hub.web.guard.staff import STAFF
from hub.web.i18n import Translator
from hub.web.keys import HUB
from hub.web.pages.staff.agent_form import AgentForm
from hub.web.render import translator
from hub.web.staff_page import done, staff_page

LOG = logging.getLogger(__name__)
AGENTS_PATH = "/staff/agents"


@dataclass(frozen=True, slots=True)
class Light:
    """One line of the health page. kind: good | bad | off."""

    name: str
    kind: str
    detail: str
    fix: str


async def system_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/system"""
    hub, _ = request.app[HUB], translator(request)
    lights = [_light(hub, line, _) for line in (*hub.duties(), *await hub.health())]
    return staff_page(
        request,
        "staff/system.html",
        lines=sorted(lights, key=lambda light: light.kind != "bad"),
        broken=sum(light.kind == "bad" for light in lights),
    )


async def agents_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/agents"""
    return await _show(request)


async def create_agent(request: web.Request) -> web.StreamResponse:
    """POST /staff/agents: a new account; its one-time password is shown once, on the answer."""
    staff, _ = request.app[STAFF], translator(request)
    data = await read_form(request)
    values = {name: data.get(name, "") for name in ("login", "name", "unit_id", "role")}
    form = parse(AgentForm, data, _)
    if isinstance(form, FormErrors):
        return await _show(request, values=values, errors=form.fields)
    if await staff.units.get(form.unit_id) is None:
        return await _show(request, values=values, errors={"unit_id": _("请选择单位")})
    password, now = one_time_password(), staff.clock.now_ms()
    agent = Agent(
        id=new_id(now),
        login=form.login.casefold(),
        unit_id=form.unit_id,
        roles=(form.role,),
        created_at=now,
        must_change=True,
        password_hash=await staff.passwords.hash(password),
        name=form.name,
    )
    try:
        await staff.agents.insert(agent)
    except Invalid as refused:
        return await _show(
            request, values=values, errors={name: _(text) for name, text in refused.problems.items()}
        )
    LOG.info("staff.agent_created", extra={"agent_id": agent.id, "by": agent_of(request).id})
    return await _show(request, issued=(agent, password))


async def reset_password(request: web.Request) -> web.StreamResponse:
    """POST /staff/agents/{agent_id}/reset: a new one-time password; all logins end."""
    staff = request.app[STAFF]
    agent_id = _other(request)
    password = one_time_password()
    fresh = await staff.passwords.hash(password)
    agent = await staff.agents.update(
        agent_id, lambda now: replace(now, password_hash=fresh, must_change=True)
    )
    if agent is None:
        raise web.HTTPNotFound
    await staff.logins.delete_of(agent_id)
    LOG.info("staff.password_reset", extra={"agent_id": agent_id, "by": agent_of(request).id})
    return await _show(request, issued=(agent, password))


async def set_active(request: web.Request) -> web.StreamResponse:
    """POST /staff/agents/{agent_id}/active: `active=yes|no`; disabling ends all logins."""
    staff = request.app[STAFF]
    agent_id = _other(request)
    active = (await read_form(request)).get("active") == "yes"
    if await staff.agents.update(agent_id, lambda now: replace(now, active=active)) is None:
        raise web.HTTPNotFound
    if not active:
        await staff.logins.delete_of(agent_id)
    LOG.info("staff.agent_switched", extra={"agent_id": agent_id, "by": agent_of(request).id})
    return done(AGENTS_PATH, "enabled" if active else "disabled")


def _light(hub: Hub, line: HealthLine, _: Translator) -> Light:
    channel = hub.settings.channels.get(line.name.removeprefix("channel "))
    is_off = channel is not None and not channel.enabled
    return Light(
        _(line.label),
        "off" if is_off else "good" if line.ok else "bad",
        _(line.detail),
        "" if line.ok else _(line.fix),
    )


def _other(request: web.Request) -> str:
    """The account meant; nobody changes his own here."""
    agent_id = request.match_info["agent_id"]
    if agent_id == agent_of(request).id:
        raise web.HTTPForbidden
    return agent_id


async def _show(
    request: web.Request,
    *,
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    issued: tuple[Agent, str] | None = None,
) -> web.StreamResponse:
    staff, _ = request.app[STAFF], translator(request)
    units = await staff.units.list()
    return staff_page(
        request,
        "staff/agents.html",
        422 if errors else 200,
        agents=await staff.agents.list(),
        units={unit.id: unit.name for unit in units},
        role_options=[(str(role), _(badges.ROLE[role])) for role in Role],
        values=values or {"login": "", "name": "", "unit_id": "", "role": ""},
        errors=errors or {},
        issued=issued,
    )
