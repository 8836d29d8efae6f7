"""Entries from a file and into one: look first what would change, then take it; take everything along."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from aiohttp import web

from hub.actions.knowledge.import_entries import ImportMode, ImportPlan, Unfit
from hub.actions.knowledge.publish_entry import Refused
from hub.hub import Hub
from hub.model.agent import Permission
from hub.runtime.clock import to_local
from hub.runtime.errors import Invalid, NotFound, Stale
from hub.web.attachment import attachment
from hub.web.form import read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import Language, msgid
from hub.web.keys import HUB, LANGUAGE
from hub.web.pages.knowledge.entries import LIST_PATH, asked_of, view_of
from hub.web.pages.knowledge.kept_file import keep, kept, uploaded
from hub.web.pages.knowledge.objections import Said, said
from hub.web.render import translator
from hub.web.staff_page import done, staff_page
from knowledge_base.files.row import Problem
from knowledge_base.files.spreadsheet import TooLong, csv_file, workbook_file

NO_FILE = msgid("请选择文件")
GONE = msgid("文件已过期，请重新选择")
CHANGED = msgid("知识库刚刚有变动，请重新检查文件")
_TOO_LONG = msgid("有的内容超过表格单元格的上限，请导出为 CSV")


async def import_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/entries/import"""
    return _page(request)


async def look_at_file(request: web.Request) -> web.StreamResponse:
    """POST /staff/entries/import: what the file would change; it is kept for an hour to be taken."""
    hub, _ = request.app[HUB], translator(request)
    file = await uploaded(request)
    if file is None:
        return _page(request, errors={"file": _(NO_FILE)})
    name, content = file
    plan = await hub.actions.import_entries.plan(name, content)
    ready = not plan.problems and (plan.added or plan.changed)
    return _page(request, plan=plan, name=name, file_id=await keep(hub, content) if ready else "")


async def apply_file(request: web.Request) -> web.StreamResponse:
    """POST /staff/entries/import/apply"""
    hub, agent, _ = request.app[HUB], agent_of(request), translator(request)
    data = await read_form(request)
    name, file_id = data.get("name", "")[-200:], data.get("kept", "")
    mode = _mode(data.get("mode", ""))
    if mode is ImportMode.PUBLISH and not _may_publish(request, hub):
        raise web.HTTPForbidden
    try:
        content = await kept(hub, file_id)
    except NotFound:
        return _page(request, errors={"file": _(GONE)})
    try:
        await hub.actions.import_entries.apply(name, content, by=agent.id, mode=mode)
    except Unfit as refused:
        return _page(request, plan=ImportPlan(problems=refused.problems), name=name)
    except Refused as refused:
        plan = await hub.actions.import_entries.plan(name, content)
        objections = said(refused.objections, _)
        return _page(request, plan=plan, name=name, file_id=file_id, objections=objections)
    except Invalid as refused:
        return _page(request, errors={"file": _(next(iter(refused.problems.values())))})
    except Stale:
        return _page(request, errors={"file": _(CHANGED)}, status=409)
    await hub.imports.remove(file_id)
    return done(f"{LIST_PATH}?show={'published' if mode is ImportMode.PUBLISH else mode}", "imported")


async def export_file(request: web.Request) -> web.StreamResponse:
    """GET /staff/entries/export?format=csv|xlsx&show=&topic=&owner=&q=: what the list shows, all of it."""
    hub, asked = request.app[HUB], asked_of(request)
    contents = await hub.actions.read_entries.contents(
        view_of(request), topic=asked["topic"], owner=asked["owner"], text=asked["q"]
    )
    kind = "xlsx" if request.query.get("format") == "xlsx" else "csv"
    try:
        body = await asyncio.to_thread(workbook_file if kind == "xlsx" else csv_file, contents)
    except TooLong:
        return _page(request, errors={"file": translator(request)(_TOO_LONG)})
    name = f"entries-{to_local(hub.clock.now_ms()):%Y%m%d-%H%M}.{kind}"
    return attachment(body, name)


def _page(
    request: web.Request,
    *,
    plan: ImportPlan | None = None,
    name: str = "",
    file_id: str = "",
    errors: dict[str, str] | None = None,
    objections: Sequence[Said] = (),
    status: int = 422,
) -> web.StreamResponse:
    is_wrong = bool(errors or objections or (plan and plan.problems))
    return staff_page(
        request,
        "staff/entry_import.html",
        status if is_wrong else 200,
        plan=plan,
        name=name,
        kept=file_id,
        errors=errors or {},
        objections=objections,
        lines=[(problem.line, _told(request, problem)) for problem in plan.problems] if plan else [],
        may_publish=_may_publish(request, request.app[HUB]),
    )


def _told(request: web.Request, problem: Problem) -> str:
    return problem.zh if request[LANGUAGE] is Language.ZH else problem.en


def _may_publish(request: web.Request, hub: Hub) -> bool:
    """Who imports is the author: publishing at once is for hubs where one person may do both."""
    alone = not hub.settings.knowledge.second_person
    return alone and agent_of(request).may(Permission.ENTRY_PUBLISH)


def _mode(text: str) -> ImportMode:
    try:
        return ImportMode(text)
    except ValueError:
        return ImportMode.DRAFT
