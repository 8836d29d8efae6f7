"""The registry: list, new, edit."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from channels.contract import ChannelKind
from channels.outbox.delivery import MessageClass
from hub.model.agent import Role
from hub.model.campaigns.departments import Department
from hub.model.departments.registered import RegisteredDepartment
from hub.runtime.errors import Invalid, Stale
from hub.web.form import FormErrors, parse, read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.pages.departments import cutover_words
from hub.web.pages.departments import department_words as terms
from hub.web.pages.departments.department_form import BAD_ID, DepartmentForm, is_id, typed
from hub.web.render import translator
from hub.web.staff_page import done, staff_page

PATH = "/staff/departments"
CHANGED = msgid("另一位管理员刚刚改过这份登记。请核对下面的内容，再保存一次。")


async def list_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/departments: all for an administrator, their own for members."""
    hub, agent = request.app[HUB], agent_of(request)
    desk = hub.departments.desk
    found = await desk.all_for(agent)
    manages = hub.departments.desk.manages(agent)
    return staff_page(
        request,
        "staff/departments.html",
        departments=found,
        configured=hub.departments.in_force.configured_only() if manages else [],
        phases=await hub.departments.cutover.read.phases([one.id for one in found]),
        phase_words=cutover_words.PHASE,
        ends_soon={one.id for one in found if desk.ends_soon(one)},
        manages=manages,
    )


async def new_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/departments/new?id=: blank, or begun with what the configuration says of `id`."""
    configured = request.app[HUB].departments.in_force.configured_only()
    known = {one.id: one for one in configured}.get(request.query.get("id", ""))
    values = {"old_platform": "yes", **await _typed(request, _begun(known))}
    return await _form(request, id=known.id if known else "", values=values)


async def create(request: web.Request) -> web.StreamResponse:
    """POST /staff/departments/new"""
    return await _store(request, id="", new=True)


async def edit_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/departments/{department}/edit"""
    desk = request.app[HUB].departments.desk
    found = await desk.one_for(agent_of(request), request.match_info["department"])
    return await _form(request, id=found.id, values=await _typed(request, found), changed_at=found.changed_at)


async def save(request: web.Request) -> web.StreamResponse:
    """POST /staff/departments/{department}/edit"""
    return await _store(request, id=request.match_info["department"], new=False)


async def _store(request: web.Request, *, id: str, new: bool) -> web.StreamResponse:
    hub, _ = request.app[HUB], translator(request)
    data = await read_form(request)
    id = id or data.get("id", "").strip()
    changed_at = int(data["changed_at"]) if data.get("changed_at", "").isdecimal() else 0
    members = {login: agent_id for agent_id, login in (await _members(request)).items()}
    context = {
        "channels": _channels(request),
        "members": members,
        "desks": dict(await _desks(request)),
        "may_call_back": hub.departments.may_call_back,
    }
    form = parse(DepartmentForm, data, _, context)
    errors = dict(form.fields) if isinstance(form, FormErrors) else {}
    if new and not is_id(id):
        errors = {"id": _(BAD_ID), **errors}
    if isinstance(form, FormErrors) or errors:
        return await _form(request, id=id, new=new, values=data, errors=errors, changed_at=changed_at)
    agent = agent_of(request)
    department = form.department(id, at=hub.clock.now_ms(), by=agent.id, members=members)
    try:
        if new:
            old = msgid("登记部门时写明") if data.get("old_platform") else ""
            await hub.departments.desk.create(agent, department, old_platform=old)
        else:
            await hub.departments.desk.save(agent, department, changed_at=changed_at)
    except Invalid as refused:
        errors = {name: _(text) for name, text in refused.problems.items()}
        return await _form(request, id=id, new=new, values=data, errors=errors)
    except Stale:
        current = await hub.departments.desk.one_for(agent, id)
        return await _form(request, id=id, values=data, problem=_(CHANGED), changed_at=current.changed_at)
    return done(f"{PATH}/{id}", "department_saved")


async def _form(
    request: web.Request,
    *,
    id: str,
    values: Mapping[str, str],
    new: bool | None = None,
    errors: Mapping[str, str] | None = None,
    changed_at: int = 0,
    problem: str = "",
) -> web.StreamResponse:
    return staff_page(
        request,
        "staff/department_edit.html",
        409 if problem else 422 if errors else 200,
        id=id,
        new=not changed_at if new is None else new,
        values={**dict.fromkeys((*DepartmentForm.model_fields, "old_platform"), ""), **values},
        errors=errors or {},
        changed_at=changed_at,
        problem=problem,
        channels=_channels(request),
        desks=await _desks(request),
        terms=terms,
        classes=tuple(MessageClass),
        hosts=request.app[HUB].settings.department_api.callback_hosts,
    )


async def _typed(request: web.Request, department: RegisteredDepartment) -> dict[str, str]:
    return typed(department, await _members(request))


async def _desks(request: web.Request) -> list[tuple[str, str]]:
    units = await request.app[HUB].repositories.units.list()
    return [(unit.id, unit.name) for unit in units if not unit.inspection]


def _begun(known: Department | None) -> RegisteredDepartment:
    """What a new one begins with."""
    if known is None:
        return RegisteredDepartment("", "", 0, "", classes=(MessageClass.N,))
    return RegisteredDepartment(
        known.id,
        known.name,
        0,
        "",
        share=known.share,
        daily_parts=known.quota.daily_parts,
        monthly_parts=known.quota.monthly_parts,
        classes=tuple(one for one in MessageClass if one in known.classes),
    )


async def _members(request: web.Request) -> dict[str, str]:
    """Id → login of those who may be members."""
    agents = await request.app[HUB].repositories.agents.list()
    return {agent.id: agent.login for agent in agents if Role.DEPARTMENT in agent.roles}


def _channels(request: web.Request) -> list[str]:
    profiles = request.app[HUB].profiles
    return [name for name, one in profiles.items() if one.kind is ChannelKind.SMS]
