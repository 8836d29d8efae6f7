"""H7, canned replies: the list, the editor, the second person, and what variables stand for in each unit."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from hub.actions.cases.replies.edit_canned import Place
from hub.model.agent import Agent, Permission, Role
from hub.model.cases.replies.canned_reply import (
    CannedReply,
    CannedScope,
    CannedState,
    CannedText,
)
from hub.model.cases.replies.variables import OF_THE_CASE, variables_in
from hub.model.track import Track
from hub.runtime.errors import Forbidden, Stale
from hub.store.codec import Versioned
from hub.web.badges import CHANNEL, TRACK, Word
from hub.web.form import FormErrors, parse, read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import Translator, msgid
from hub.web.keys import HUB
from hub.web.pages.cases.replies.canned_form import CannedForm, SendBackForm, ValuesForm
from hub.web.render import translator
from hub.web.staff_page import done, staff_page

PATH = "/staff/canned"
SCOPE: Mapping[CannedScope, str] = {
    CannedScope.OWN: msgid("只有我"),
    CannedScope.UNIT: msgid("本单位"),
    CannedScope.ALL: msgid("全部单位"),
}
STATE: Mapping[CannedState, Word] = {
    CannedState.DRAFT: Word(msgid("修改稿"), "warn", "pen"),
    CannedState.SUBMITTED: Word(msgid("待批准"), "info", "clock"),
    CannedState.SENT_BACK: Word(msgid("已退回"), "bad", "warning"),
}
_STALE = msgid("这条快捷回复刚刚被别人修改。您填写的内容已保留，请与最新内容核对后再保存。")
_EMPTY = CannedText("", "", CannedScope.OWN)


async def list_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/canned"""
    agent = agent_of(request)
    return staff_page(
        request,
        "staff/canned.html",
        found=await request.app[HUB].actions.replies.read_canned.page(agent),
        scopes=SCOPE,
        states=STATE,
        may_write=agent.may(Permission.CASE_REPLY),
        may_set=agent.may(Permission.CANNED_APPROVE),
    )


async def editor(request: web.Request) -> web.StreamResponse:
    """GET /staff/canned/new, /staff/canned/{canned_id}"""
    return await _editor(request, await _found(request))


async def save(request: web.Request) -> web.StreamResponse:
    """POST /staff/canned/new, /staff/canned/{canned_id}: `then=submit` sends it to a second person."""
    data, _ = await read_form(request), translator(request)
    found, form = await _found(request), parse(CannedForm, data, translator(request))
    if isinstance(form, FormErrors):
        return await _editor(request, found, values=data, errors=form.fields, status=422)
    place, submits = _place(request, data), data.get("then") == "submit"
    try:
        await request.app[HUB].actions.replies.edit_canned.save(
            agent_of(request), place, form.content(), submits=submits
        )
    except Stale:
        found = await _found(request)
        return await _editor(request, found, values=data, errors={"form": _(_STALE)}, status=409)
    is_own = form.scope is CannedScope.OWN
    return done(PATH, "canned_submitted" if submits and not is_own else "canned_saved")


async def approve(request: web.Request) -> web.StreamResponse:
    """POST /staff/canned/{canned_id}/approve"""
    place = _place(request, await read_form(request))
    await request.app[HUB].actions.replies.edit_canned.approve(agent_of(request), place)
    return done(PATH, "canned_approved")


async def send_back(request: web.Request) -> web.StreamResponse:
    """POST /staff/canned/{canned_id}/send-back"""
    data = await read_form(request)
    form = parse(SendBackForm, data, translator(request))
    if isinstance(form, FormErrors):
        return await _editor(request, await _found(request), errors=form.fields, status=422)
    place = _place(request, data)
    await request.app[HUB].actions.replies.edit_canned.send_back(agent_of(request), place, form.remark)
    return done(PATH, "canned_sent_back")


async def retire(request: web.Request) -> web.StreamResponse:
    """POST /staff/canned/{canned_id}/retire"""
    place = _place(request, await read_form(request))
    await request.app[HUB].actions.replies.edit_canned.retire(agent_of(request), place)
    return done(PATH, "canned_retired")


async def values_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/canned/values?unit="""
    return await _values(request, _unit(request, request.query.get("unit", "")))


async def save_values(request: web.Request) -> web.StreamResponse:
    """POST /staff/canned/values"""
    data, _ = await read_form(request), translator(request)
    form, unit_id = parse(ValuesForm, data, _), _unit(request, data.get("unit_id", ""))
    if isinstance(form, FormErrors):
        return await _values(request, unit_id, typed=data.get("values", ""), errors=form.fields, status=422)
    try:
        await request.app[HUB].actions.replies.edit_canned.set_values(
            agent_of(request), unit_id, form.read(), version=_number(data.get("version", ""))
        )
    except Stale:
        errors = {"values": _(_STALE)}
        return await _values(request, unit_id, typed=data.get("values", ""), errors=errors, status=409)
    return done(f"{PATH}/values?unit={unit_id}", "saved")


async def _found(request: web.Request) -> Versioned[CannedReply] | None:
    id = request.match_info.get("canned_id", "")
    if id:
        return await request.app[HUB].actions.replies.read_canned.get(agent_of(request), id)
    if not agent_of(request).may(Permission.CASE_REPLY):
        raise Forbidden("canned")
    return None


async def _editor(
    request: web.Request,
    found: Versioned[CannedReply] | None,
    *,
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> web.StreamResponse:
    read, agent, _ = request.app[HUB].actions.replies.read_canned, agent_of(request), translator(request)
    canned = found.value if found else None
    text = (canned.seen_by(agent) if canned else None) or _EMPTY
    versions = await read.versions(canned.id) if canned else []
    ids = {canned.owner_id, canned.changed_by} if canned else set()
    ids |= {id for one in versions for id in (one.author_id, one.by_id)}
    shown = {"title": text.title, "text": text.text, "scope": str(text.scope)}
    shown |= {"channel": text.channel, "track": text.track, "remark": ""}
    return staff_page(
        request,
        "staff/canned_editor.html",
        status,
        canned=canned,
        name=text.title,
        version=found.version if found else 0,
        values={name: (values or {}).get(name, shown[name]) for name in shown},
        errors=errors or {},
        names=await read.names(ids),
        versions=versions,
        scopes=[(str(scope), _(label)) for scope, label in SCOPE.items()],
        channel_choices=[
            ("", _(msgid("全部渠道"))),
            *((str(kind), _(word.text)) for kind, word in CHANNEL.items()),
        ],
        tracks=[("", _(msgid("全部类型"))), *((str(track), _(TRACK[track].text)) for track in Track)],
        scope_words=SCOPE,
        states=STATE,
        known=OF_THE_CASE,
        used=variables_in(text.text),
        may_edit=canned is None or canned.may_edit(agent),
        may_approve=canned is not None and canned.may_approve(agent),
    )


def _channels(_: Translator) -> list[tuple[str, str]]:
    return [(str(kind), _(word.text)) for kind, word in CHANNEL.items()]


async def _values(
    request: web.Request,
    unit_id: str,
    *,
    typed: str | None = None,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> web.StreamResponse:
    hub, agent, _ = request.app[HUB], agent_of(request), translator(request)
    found = await hub.repositories.canned_replies.values(unit_id)
    kept = dict(found.value.values) if found else {}
    units = [("", _(msgid("全部单位")))] if _sets_all(agent) else []
    units += [
        (unit.id, unit.name)
        for unit in await hub.repositories.units.list()
        if _sets_all(agent) or unit.id == agent.unit_id
    ]
    return staff_page(
        request,
        "staff/canned_values.html",
        status,
        unit_id=unit_id,
        units=units,
        version=found.version if found else 0,
        typed="\n".join(f"{name}={value}" for name, value in kept.items()) if typed is None else typed,
        errors=errors or {},
        known=OF_THE_CASE,
        changed_at=found.value.changed_at if found else 0,
    )


def _sets_all(agent: Agent) -> bool:
    """Whether the agent writes the table of every unit; others write that of their own."""
    return Role.ADMIN in agent.roles or not agent.unit_id


def _unit(request: web.Request, wanted: str) -> str:
    """The unit meant. Raises `Forbidden` for a table the agent does not write."""
    agent = agent_of(request)
    if _sets_all(agent):
        return wanted[:64]
    if wanted not in ("", agent.unit_id):
        raise Forbidden("unit")
    return agent.unit_id


def _place(request: web.Request, data: Mapping[str, str]) -> Place:
    return Place(request.match_info.get("canned_id", ""), _number(data.get("version", "")))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
