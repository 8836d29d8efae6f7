"""Writing an entry: all its fields, what is near to it while it is typed, nothing lost when two write."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from hub.hub import Hub
from hub.model.entry_record import EntryRecord
from hub.runtime.errors import Stale
from hub.store.codec import Versioned
from hub.web.form import FormErrors, parse, read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.pages.knowledge.entries import LIST_PATH
from hub.web.pages.knowledge.entry_form import EntryForm, form_values
from hub.web.render import translator
from hub.web.staff_page import done, part, staff_page
from knowledge_base.entry import Aspect

NEW = "new"
STALE = msgid("这个条目刚刚被别人修改。您填写的内容已保留，请与最新内容核对后再保存。")
FOLDS: Mapping[str, tuple[str, ...]] = {
    "scope": ("service", "aspect", "region", "owner_unit"),
    "basis": ("source", "source_url", "confirm_locally"),
    "time": ("valid_from", "valid_until"),
    "slots": ("slot", "by_slot"),
    "tests": ("tests",),
    "english": ("question_en", "variants_en", "answer_en", "short_answer_en"),
}
"""Groups of fields that are folded away; one with an error in it is open."""


async def new_entry(request: web.Request) -> web.StreamResponse:
    """GET /staff/entries/new"""
    return await _editor(request, values=form_values(None, topic=request.query.get("topic", "")[:40]))


async def entry_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/entries/{entry_id}"""
    found = await request.app[HUB].actions.read_entries.get(request.match_info["entry_id"])
    return await _editor(request, values=form_values(found.value.newest), found=found)


async def save_entry(request: web.Request) -> web.StreamResponse:
    """POST /staff/entries/new and /staff/entries/{entry_id}; the button `submit` asks for review as well."""
    actions, _, agent = request.app[HUB].actions, translator(request), agent_of(request)
    entry_id = request.match_info.get("entry_id", "")
    found = await actions.read_entries.get(entry_id) if entry_id else None
    data = await read_form(request)
    values = {name: data.get(name, "") for name in EntryForm.model_fields}
    version = version_of(data)
    form = parse(EntryForm, values, _)
    if isinstance(form, FormErrors):
        shown = Versioned(found.value, version) if found else None
        return await _editor(request, values=values, found=shown, errors=form.fields)
    try:
        record = await actions.edit_entry.save(form.entry(entry_id), by=agent.id, version=version)
        if data.get("then") == "submit" and record.working is not None:
            kept = await actions.read_entries.get(record.id)
            await actions.edit_entry.submit(
                record.id, by=agent.id, version=kept.version, note=data.get("note", "").strip()[:500]
            )
            return done(f"{LIST_PATH}/{record.id}", "submitted")
    except Stale:
        now = await actions.read_entries.get(entry_id)
        errors = {"form": _(STALE)}
        return await _editor(request, values=values, found=now, errors=errors, status=409)
    return done(f"{LIST_PATH}/{record.id}", "saved")


async def hints(request: web.Request) -> web.StreamResponse:
    """POST /staff/entries/hints: the published entries nearest to the question, while it is typed."""
    data = await read_form(request)
    read = request.app[HUB].actions.read_entries
    question = data.get("question", "").strip()[:200]
    near = await read.near(question, but=data.get("id", "")[:64]) if question else ()
    return part(request, "staff/entry_hints.html", near=near)


def version_of(data: Mapping[str, str]) -> int:
    """The version of the record that the page showed."""
    text = data.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


async def _editor(
    request: web.Request,
    *,
    values: Mapping[str, str],
    found: Versioned[EntryRecord] | None = None,
    errors: Mapping[str, str] | None = None,
    status: int = 422,
) -> web.StreamResponse:
    hub, errors = request.app[HUB], errors or {}
    read = hub.actions.read_entries
    record = found.value if found else None
    question = values.get("question", "")
    return staff_page(
        request,
        "staff/entry.html",
        status if errors else 200,
        values=values,
        record=record,
        version=found.version if found else 0,
        errors=errors,
        conflict=status == 409,
        open_folds={fold for fold, names in FOLDS.items() if any(name in errors for name in names)},
        topics=await read.topics(),
        aspects=[(aspect.value, aspect.value) for aspect in Aspect],
        regions=_choices(values.get("region", ""), [region.name for region in hub.settings.regions]),
        owners=_choices(values.get("owner_unit", ""), await _units(hub)),
        near=await read.near(question, but=record.id if record else "") if question else (),
        names=await read.names((record.changed_by,)) if record else {},
        now=hub.clock.now_ms(),
        tried=None,
    )


async def _units(hub: Hub) -> list[str]:
    return [unit.name for unit in await hub.repositories.units.list()]


def _choices(value: str, known: list[str]) -> list[tuple[str, str]]:
    """Values with their labels, the present one among them even when it is none of the organisation's own."""
    names = known if not value or value in known else [value, *known]
    return [(name, name) for name in names]
