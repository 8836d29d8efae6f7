"""What officers put on the web by hand: publish at once, correct, take down, and what it said before."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from campaigns.lesson import shipped_lessons
from hub.actions.campaigns.publicity.publish_notice import KINDS
from hub.hub import Hub
from hub.model.agent import Permission
from hub.model.notice import Notice, NoticeKind
from hub.runtime.errors import Invalid, NotFound, Stale
from hub.runtime.ids import new_id
from hub.web.form import FormErrors, parse, read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.pages.citizen.notices import NOTICE_KINDS
from hub.web.pages.citizen.topics import TOPIC_WORDS
from hub.web.pages.publicity.notice_form import NoticeForm
from hub.web.render import translator
from hub.web.staff_page import done, staff_page

PATH = "/staff/campaigns/notices"
_STALE = msgid("这条内容刚刚被别人修改。您填写的内容已保留，请核对后再保存。")
_ON_A_PAGE = 30


async def notices_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/campaigns/notices?after="""
    after = request.query.get("after") or None
    found, more = await request.app[HUB].repositories.notices.page(limit=_ON_A_PAGE, after=after)
    return staff_page(
        request,
        "staff/notices.html",
        notices=found,
        kinds=NOTICE_KINDS,
        topics=TOPIC_WORDS,
        first=after is None,
        next=more,
        may_edit=agent_of(request).may(Permission.CAMPAIGN_EDIT),
    )


async def new_notice(request: web.Request) -> web.StreamResponse:
    """GET /staff/campaigns/notices/new?lesson=: empty, or with a shipped text to be changed first."""
    id = new_id(request.app[HUB].clock.now_ms())
    lesson = shipped_lessons().get(request.query.get("lesson", ""))
    if lesson is None:
        return _editor(request, NoticeForm(id=id))
    form = NoticeForm(
        id=id, topic=lesson.topic, title=lesson.title, text=lesson.web, law=lesson.law, lesson_id=lesson.id
    )
    return _editor(request, form)


async def publish(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/notices/new"""
    data = await read_form(request)
    form = parse(NoticeForm, data, translator(request))
    if isinstance(form, FormErrors):
        return _editor(request, _typed(data), errors=form.fields)
    try:
        notice = await request.app[HUB].actions.publicity.publish_notice(
            form.draft(), agent_of(request).id, notice_id=form.id
        )
    except Invalid as refused:
        return _editor(request, form, errors=refused.problems)
    return done(f"{PATH}/{notice.id}", "notice_published")


async def notice_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/campaigns/notices/{notice_id}"""
    return await _page(request)


async def edit(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/notices/{notice_id}"""
    hub, _, notice_id = request.app[HUB], translator(request), request.match_info["notice_id"]
    data = await read_form(request)
    version = data.get("version", "")
    form = parse(NoticeForm, {**data, "id": "0" * 26}, _)
    if isinstance(form, FormErrors):
        return await _page(request, _typed(data), form.fields)
    try:
        await hub.actions.publicity.publish_notice.edit(
            notice_id,
            form.draft(),
            agent_of(request).id,
            version=int(version) if version.isdigit() else 0,
        )
    except Invalid as refused:
        return await _page(request, form, refused.problems)
    except Stale:
        return await _page(request, form, {"title": _STALE})
    return done(f"{PATH}/{notice_id}", "saved")


async def withdraw(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/notices/{notice_id}/withdraw"""
    notice_id = request.match_info["notice_id"]
    reason = (await read_form(request)).get("reason", "")
    try:
        await request.app[HUB].actions.publicity.publish_notice.withdraw(
            notice_id, reason, agent_of(request).id
        )
    except Invalid as refused:
        return await _page(request, None, refused.problems)
    except Stale:
        return await _page(request, None, {"reason": _STALE})
    return done(f"{PATH}/{notice_id}", "notice_withdrawn")


def _editor(
    request: web.Request, form: NoticeForm, *, errors: Mapping[str, str] | None = None
) -> web.StreamResponse:
    _ = translator(request)
    return staff_page(
        request,
        "staff/notice_editor.html",
        422 if errors else 200,
        form=form,
        **_choices(request),
        errors={name: _(text) for name, text in (errors or {}).items()},
    )


async def _page(
    request: web.Request, form: NoticeForm | None = None, errors: Mapping[str, str] | None = None
) -> web.StreamResponse:
    hub, _ = request.app[HUB], translator(request)
    found = await hub.repositories.notices.versioned(request.match_info["notice_id"])
    if found is None:
        raise NotFound("notice")
    notice = found.value
    may_edit = agent_of(request).may(Permission.CAMPAIGN_EDIT) and notice.is_up
    return staff_page(
        request,
        "staff/notice.html",
        422 if errors else 200,
        notice=notice,
        version=found.version,
        form=form or _form_of(notice),
        **_choices(request),
        names=await _names(hub, notice),
        may_edit=may_edit and notice.kind is not NoticeKind.WARNING,
        may_withdraw=may_edit,
        errors={name: _(text) for name, text in (errors or {}).items()},
    )


def _choices(request: web.Request) -> dict[str, object]:
    _ = translator(request)
    return {
        "kinds": NOTICE_KINDS,
        "kind_options": [(str(kind), _(NOTICE_KINDS[kind])) for kind in KINDS],
        "topics": TOPIC_WORDS,
        "topic_options": [("", _("请选择")), *((name, _(word)) for name, word in TOPIC_WORDS.items())],
    }


async def _names(hub: Hub, notice: Notice) -> Mapping[str, str]:
    """Of everybody who had a hand in it."""
    ids = {notice.author_id, notice.editor_id, notice.withdrawn_by, *(one.by for one in notice.versions)}
    found = await hub.repositories.agents.get_many(sorted(ids - {""}))
    return {id: agent.name for id, agent in found.items()}


def _form_of(notice: Notice) -> NoticeForm:
    return NoticeForm.model_construct(
        id="",
        kind=notice.kind,
        topic=notice.topic,
        title=notice.title,
        text=notice.text,
        law=notice.law,
        lesson_id=notice.lesson_id,
    )


def _typed(data: Mapping[str, str]) -> NoticeForm:
    """What was typed, as far as it can be shown again."""
    known = {kind.value for kind in NoticeKind}
    kind = data.get("kind", "")
    return NoticeForm.model_construct(
        id=data.get("id", ""),
        kind=NoticeKind(kind) if kind in known else NoticeKind.EDUCATION,
        topic=data.get("topic", "")[:40],
        title=data.get("title", "")[:300],
        text=data.get("text", "")[:20_000],
        law=data.get("law", "")[:400],
        lesson_id=data.get("lesson_id", "")[:80],
    )
