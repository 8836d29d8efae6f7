"""The same done to many cases: what would become of each, a moment to take it back, what became of each."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from hub.actions.cases.bulk.bulk_cases import BulkLine
from hub.actions.cases.queue.query import QueueQuery
from hub.model.agent import Permission
from hub.model.cases.case import Case
from hub.model.cases.guards import TRANSFER_MODES
from hub.model.staff.bulk_run import MOST_CASES, BulkKind, Outcome
from hub.runtime.errors import Invalid, Stale
from hub.web.form import read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.pages.cases.queue import title_of
from hub.web.render import translator
from hub.web.staff_page import done, staff_page

KINDS: Mapping[BulkKind, str] = {
    BulkKind.ASSIGN: msgid("指派承办人"),
    BulkKind.ROUTE: msgid("转送"),
    BulkKind.MERGE: msgid("并为重复件"),
    BulkKind.TAG: msgid("加标签"),
    BulkKind.UNTAG: msgid("去标签"),
}
_FIELDS: Mapping[BulkKind, tuple[str, ...]] = {
    BulkKind.ASSIGN: ("handler_id",),
    BulkKind.ROUTE: ("mode", "unit"),
    BulkKind.MERGE: ("master",),
    BulkKind.TAG: ("tag",),
    BulkKind.UNTAG: ("tag",),
}


_TOO_MANY = msgid("这个列表超过 500 件，一次最多办理 500 件：请先筛选，再选择全部")


@dataclass(frozen=True, slots=True)
class Row:
    """One case of a run, as the page shows it."""

    case: Case
    title: str
    outcome: Outcome
    why: str


async def preview(request: web.Request) -> web.StreamResponse:
    """POST /staff/bulk: cases that were ticked, or with `whole` all of a list; what to do with them, what
    would become of each."""
    hub, agent = request.app[HUB], agent_of(request)
    data, ids = await read_form(request), await _ids(request)
    if "whole" in data:
        query = QueueQuery.of_token(data["whole"])
        ids = await hub.actions.read_queue.ids(agent, query, limit=MOST_CASES + 1)
        if len(ids) > MOST_CASES:
            return _bare(request, _TOO_MANY)
    kind = _kind(data)
    given = _given(kind, data)
    try:
        lines = await hub.actions.desk.bulk_cases.preview(agent, kind, given, ids)
    except Invalid as problem:
        return _bare(request, next(iter(problem.problems.values())))
    return await _choosing(request, kind, given, lines, looked="look" in data)


async def start(request: web.Request) -> web.StreamResponse:
    """POST /staff/bulk/start: what was looked at; it begins in a moment."""
    hub, agent = request.app[HUB], agent_of(request)
    data, ids = await read_form(request), await _ids(request)
    kind = _kind(data)
    try:
        run = await hub.actions.desk.bulk_cases.start(agent, _run_id(data), kind, _given(kind, data), ids)
    except Invalid as problem:
        return _bare(request, next(iter(problem.problems.values())))
    return web.Response(status=303, headers={"Location": f"/staff/bulk/{run.id}"})


async def run_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/bulk/{run_id}"""
    hub, agent, _ = request.app[HUB], agent_of(request), translator(request)
    run = await hub.actions.desk.bulk_cases.read(agent, request.match_info["run_id"])
    rows = []
    for row in run.rows:
        case = await hub.actions.read_cases.seen(agent, row.case_id)
        if case is not None:
            rows.append(Row(case, title_of(case, _), row.outcome, row.reason))
    return staff_page(
        request,
        "staff/bulk_run.html",
        run=run,
        kinds=KINDS,
        rows=rows,
        ended=sum(row.outcome is Outcome.DONE for row in rows),
        refused=sum(row.outcome is Outcome.REFUSED for row in rows),
        seconds=max(0, -(-(run.starts_at - hub.clock.now_ms()) // 1000)),
    )


async def cancel(request: web.Request) -> web.StreamResponse:
    """POST /staff/bulk/{run_id}/cancel"""
    run_id = request.match_info["run_id"]
    try:
        await request.app[HUB].actions.desk.bulk_cases.cancel(agent_of(request), run_id)
    except Stale:
        return web.Response(status=303, headers={"Location": f"/staff/bulk/{run_id}"})
    return done("/staff/queue", "bulk_canceled")


async def _choosing(
    request: web.Request,
    kind: BulkKind,
    given: Mapping[str, str],
    lines: tuple[BulkLine, ...],
    *,
    looked: bool,
) -> web.StreamResponse:
    hub, agent, _ = request.app[HUB], agent_of(request), translator(request)
    handlers = [one for one in await hub.repositories.agents.list() if one.may(Permission.CASE_REPLY)]
    handlers.sort(key=lambda one: one.id != agent.id)
    return staff_page(
        request,
        "staff/bulk.html",
        kind=kind,
        kinds=KINDS,
        given=given,
        handlers=handlers,
        units=await hub.repositories.units.list(),
        modes=TRANSFER_MODES,
        tags=await hub.actions.desk.edit_tags.every(),
        looked=looked,
        lines=[(line, title_of(line.case, _)) for line in lines],
        ready=sum(not line.why_not for line in lines),
        run_id=secrets.token_hex(8),
    )


def _bare(request: web.Request, problem: str) -> web.StreamResponse:
    _ = translator(request)
    return staff_page(request, "staff/bulk_refused.html", 422, problem=_(problem))


async def _ids(request: web.Request) -> list[str]:
    return [str(id) for id in (await request.post()).getall("case_id", [])]


def _run_id(data: Mapping[str, str]) -> str:
    """That of the form, which makes of a form sent twice one run; it stands in an address."""
    given = data.get("run_id", "")[:40]
    return given if given.isascii() and given.isalnum() else secrets.token_hex(8)


def _kind(data: Mapping[str, str]) -> BulkKind:
    try:
        return BulkKind(data.get("kind", BulkKind.ASSIGN))
    except ValueError:
        raise web.HTTPNotFound from None


def _given(kind: BulkKind, data: Mapping[str, str]) -> dict[str, str]:
    return {name: data.get(name, "").strip() for name in _FIELDS[kind]}
