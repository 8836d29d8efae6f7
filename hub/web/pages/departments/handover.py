"""What a department hands over with its platform: its files, what stands against go-live, the sheet to sign.

The pages of one file are those of every import (`pages/campaigns/recipients/imports.py`).
"""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from campaigns.importing.columns import FileKind
from campaigns.importing.row import NOTED, REJECTED
from hub.actions.departments.handover.read_handover import Handover
from hub.runtime.errors import Invalid, Stale
from hub.web.form import read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import Language, msgid
from hub.web.keys import HUB, LANGUAGE
from hub.web.pages.campaigns.recipients import words
from hub.web.pages.campaigns.recipients.imports import NO_FILE
from hub.web.pages.departments import handover_words as terms
from hub.web.render import translator
from hub.web.staff_page import done, staff_page

_NO_KIND = msgid("请选择移交的内容")
_MEANWHILE = msgid("对账单已有变化，没有记录签字。请重新打印下面的对账单。")


async def page(request: web.Request) -> web.StreamResponse:
    """GET /staff/departments/{department}/handover"""
    return await _page(request)


async def begin(request: web.Request) -> web.StreamResponse:
    """POST /staff/departments/{department}/handover: a file is kept, nothing of it is taken yet."""
    hub, agent, _ = request.app[HUB], agent_of(request), translator(request)
    department = await hub.departments.desk.one_for(agent, request.match_info["department"])
    kind = (await read_form(request)).get("kind", "")
    field = (await request.post()).get("file")
    errors: dict[str, str] = {}
    if kind not in set(FileKind):
        errors["kind"] = _(_NO_KIND)
    if not isinstance(field, web.FileField) or not field.filename:
        errors["file"] = _(NO_FILE)
    if errors or not isinstance(field, web.FileField):
        return await _page(request, 422, kind=kind, errors=errors)
    with field.file as file:
        try:
            begun = await hub.actions.publicity.recipients.imports.begin(
                agent.id,
                field.filename,
                department.source,
                file,
                kind=FileKind(kind),
                department=department.id,
            )
        except Invalid as refused:
            errors = {name: _(text) for name, text in refused.problems.items()}
            return await _page(request, 422, kind=kind, errors=errors)
    location = f"/staff/departments/{department.id}/imports/{begun.id}"
    return web.Response(status=303, headers={"Location": location})


async def sheet(request: web.Request) -> web.StreamResponse:
    """GET /staff/departments/{department}/handover/sheet: to print, and to record who signed it."""
    return await _sheet(request)


async def sign(request: web.Request) -> web.StreamResponse:
    """POST /staff/departments/{department}/handover/sheet"""
    hub, _ = request.app[HUB], translator(request)
    id, fields = request.match_info["department"], await read_form(request)
    await hub.departments.desk.one_for(agent_of(request), id)
    seen = {one for one in fields.get("seen", "").split() if one.isalnum()}
    try:
        await hub.departments.sign_handover(agent_of(request), id, fields.get("name", ""), seen)
    except Invalid as refused:
        errors = {name: _(text) for name, text in refused.problems.items()}
        return await _sheet(request, 422, name=fields.get("name", ""), errors=errors)
    except Stale:
        return await _sheet(request, 409, name=fields.get("name", ""), errors={"form": _(_MEANWHILE)})
    return done(f"/staff/departments/{id}/handover", "handover_signed")


async def _page(
    request: web.Request, status: int = 200, *, kind: str = "", errors: Mapping[str, str] | None = None
) -> web.StreamResponse:
    hub, handover, _ = request.app[HUB], await _handover(request), translator(request)
    agents = await hub.repositories.agents.get_many(sorted({one.by for one in handover.imports}))
    return staff_page(
        request,
        "staff/handover.html",
        status,
        handover=handover,
        open=[_(point) for point in handover.open],  # they hold names of files: no markup
        department=handover.department,
        by={id: agent.name for id, agent in agents.items()},
        kind=kind,
        errors=errors or {},
        manages=hub.departments.desk.manages(agent_of(request)),
        terms=terms,
        kinds=words.FILE_KIND,
        import_words=words.IMPORT,
    )


async def _sheet(
    request: web.Request, status: int = 200, *, name: str = "", errors: Mapping[str, str] | None = None
) -> web.StreamResponse:
    hub, handover, _ = request.app[HUB], await _handover(request), translator(request)
    place = int(request[LANGUAGE] is Language.EN)
    return staff_page(
        request,
        "staff/handover_sheet.html",
        status,
        handover=handover,
        open=[_(point) for point in handover.open],  # they hold names of files: no markup
        department=handover.department,
        rejected_words={name: pair[place] for name, pair in REJECTED.items()},
        noted_words={name: pair[place] for name, pair in NOTED.items()},
        name=name,
        errors=errors or {},
        kinds=words.FILE_KIND,
        now=hub.clock.now_ms(),
        manages=hub.departments.desk.manages(agent_of(request)),
    )


async def _handover(request: web.Request) -> Handover:
    """Raises `NotFound` for a department that does not exist for the agent."""
    hub = request.app[HUB]
    found = await hub.departments.desk.one_for(agent_of(request), request.match_info["department"])
    return await hub.departments.handover(found.id)
