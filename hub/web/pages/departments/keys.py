"""Keys of a department. What was issued is shown once, on the answer to the form, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from aiohttp import web
from pydantic import Field

from channels.outbox.delivery import MessageClass
from hub.actions.departments.change_keys import IssuedKey, KeyWanted
from hub.model.departments.department_key import Scope
from hub.runtime.errors import Invalid
from hub.web.form import Form, FormErrors, parse, read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.pages.departments import department_words as terms
from hub.web.pages.departments.department_form import lines
from hub.web.pages.departments.departments import PATH
from hub.web.render import translator
from hub.web.staff_page import done, staff_page

_FIELDS = {scope: f"scope_{scope.value.replace('.', '_')}" for scope in Scope}


class KeyForm(Form):
    """A new key. Scopes and classes are boxes, read beside it."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {
        ("name", "*"): msgid("请填写系统名称，最多 40 个字"),
    }
    name: str = Field(default="", min_length=1, max_length=40)
    networks: str = Field(default="", max_length=2000)


class OverlapForm(Form):
    """How long a key goes on after it was replaced."""

    overlap_hours: int = Field(ge=0, le=2160)


async def page(request: web.Request) -> web.StreamResponse:
    """GET /staff/departments/{department}/keys"""
    return await _show(request)


async def issue(request: web.Request) -> web.StreamResponse:
    """POST /staff/departments/{department}/keys"""
    hub, _ = request.app[HUB], translator(request)
    data = await read_form(request)
    form = parse(KeyForm, data, _)
    if isinstance(form, FormErrors):
        return await _show(request, values=data, errors=form.fields)
    wanted = KeyWanted(
        name=form.name,
        scopes=tuple(scope for scope, name in _FIELDS.items() if data.get(name)),
        classes=tuple(one for one in MessageClass if data.get(f"class_{one.value}")),
        sandbox=bool(data.get("sandbox")),
        networks=tuple(lines(form.networks)),
    )
    try:
        issued = await hub.departments.change_keys.issue(
            request.match_info["department"], wanted, by=agent_of(request).id
        )
    except Invalid as refused:
        errors = {name: _(text) for name, text in refused.problems.items()}
        return await _show(request, values=data, errors=errors)
    return await _show(request, issued=issued)


async def rotate(request: web.Request) -> web.StreamResponse:
    """POST /staff/departments/{department}/keys/{key_id}/rotate"""
    hub, _ = request.app[HUB], translator(request)
    form = parse(OverlapForm, await read_form(request), _)
    if isinstance(form, FormErrors):
        return await _show(request, errors=form.fields)
    issued = await hub.departments.change_keys.rotate(
        request.match_info["department"],
        request.match_info["key_id"],
        overlap_seconds=form.overlap_hours * 3600,
        by=agent_of(request).id,
    )
    return await _show(request, issued=issued)


async def revoke(request: web.Request) -> web.StreamResponse:
    """POST /staff/departments/{department}/keys/{key_id}/revoke"""
    department = request.match_info["department"]
    await request.app[HUB].departments.change_keys.revoke(department, request.match_info["key_id"])
    return done(f"{PATH}/{department}/keys", "key_revoked")


async def _show(
    request: web.Request,
    *,
    issued: IssuedKey | None = None,
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> web.StreamResponse:
    hub, agent = request.app[HUB], agent_of(request)
    department, keys = await hub.departments.desk.keys(agent, request.match_info["department"])
    boxes = dict.fromkeys((*_FIELDS.values(), "class_N"), "yes")
    return staff_page(
        request,
        "staff/department_keys.html",
        422 if errors else 200,
        department=department,
        key_lines=keys,
        now=hub.clock.now_ms(),
        issued=issued,
        manages=hub.departments.desk.manages(agent),
        values=values if values is not None else boxes,
        errors=errors or {},
        scope_fields=_FIELDS,
        overlap_hours=hub.settings.department_api.key_overlap_hours,
        terms=terms,
    )
