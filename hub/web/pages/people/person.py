"""H8, a person: what else they brought, what was said, what they need, whom staff say is the same person."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from aiohttp import web

from channels.outbox.suppression import EDUCATION, INVALID, NOTICE, SAFETY, WARNING
from hub.actions.people.merge_people import Preview
from hub.actions.people.people import People
from hub.model.agent import Permission
from hub.model.people.contact import EditKind, Need
from hub.runtime.errors import Invalid, Stale
from hub.web.form import FormErrors, parse, read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.pages.cases.queue import title_of
from hub.web.pages.people.person_form import MergeForm, PersonForm, UnmergeForm
from hub.web.render import translator
from hub.web.staff_page import done, staff_page

SUBJECT: Mapping[str, str] = {
    EDUCATION: msgid("法治宣传"),
    NOTICE: msgid("业务通知"),
    WARNING: msgid("黄色、蓝色预警"),
    SAFETY: msgid("安全提示"),
    INVALID: msgid("全部（号码失效）"),
}
"""What somebody wants no texts about."""

FIELDS: Mapping[str, str] = {
    "needs": msgid("需要注意"),
    "dialect": msgid("方言或语言"),
    "do_not_call": msgid("请勿致电"),
}
"""What the fields of an edit are called."""

EDITS: Mapping[EditKind, str] = {
    EditKind.EDITED: msgid("修改了记录"),
    EditKind.MERGED: msgid("合并了联系人"),
    EditKind.UNMERGED: msgid("取消了合并"),
}


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed when the page is shown again. form: person | merge | unmerge. preview: of a merge."""

    form: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    conflict: bool = False
    preview: Preview | None = None


async def person_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/people/{contact_id}?case="""
    return await _show(request, Typed(), case_id=request.query.get("case", ""))


async def edit(request: web.Request) -> web.StreamResponse:
    """POST /staff/people/{contact_id}: what they need, which dialect, whether anybody may telephone."""
    posted, _ = await read_form(request), translator(request)
    form = parse(PersonForm, posted, _)
    if isinstance(form, FormErrors):
        return await _again(request, "person", posted, form.fields)
    act = _people(request).edit(
        agent_of(request), _id(request), form.noted(posted), version=form.version, case_id=form.case_id
    )
    return await _submit(request, "person", posted, form, act, "noted_person")


async def merge(request: web.Request) -> web.StreamResponse:
    """POST /staff/people/{contact_id}/merge: shows what comes together first, then merges."""
    posted, _ = await read_form(request), translator(request)
    form = parse(MergeForm, posted, _)
    if isinstance(form, FormErrors):
        return await _again(request, "merge", posted, form.fields)
    people, agent = _people(request).merge, agent_of(request)
    if not form.confirmed:
        try:
            preview = await people.preview(agent, _id(request), form.reference, form.case_id)
        except Invalid as problem:
            return await _again(request, "merge", posted, _said(request, problem))
        typed = Typed("merge", posted, preview=preview)
        return await _show(request, typed, case_id=form.case_id)
    act = people(agent, _id(request), form.reference, form.reason, case_id=form.case_id)
    return await _submit(request, "merge", posted, form, act, "people_merged")


async def unmerge(request: web.Request) -> web.StreamResponse:
    """POST /staff/people/{contact_id}/unmerge"""
    posted, _ = await read_form(request), translator(request)
    form = parse(UnmergeForm, posted, _)
    if isinstance(form, FormErrors):
        return await _again(request, "unmerge", posted, form.fields)
    act = _people(request).merge.undo(
        agent_of(request), _id(request), form.member, form.reason, case_id=form.case_id
    )
    return await _submit(request, "unmerge", posted, form, act, "people_unmerged")


async def _submit(
    request: web.Request,
    name: str,
    posted: Mapping[str, str],
    form: PersonForm | MergeForm | UnmergeForm,
    act: Awaitable[None],
    word: str,
) -> web.StreamResponse:
    try:
        await act
    except Invalid as problem:
        return await _again(request, name, posted, _said(request, problem))
    except Stale:
        return await _show(request, Typed(name, posted, conflict=True), 409, case_id=form.case_id)
    return done(person_path(_id(request), form.case_id), word)


async def _again(
    request: web.Request, name: str, posted: Mapping[str, str], errors: Mapping[str, str]
) -> web.StreamResponse:
    return await _show(request, Typed(name, posted, errors), 422, case_id=posted.get("case_id", ""))


async def _show(
    request: web.Request, typed: Typed, status: int = 200, *, case_id: str = ""
) -> web.StreamResponse:
    agent, _ = agent_of(request), translator(request)
    view = await _people(request).read(agent, _id(request), case_id)
    return staff_page(
        request,
        "staff/person.html",
        status,
        view=view,
        person=view.person,
        case_id=case_id,
        here_path=person_path(view.person.id, case_id),
        typed=typed,
        errors=typed.errors,
        may_edit=agent.may(Permission.CASE_REPLY),
        title_of=lambda case: title_of(case, _),
        needs=list(Need),
        field_words=FIELDS,
        edit_words=EDITS,
        subject_words=SUBJECT,
    )


def person_path(contact_id: str, case_id: str = "") -> str:
    """The page of a person; case_id: by which case one got there."""
    query = f"?{urlencode({'case': case_id})}" if case_id else ""
    return f"/staff/people/{contact_id}{query}"


def _said(request: web.Request, problem: Invalid) -> dict[str, str]:
    _ = translator(request)
    return {name: _(text) for name, text in problem.problems.items()}


def _people(request: web.Request) -> People:
    return request.app[HUB].actions.people


def _id(request: web.Request) -> str:
    return request.match_info["contact_id"]
