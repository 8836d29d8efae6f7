"""The office's words from a file and into one: look first what would change, then take it."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from hub.actions.knowledge.edit_words import UnfitWords
from hub.actions.knowledge.import_entries import Unfit
from hub.actions.knowledge.import_words import WordPlan
from hub.actions.knowledge.publish_entry import Refused
from hub.runtime.clock import to_local
from hub.runtime.errors import NotFound, Stale
from hub.web.attachment import attachment
from hub.web.form import read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import Language, msgid
from hub.web.keys import HUB, LANGUAGE
from hub.web.pages.knowledge.entry_import import CHANGED, GONE, NO_FILE
from hub.web.pages.knowledge.kept_file import keep, kept, uploaded
from hub.web.pages.knowledge.objections import Said, said
from hub.web.pages.knowledge.words import PATH
from hub.web.render import translator
from hub.web.staff_page import done, staff_page
from knowledge_base.files.word_file import words_file

_REFUSED = msgid("没有导入：有 %(count)s 个问题会答错")


async def import_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/entries/words/import"""
    return _page(request)


async def look_at_file(request: web.Request) -> web.StreamResponse:
    """POST /staff/entries/words/import: what the file would change; it is kept for an hour to be taken."""
    hub, file = request.app[HUB], await uploaded(request)
    if file is None:
        return _page(request, errors={"file": translator(request)(NO_FILE)})
    name, content = file
    plan = await hub.actions.import_words.plan(content)
    ready = not plan.problems and (plan.added or plan.changed)
    return _page(request, plan=plan, name=name, file_id=await keep(hub, content) if ready else "")


async def apply_file(request: web.Request) -> web.StreamResponse:
    """POST /staff/entries/words/import/apply"""
    hub, _ = request.app[HUB], translator(request)
    data = await read_form(request)
    name, file_id = data.get("name", "")[-200:], data.get("kept", "")
    try:
        content = await kept(hub, file_id)
    except NotFound:
        return _page(request, errors={"file": _(GONE)})
    try:
        await hub.actions.import_words.apply(content, by=agent_of(request).id)
    except Unfit as unfit:
        return _page(request, plan=WordPlan(problems=unfit.problems), name=name)
    except Refused as refused:
        plan = await hub.actions.import_words.plan(content)
        objections = said(refused.objections, _)
        return _page(request, plan=plan, name=name, file_id=file_id, objections=objections)
    except (UnfitWords, Stale):
        return _page(request, errors={"file": _(CHANGED)}, status=409)
    await hub.imports.remove(file_id)
    return done(PATH, "imported")


async def export_file(request: web.Request) -> web.StreamResponse:
    """GET /staff/entries/words/export: every group in force."""
    hub = request.app[HUB]
    records = await hub.actions.read_words.groups()
    name = f"words-{to_local(hub.clock.now_ms()):%Y%m%d-%H%M}.csv"
    found = [record.group for record in records if record.group is not None]
    return attachment(words_file(found), name)


def _page(
    request: web.Request,
    *,
    plan: WordPlan | None = None,
    name: str = "",
    file_id: str = "",
    errors: dict[str, str] | None = None,
    objections: Sequence[Said] = (),
    status: int = 422,
) -> web.StreamResponse:
    is_wrong = bool(errors or objections or (plan and plan.problems))
    zh = request[LANGUAGE] is Language.ZH
    return staff_page(
        request,
        "staff/word_import.html",
        status if is_wrong else 200,
        plan=plan,
        name=name,
        kept=file_id,
        errors=errors or {},
        objections=objections,
        objections_title=translator(request)(_REFUSED, count=len(objections)),
        lines=[(one.line, one.zh if zh else one.en) for one in plan.problems] if plan else [],
    )
