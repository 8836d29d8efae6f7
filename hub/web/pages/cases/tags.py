"""标签: the list that supervisors keep, and the tags of one case."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from hub.model.cases.queue.tag import LONGEST_NAME
from hub.runtime.errors import Invalid, Stale
from hub.web.form import read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.render import translator
from hub.web.staff_page import done, staff_page

PATH = "/staff/tags"
_STALE = msgid("标签刚被别人改动，请再看一次")


async def tags_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/tags"""
    return await _page(request)


async def add_tag(request: web.Request) -> web.StreamResponse:
    """POST /staff/tags: name."""
    name = (await read_form(request)).get("name", "")
    try:
        await request.app[HUB].actions.desk.edit_tags.add(agent_of(request), name)
    except Invalid as problem:
        return await _page(request, "", name, problem.problems)
    except Stale:
        return await _page(request, "", name, {"name": _STALE})
    return done(PATH, "saved")


async def change_tag(request: web.Request) -> web.StreamResponse:
    """POST /staff/tags/{tag_id}: name, in_use."""
    data, tag_id = await read_form(request), request.match_info["tag_id"]
    edit, name = request.app[HUB].actions.desk.edit_tags, data.get("name", "")
    try:
        await edit.change(agent_of(request), tag_id, name, in_use="in_use" in data)
    except Invalid as problem:
        return await _page(request, tag_id, name, problem.problems)
    except Stale:
        return await _page(request, tag_id, name, {"name": _STALE})
    return done(PATH, "saved")


async def tag_case(request: web.Request) -> web.StreamResponse:
    """POST /staff/cases/{case_id}/tags: `had`, those it had when the form was shown, and those ticked."""
    data, case_id = await read_form(request), request.match_info["case_id"]
    ticked = frozenset(str(id) for id in (await request.post()).getall("tag", []))
    had = frozenset(data.get("had", "").split())
    tag = request.app[HUB].actions.desk.tag_case
    await tag.at_once(agent_of(request), case_id, on=ticked - had, off=had - ticked)
    return done(f"/staff/cases/{case_id}", "tagged")


async def _page(
    request: web.Request, tag_id: str = "", typed: str = "", problems: Mapping[str, str] | None = None
) -> web.StreamResponse:
    """tag_id: whose name was refused, "" for a new one."""
    _ = translator(request)
    return staff_page(
        request,
        "staff/tags.html",
        422 if problems else 200,
        tags=await request.app[HUB].actions.desk.edit_tags.every(),
        longest=LONGEST_NAME,
        refused=tag_id,
        typed=typed,
        problem=_(problems["name"]) if problems else "",
    )
