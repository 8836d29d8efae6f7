"""One revision of a book: what it changed, who wanted it and why, and the second person's word."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from hub.model.cases.rule_book import NOT_COUNTED, RevisionState, SamePerson
from hub.runtime.errors import Stale
from hub.web.form import FormErrors, parse, read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.pages.rules.books import PATH, kind_of, people_of
from hub.web.pages.rules.rule_form import NoteForm
from hub.web.pages.rules.rule_words import BOOK, STATE, Speaker
from hub.web.render import translator
from hub.web.staff_page import done, staff_page

_SAME_PERSON = msgid("这次修改涉及法定时限，提交人不能自己批准，须由另一名管理员批准。")
_DECIDED = msgid("这份修改刚刚已有人处理。下面是现在的情况。")
_NOTE_CHARS = 500


async def revision_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/rules/{kind}/revisions/{number}"""
    return await _show(request)


async def approve(request: web.Request) -> web.StreamResponse:
    """POST /staff/rules/{kind}/revisions/{number}/approve"""
    kind, _ = kind_of(request), translator(request)
    note = (await read_form(request)).get("note", "").strip()[:_NOTE_CHARS]
    try:
        await request.app[HUB].actions.rule_books.revise.approve(
            kind, _number(request), by=agent_of(request).id, note=note
        )
    except SamePerson:
        return await _show(request, 403, {"form": _(_SAME_PERSON)})
    except Stale:
        return await _show(request, 409, {"form": _(_DECIDED)})
    return done(f"{PATH}/{kind}", "rules_approved")


async def refuse(request: web.Request) -> web.StreamResponse:
    """POST /staff/rules/{kind}/revisions/{number}/refuse"""
    kind, _ = kind_of(request), translator(request)
    form = parse(NoteForm, await read_form(request), _)
    if isinstance(form, FormErrors):
        return await _show(request, 422, form.fields)
    try:
        await request.app[HUB].actions.rule_books.revise.refuse(
            kind, _number(request), by=agent_of(request).id, note=form.note
        )
    except Stale:
        return await _show(request, 409, {"form": _(_DECIDED)})
    return done(f"{PATH}/{kind}", "rules_refused")


def _number(request: web.Request) -> int:
    text = request.match_info["number"]
    if not text.isdecimal() or len(text) > 9:
        raise web.HTTPNotFound
    return int(text)


async def _show(
    request: web.Request, status: int = 200, errors: Mapping[str, str] | None = None
) -> web.StreamResponse:
    hub, kind = request.app[HUB], kind_of(request)
    read = hub.actions.rule_books.read
    revision, changes = await read.revision(kind, _number(request))
    speaker = Speaker.of(translator(request), await read.units())
    book = hub.rules.books[kind]
    return staff_page(
        request,
        "staff/rule_revision.html",
        status,
        kind=kind,
        book_words=BOOK[kind],
        revision=revision,
        changes=[speaker.change(book, change) for change in changes],
        states=STATE,
        waits=revision.state is RevisionState.PROPOSED,
        may_approve=revision.may_approve(agent_of(request).id),
        is_mine=revision.proposed_by == agent_of(request).id,
        not_counted=NOT_COUNTED,
        moves_due=book.moves_due,
        now=hub.clock.now_ms(),
        names=await read.names(people_of((revision,))),
        errors=errors or {},
    )
