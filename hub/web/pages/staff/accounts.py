"""Who may work here, for administrators; and the changes that wait for a second person, also for
inspectors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from hub.actions.staff.passwords import one_time_password
from hub.model.agent import Agent, Permission, Role
from hub.model.staff.account_change import AccountChangeKind
from hub.runtime.errors import Invalid, Stale
from hub.runtime.ids import new_id
from hub.web import badges
from hub.web.form import FormErrors, parse, read_form
from hub.web.guard.auth import agent_of
from hub.web.guard.staff import STAFF
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.pages.staff.agent_form import AgentForm
from hub.web.render import translator
from hub.web.staff_page import done, staff_page

AGENTS_PATH = "/staff/agents"
CHANGES_PATH = "/staff/account-changes"
CHANGES: Mapping[AccountChangeKind, str] = {
    AccountChangeKind.CREATE: msgid("新建账号"),
    AccountChangeKind.RESET: msgid("重置密码"),
    AccountChangeKind.ENABLE: msgid("启用账号"),
    AccountChangeKind.RIGHTS: msgid("修改角色和单位"),
    AccountChangeKind.REMOVE: msgid("移除账号"),
}


@dataclass(frozen=True, slots=True)
class Issued:
    """A one-time password, shown once. waits: it works when a second person has confirmed."""

    agent: Agent
    password: str
    waits: bool


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
        waits = await request.app[HUB].actions.change_accounts.create(agent, by=agent_of(request).id)
    except Invalid as refused:
        return await _show(
            request, values=values, errors={name: _(text) for name, text in refused.problems.items()}
        )
    return await _show(request, issued=Issued(agent, password, waits))


async def reset_password(request: web.Request) -> web.StreamResponse:
    """POST /staff/agents/{agent_id}/reset: a new one-time password; all logins end."""
    staff, agent_id = request.app[STAFF], _other(request)
    password = one_time_password()
    fresh = await staff.passwords.hash(password)
    waits = await request.app[HUB].actions.change_accounts.reset(agent_id, fresh, by=agent_of(request).id)
    found = await staff.agents.get(agent_id)
    return await _show(request, issued=Issued(found.value, password, waits) if found else None)


async def set_active(request: web.Request) -> web.StreamResponse:
    """POST /staff/agents/{agent_id}/active: `active=yes|no`; disabling ends all logins."""
    agent_id = _other(request)
    active = (await read_form(request)).get("active") == "yes"
    waits = await request.app[HUB].actions.change_accounts.switch(
        agent_id, active=active, by=agent_of(request).id
    )
    return done(AGENTS_PATH, "account_waits" if waits else "enabled" if active else "disabled")


async def set_rights(request: web.Request) -> web.StreamResponse:
    """POST /staff/agents/{agent_id}/rights: `role` any number of times, `unit_id`."""
    agent_id, _ = _other(request), translator(request)
    form = await request.post()
    roles = [Role(str(one)) for one in form.getall("role", ()) if one in frozenset(Role)]
    unit_id = str(form.get("unit_id", ""))
    if await request.app[STAFF].units.get(unit_id) is None:
        return await _show(request, errors={f"unit-{agent_id}": _("请选择单位")})
    try:
        waits = await request.app[HUB].actions.change_accounts.rights(
            agent_id, roles, unit_id, by=agent_of(request).id
        )
    except Invalid as refused:
        return await _show(
            request, errors={f"role-{agent_id}": _(text) for text in refused.problems.values()}
        )
    return done(AGENTS_PATH, "account_waits" if waits else "rights_changed")


async def remove_agent(request: web.Request) -> web.StreamResponse:
    """POST /staff/agents/{agent_id}/remove: for good, with `sure=yes`."""
    agent_id, _ = _other(request), translator(request)
    if (await read_form(request)).get("sure") != "yes":
        return await _show(request, errors={f"sure-{agent_id}": _("请勾选“确认移除”")})
    await request.app[HUB].actions.change_accounts.remove(agent_id, by=agent_of(request).id)
    return done(AGENTS_PATH, "agent_removed")


async def changes_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/account-changes"""
    return await _changes(request)


async def decide_change(request: web.Request) -> web.StreamResponse:
    """POST /staff/account-changes/{change_id}: `decision=confirm|refuse`."""
    confirm = (await read_form(request)).get("decision") == "confirm"
    change = request.app[HUB].actions.change_accounts
    try:
        await change.decide(agent_of(request), request.match_info["change_id"], confirm=confirm)
    except Stale:
        return await _changes(request, problem=msgid("这项变更刚被处理，请再看一次"))
    return done(CHANGES_PATH, "account_confirmed" if confirm else "account_refused")


async def _changes(request: web.Request, problem: str = "") -> web.StreamResponse:
    agent, _, stores = agent_of(request), translator(request), request.app[HUB].repositories
    history = await stores.account_changes.decided()
    people = {id for one in history for id in (one.agent_id, one.by, one.decided_by)}
    return staff_page(
        request,
        "staff/account_changes.html",
        409 if problem else 200,
        unconfirmed=await request.app[HUB].actions.change_accounts.waiting(agent),
        history=history,
        names={one.id: one.name for one in (await stores.agents.get_many(sorted(people))).values()},
        kinds=CHANGES,
        units={unit.id: unit.name for unit in await request.app[STAFF].units.list()},
        problem=_(problem),
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
    issued: Issued | None = None,
) -> web.StreamResponse:
    hub, staff, _ = request.app[HUB], request.app[STAFF], translator(request)
    units = await staff.units.list()
    agents = [one for one in await staff.agents.list() if not one.removed_at]
    waiting = await hub.actions.change_accounts.waiting(agent_of(request))
    return staff_page(
        request,
        "staff/agents.html",
        422 if errors else 200,
        agents=agents,
        waits={one.target.id for one in waiting},
        unconfirmed=len(waiting),
        nobody_reads_reports=not any(one.may(Permission.REPORT_READ) for one in agents),
        units={unit.id: unit.name for unit in units},
        role_options=[(str(role), _(badges.ROLE[role])) for role in Role],
        values=values or {"login": "", "name": "", "unit_id": "", "role": ""},
        errors=errors or {},
        issued=issued,
    )
