"""Files that are imported: chosen, their columns named, looked at, taken, with the rows that were not.

The same pages below `/staff/contacts/imports` for lists of the office and below
`/staff/departments/{department}/imports` for what a department hands over; neither shows the other's.
"""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from campaigns.importing.columns import Column, columns_of
from campaigns.importing.row import CONFLICTS, NOTED, REJECTED, masked_cell
from campaigns.segment import EVERYBODY
from hub.actions.campaigns.recipients.import_contacts import source_problems
from hub.model.recipients.contact_import import ContactImport, ImportState
from hub.runtime.clock import to_local
from hub.runtime.errors import Invalid, NotFound, Stale
from hub.web.attachment import attachment_headers
from hub.web.form import FormErrors, parse, read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import Language, msgid
from hub.web.keys import HUB, LANGUAGE
from hub.web.pages.campaigns.recipients.contacts import shared_words
from hub.web.pages.campaigns.recipients.forms import MappingForm
from hub.web.pages.campaigns.recipients.words import ABOUT, BASE, COLUMN, FILE_KIND
from hub.web.render import translator
from hub.web.staff_page import done, part, staff_page

PATH = f"{BASE}/imports"
FORM_BYTES = 276_824_064
"""The largest file, 256 MB, and what a form puts round it."""
NO_FILE = msgid("请选择文件")
_NO_UNIT = msgid("按文件里的处理单位")
_MEANWHILE = msgid("这次导入刚刚有变化，没有执行。下面是现在的情况。")


async def imports_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/contacts/imports"""
    return await _list(request)


async def begin(request: web.Request) -> web.StreamResponse:
    """POST /staff/contacts/imports: a file is kept, nothing of it is taken yet."""
    hub, _ = request.app[HUB], translator(request)
    source = (await read_form(request)).get("source", "")[:60]
    field = (await request.post()).get("file")
    if not isinstance(field, web.FileField) or not field.filename:
        errors = {name: _(text) for name, text in source_problems(source).items()} | {"file": _(NO_FILE)}
        return await _list(request, 422, source=source, errors=errors)
    with field.file as file:
        try:
            begun = await hub.actions.publicity.recipients.imports.begin(
                agent_of(request).id, field.filename, source, file
            )
        except Invalid as refused:
            errors = {name: _(text) for name, text in refused.problems.items()}
            return await _list(request, 422, source=source, errors=errors)
    return web.Response(status=303, headers={"Location": f"{PATH}/{begun.id}"})


async def import_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/contacts/imports/{import_id}"""
    return await _import(request)


async def progress(request: web.Request) -> web.StreamResponse:
    """GET /staff/contacts/imports/{import_id}/progress: how far it is."""
    taking = await _read(request)
    response = part(request, "staff/import_progress.html", 200, **_of(request, taking))
    if not taking.is_busy:  # everything on the page is another
        response.headers["HX-Refresh"] = "true"
    return response


async def check(request: web.Request) -> web.StreamResponse:
    """POST /staff/contacts/imports/{import_id}/check"""
    _, taking = translator(request), await _read(request)
    fields = await read_form(request)
    form = parse(MappingForm, {**fields, "heading": fields.get("heading") == "yes"}, _)
    if isinstance(form, FormErrors):
        return await _import(request, 422, fields=fields, errors=form.fields)
    mapping = [fields.get(f"column-{place}", "") for place in range(len(taking.columns))]
    tags = [tag for tag in form.tags.replace("，", ",").replace("、", ",").split(",") if tag.strip()]
    try:
        await request.app[HUB].actions.publicity.recipients.imports.check(
            taking.id,
            mapping=mapping,
            heading=form.heading,
            group=form.group,
            tags=[tag.strip() for tag in tags],
            desk=form.desk,
            subject=form.subject if form.subject in ABOUT else "",
        )
    except Invalid as refused:
        errors = {name: _(text) for name, text in refused.problems.items()}
        return await _import(request, 422, fields=fields, errors=errors)
    except Stale:
        return await _import(request, 409, errors={"form": _(_MEANWHILE)})
    return web.Response(status=303, headers={"Location": f"{_base(request)}/{taking.id}"})


async def start(request: web.Request) -> web.StreamResponse:
    """POST /staff/contacts/imports/{import_id}/start"""
    return await _act(request, "start")


async def cancel(request: web.Request) -> web.StreamResponse:
    """POST /staff/contacts/imports/{import_id}/cancel"""
    return await _act(request, "cancel")


async def purge(request: web.Request) -> web.StreamResponse:
    """POST /staff/contacts/imports/{import_id}/purge: the record and the rejected rows are forgotten."""
    taking = await _read(request)
    await request.app[HUB].actions.publicity.recipients.imports.purge(taking.id)
    if taking.department:
        return done(f"/staff/departments/{taking.department}/handover", "handover_rows_purged")
    return done(PATH, "import_purged")


async def rejected(request: web.Request) -> web.StreamResponse:
    """GET /staff/contacts/imports/{import_id}/rejected: every row that is not taken, piece by piece."""
    taking = await _read(request)
    name = f"rejected-{to_local(taking.at):%Y%m%d-%H%M}.csv"
    response = web.StreamResponse(headers=attachment_headers(name))
    await response.prepare(request)
    async for piece in request.app[HUB].actions.publicity.recipients.imports.rejected_file(taking):
        await response.write(piece)
    await response.write_eof()
    return response


async def _act(request: web.Request, verb: str) -> web.StreamResponse:
    imports, _ = request.app[HUB].actions.publicity.recipients.imports, translator(request)
    import_id = (await _read(request)).id
    try:
        await (imports.start if verb == "start" else imports.cancel)(import_id)
    except Invalid as refused:
        return await _import(request, 422, errors={"form": _(next(iter(refused.problems.values())))})
    except Stale:
        return await _import(request, 409, errors={"form": _(_MEANWHILE)})
    return web.Response(status=303, headers={"Location": f"{_base(request)}/{import_id}"})


async def _read(request: web.Request) -> ContactImport:
    """An import of the office, or of the department in the address. Raises `NotFound` for another's."""
    hub, department = request.app[HUB], request.match_info.get("department", "")
    if department:
        await hub.departments.desk.one_for(agent_of(request), department)
    imports = hub.actions.publicity.recipients.imports
    taking = (await imports.read(request.match_info["import_id"])).value
    if taking.department != department:
        raise NotFound("contact_import")
    return taking


def _base(request: web.Request) -> str:
    """Where the pages of imports are."""
    department = request.match_info.get("department", "")
    return f"/staff/departments/{department}/imports" if department else PATH


async def _list(
    request: web.Request, status: int = 200, *, source: str = "", errors: Mapping[str, str] | None = None
) -> web.StreamResponse:
    hub = request.app[HUB]
    rows = await hub.actions.publicity.recipients.imports.newest()
    agents = await hub.repositories.agents.get_many(sorted({row.by for row in rows}))
    return staff_page(
        request,
        "staff/imports.html",
        status,
        rows=rows,
        by={id: agent.name for id, agent in agents.items()},
        sources=await hub.repositories.memberships.words("sources"),
        source=source,
        errors=errors or {},
        **shared_words(hub),
    )


async def _import(
    request: web.Request,
    status: int = 200,
    *,
    fields: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> web.StreamResponse:
    hub, taking, _ = request.app[HUB], await _read(request), translator(request)
    groups = await hub.repositories.memberships.groups()
    typed = fields or {
        "heading": "yes" if taking.heading else "",
        "group": taking.group,
        "tags": "、".join(taking.tags),
        "desk": taking.desk,
        "subject": taking.subject,
        **{f"column-{place}": one for place, one in enumerate(taking.mapping)},
    }
    return staff_page(
        request,
        "staff/import.html",
        status,
        typed=typed,
        groups=[name for name in groups if name != EVERYBODY],
        may_map=taking.state in (ImportState.MAPPING, ImportState.CHECKED),
        units=[("", _(_NO_UNIT)), *((unit.id, unit.name) for unit in await hub.repositories.units.list())],
        subjects=[(value, _(text)) for value, text in ABOUT.items()],
        errors=errors or {},
        **_of(request, taking),
    )


def _samples(taking: ContactImport) -> tuple[tuple[str, ...], ...]:
    """Some rows of the file, to see what a column holds."""
    return taking.samples if taking.heading else (taking.columns, *taking.samples)


def _of(request: web.Request, taking: ContactImport) -> dict[str, object]:
    place = int(request[LANGUAGE] is Language.EN)
    return {
        "taking": taking,
        "address": _base(request),
        "manages": not taking.department or request.app[HUB].departments.desk.manages(agent_of(request)),
        "kinds": FILE_KIND,
        "columns": {one: COLUMN[one] for one in (Column.IGNORED, *columns_of(taking.kind))},
        "samples": [[masked_cell(cell) for cell in row] for row in _samples(taking)],
        "rejected_words": {name: pair[place] for name, pair in {**REJECTED, **CONFLICTS}.items()},
        "noted_words": {name: pair[place] for name, pair in NOTED.items()},
        **shared_words(request.app[HUB]),
    }
