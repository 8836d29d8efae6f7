"""The 12110 register (预登记): its list, a record, and the forms that change it.

A number stands in a form only, never in an address. Opening a record is written in its log, and so is every
change; nothing is shown in full before.
"""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from hub.actions.people.register.register import Register
from hub.model.agent import Permission
from hub.model.people.registered_person import MOST_CONTACTS, MOST_NUMBERS, ConsentBy, Difficulty
from hub.runtime.errors import Invalid, Stale
from hub.web.form import read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.pages.aid import register_words
from hub.web.pages.people.register_form import (
    FIELDS,
    RegisterTyped,
    posted,
    typed_record,
    values_of,
    version_of,
)
from hub.web.render import translator
from hub.web.staff_page import done, staff_page

PATH = "/staff/register"
_NOBODY = msgid("没有人登记这个号码")


async def register_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/register?after="""
    return await _list(request)


async def find(request: web.Request) -> web.StreamResponse:
    """POST /staff/register: by a whole number."""
    number = (await read_form(request)).get("find", "")[:40]
    _ = translator(request)
    try:
        found = await _register(request).read.find(agent_of(request), number)
    except Invalid as problem:
        return await _list(request, 422, find=number, errors=_said(request, problem))
    if not found:
        return await _list(request, find=number, errors={"find": _(_NOBODY)})
    return web.Response(status=303, headers={"Location": f"{PATH}/{found}"})


async def record_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/register/{person_id}"""
    return await _record(request)


async def new_record(request: web.Request) -> web.StreamResponse:
    """GET /staff/register/new"""
    return _form(request, RegisterTyped(dict.fromkeys(FIELDS, "")))


async def add(request: web.Request) -> web.StreamResponse:
    """POST /staff/register/new"""
    values = posted(await read_form(request))
    try:
        person_id = await _register(request).edit.add(agent_of(request), typed_record(values))
    except Invalid as problem:
        return _form(request, RegisterTyped(values, _said(request, problem)), 422)
    except Stale:
        return _form(request, RegisterTyped(values, conflict=True), 409)
    return done(f"{PATH}/{person_id}", "registered")


async def edit_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/register/{person_id}/edit"""
    view = await _register(request).read(agent_of(request), _id(request))
    return _form(request, RegisterTyped(values_of(view.person)), person_id=_id(request), version=view.version)


async def change(request: web.Request) -> web.StreamResponse:
    """POST /staff/register/{person_id}/edit"""
    data, person_id, agent = await read_form(request), _id(request), agent_of(request)
    values, version = posted(data), version_of(data)
    try:
        await _register(request).edit.change(agent, person_id, typed_record(values), version=version)
    except Invalid as problem:
        typed = RegisterTyped(values, _said(request, problem))
        return _form(request, typed, 422, person_id=person_id, version=version)
    except Stale:  # what was typed is kept; saved again it takes the place of the other change
        now = await _register(request).read(agent, person_id)
        typed = RegisterTyped(values, conflict=True)
        return _form(request, typed, 409, person_id=person_id, version=now.version)
    return done(f"{PATH}/{person_id}", "register_saved")


async def check(request: web.Request) -> web.StreamResponse:
    """POST /staff/register/{person_id}/check: everything is still right."""
    version = version_of(await read_form(request))
    await _register(request).edit.check(agent_of(request), _id(request), version=version)
    return done(f"{PATH}/{_id(request)}", "register_checked")


async def remove(request: web.Request) -> web.StreamResponse:
    """POST /staff/register/{person_id}/remove"""
    data = await read_form(request)
    asked = data.get("asked") == "yes"
    try:
        await _register(request).edit.remove(
            agent_of(request), _id(request), version=version_of(data), asked=asked
        )
    except Invalid as problem:
        return await _record(request, 422, errors=_said(request, problem))
    return done(PATH, "register_removed")


async def _list(
    request: web.Request, status: int = 200, *, find: str = "", errors: Mapping[str, str] | None = None
) -> web.StreamResponse:
    agent, after = agent_of(request), request.query.get("after", "")
    view = await _register(request).read.list(agent, after)
    return staff_page(
        request,
        "staff/register.html",
        status,
        view=view,
        is_first=not after,
        find=find,
        errors=errors or {},
        may_edit=agent.may(Permission.REGISTER_EDIT),
        terms=register_words,
    )


async def _record(
    request: web.Request, status: int = 200, *, errors: Mapping[str, str] | None = None
) -> web.StreamResponse:
    agent = agent_of(request)
    view = await _register(request).read(agent, _id(request))
    return staff_page(
        request,
        "staff/register_record.html",
        status,
        view=view,
        person=view.person,
        errors=errors or {},
        may_edit=agent.may(Permission.REGISTER_EDIT),
        terms=register_words,
    )


def _form(
    request: web.Request, typed: RegisterTyped, status: int = 200, *, person_id: str = "", version: int = 0
) -> web.StreamResponse:
    return staff_page(
        request,
        "staff/register_form.html",
        status,
        typed=typed,
        values=typed.values,
        errors=typed.errors,
        person_id=person_id,
        version=version,
        terms=register_words,
        difficulties=list(Difficulty),
        consents=list(ConsentBy),
        number_places=range(1, MOST_NUMBERS + 1),
        contact_places=range(1, MOST_CONTACTS + 1),
    )


def _said(request: web.Request, problem: Invalid) -> dict[str, str]:
    _ = translator(request)
    return {name: _(text) for name, text in problem.problems.items()}


def _register(request: web.Request) -> Register:
    return request.app[HUB].actions.people.register


def _id(request: web.Request) -> str:
    return request.match_info["person_id"]
