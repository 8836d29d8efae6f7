"""The steps of an entry's life: review and publish, send back, withdraw and bring back, versions."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from hub.actions.knowledge.compare_entries import FieldChange, compare
from hub.actions.knowledge.publish_entry import Refused
from hub.model.agent import Permission
from hub.model.entry_record import EntryRecord, EntryVersion
from hub.runtime.errors import Forbidden, HubError, Invalid, NotFound, Stale
from hub.store.codec import Versioned
from hub.web.form import read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.pages.knowledge.entries import LIST_PATH
from hub.web.pages.knowledge.entry_editor import version_of
from hub.web.pages.knowledge.objections import said
from hub.web.render import translator
from hub.web.staff_page import done, staff_page
from knowledge_base.match.gate import Objection

_WHY_CHARS = 500
_STALE = msgid("这个条目刚刚被别人改动，下面是最新内容，请核对后再操作。您填写的文字已保留。")
_SECOND = msgid("这份修改稿有您写的内容，须由另一人发布。")

SYSTEM = msgid("系统")

FIELDS: Mapping[str, str] = {
    "question": msgid("问题"),
    "variants": msgid("群众的问法"),
    "answer": msgid("答案"),
    "short_answer": msgid("短信答案"),
    "spoken_answer": msgid("语音答案"),
    "topic": msgid("业务分类"),
    "service": msgid("事项"),
    "aspect": msgid("问的是"),
    "region": msgid("适用地区"),
    "owner_unit": msgid("责任单位"),
    "source": msgid("依据或来源"),
    "source_url": msgid("来源网址"),
    "confirm_locally": msgid("需本地确认"),
    "valid_from": msgid("开始时间"),
    "valid_until": msgid("结束时间"),
    "slot": msgid("答案取决于"),
    "by_slot": msgid("分情况的答案"),
    "tests": msgid("测试问题"),
    "question_en": msgid("英文问题"),
    "variants_en": msgid("英文问法"),
    "answer_en": msgid("英文答案"),
    "short_answer_en": msgid("英文短信答案"),
}


async def review_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/entries/{entry_id}/review: what would change, what stands against it, the decision."""
    found = await request.app[HUB].actions.read_entries.get(request.match_info["entry_id"])
    return await _review(request, found)


async def submit(request: web.Request) -> web.StreamResponse:
    """POST /staff/entries/{entry_id}/submit"""
    data, entry_id = await read_form(request), request.match_info["entry_id"]
    edit = request.app[HUB].actions.edit_entry
    note = data.get("note", "").strip()[:_WHY_CHARS]
    try:
        await edit.submit(entry_id, by=agent_of(request).id, version=version_of(data), note=note)
    except Stale as problem:
        return await _again(request, problem, data)
    return done(f"{LIST_PATH}/{entry_id}", "submitted")


async def publish(request: web.Request) -> web.StreamResponse:
    """POST /staff/entries/{entry_id}/publish"""
    data, entry_id = await read_form(request), request.match_info["entry_id"]
    try:
        await request.app[HUB].actions.publish_entry.publish(
            entry_id,
            by=agent_of(request).id,
            version=version_of(data),
            why=data.get("why", "").strip()[:_WHY_CHARS],
        )
    except (Stale, Invalid, Refused, Forbidden) as problem:
        return await _again(request, problem, data)
    return done(f"{LIST_PATH}/{entry_id}", "published")


async def publish_reviewed(request: web.Request) -> web.StreamResponse:
    """POST /staff/entries/publish: everything in review that others wrote, of one topic or all."""
    hub, topic = request.app[HUB], (await read_form(request)).get("topic", "")[:40]
    problems: dict[str, str] = {}
    objections: tuple[Objection, ...] = ()
    _ = translator(request)
    try:
        await hub.actions.publish_entry.publish_reviewed(by=agent_of(request).id, topic=topic)
    except Refused as refused:
        objections = refused.objections
    except Invalid as refused:
        problems = {name: _(text) for name, text in refused.problems.items()}
    else:
        return done(f"{LIST_PATH}?show=review", "published")
    return staff_page(
        request,
        "staff/entry_refused.html",
        422,
        objections=said(objections, _),
        errors=problems,
    )


async def send_back(request: web.Request) -> web.StreamResponse:
    """POST /staff/entries/{entry_id}/send-back"""
    data, entry_id = await read_form(request), request.match_info["entry_id"]
    try:
        await request.app[HUB].actions.edit_entry.send_back(
            entry_id,
            by=agent_of(request).id,
            version=version_of(data),
            remark=data.get("remark", "")[:_WHY_CHARS],
        )
    except (Stale, Invalid) as problem:
        return await _again(request, problem, data)
    return done(f"{LIST_PATH}/{entry_id}", "sent_back")


async def expire(request: web.Request) -> web.StreamResponse:
    """POST /staff/entries/{entry_id}/expire"""
    data, entry_id = await read_form(request), request.match_info["entry_id"]
    try:
        await request.app[HUB].actions.publish_entry.expire(
            entry_id, by=agent_of(request).id, version=version_of(data), why=data.get("why", "")[:_WHY_CHARS]
        )
    except (Stale, Invalid) as problem:
        return await _again(request, problem, data, place="versions")
    return done(f"{LIST_PATH}/{entry_id}/versions", "expired")


async def bring_back(request: web.Request) -> web.StreamResponse:
    """POST /staff/entries/{entry_id}/bring-back"""
    data, entry_id = await read_form(request), request.match_info["entry_id"]
    try:
        await request.app[HUB].actions.publish_entry.bring_back(
            entry_id, by=agent_of(request).id, version=version_of(data)
        )
    except (Stale, Invalid, Refused) as problem:
        return await _again(request, problem, data, place="versions")
    return done(f"{LIST_PATH}/{entry_id}/versions", "brought_back")


async def discard(request: web.Request) -> web.StreamResponse:
    """POST /staff/entries/{entry_id}/discard"""
    data, entry_id = await read_form(request), request.match_info["entry_id"]
    edit = request.app[HUB].actions.edit_entry
    try:
        stays = await edit.discard(entry_id, by=agent_of(request).id, version=version_of(data))
    except Stale as problem:
        return await _again(request, problem, data)
    return done(f"{LIST_PATH}/{entry_id}" if stays else LIST_PATH, "discarded")


async def versions_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/entries/{entry_id}/versions?number="""
    found = await request.app[HUB].actions.read_entries.get(request.match_info["entry_id"])
    return await _versions(request, found)


async def restore(request: web.Request) -> web.StreamResponse:
    """POST /staff/entries/{entry_id}/versions/{number}/restore"""
    data, entry_id = await read_form(request), request.match_info["entry_id"]
    number = request.match_info["number"]
    if not (number.isascii() and number.isdigit() and len(number) < 7):
        raise NotFound("version")
    try:
        await request.app[HUB].actions.edit_entry.restore(
            entry_id, int(number), by=agent_of(request).id, version=version_of(data)
        )
    except (Stale, Invalid) as problem:
        return await _again(request, problem, data, place="versions")
    return done(f"{LIST_PATH}/{entry_id}", "restored")


async def _again(
    request: web.Request, problem: HubError, data: Mapping[str, str], *, place: str = "review"
) -> web.StreamResponse:
    """The page with what is there now, what went wrong, and what was typed."""
    _ = translator(request)
    found = await request.app[HUB].actions.read_entries.get(request.match_info["entry_id"])
    errors: dict[str, str] = {}
    objections: tuple[Objection, ...] = ()
    match problem:
        case Invalid():
            errors = {name: _(text) for name, text in problem.problems.items()}
        case Forbidden():
            errors = {"form": _(_SECOND)}
        case Refused():
            objections = problem.objections
        case _:
            errors = {"form": _(_STALE)}
    status = 409 if isinstance(problem, Stale) else 422
    if place == "versions":
        return await _versions(
            request, found, status=status, errors=errors, objections=objections, typed=data
        )
    return await _review(request, found, status=status, errors=errors, typed=data)


async def _review(
    request: web.Request,
    found: Versioned[EntryRecord],
    *,
    status: int = 200,
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> web.StreamResponse:
    actions, _, record = request.app[HUB].actions, translator(request), found.value
    if record.working is None:
        return web.Response(status=303, headers={"Location": f"{LIST_PATH}/{record.id}"})
    objections = await actions.publish_entry.check(record.working)
    names = await actions.read_entries.names(record.author_ids)
    return staff_page(
        request,
        "staff/entry_review.html",
        status,
        record=record,
        version=found.version,
        changes=compare(record.in_force, record.working),
        fields=FIELDS,
        objections=said(objections, _),
        may_publish=agent_of(request).may(Permission.ENTRY_PUBLISH),
        is_second=actions.publish_entry.may_publish(record, agent_of(request).id),
        authors=[names.get(id, _(SYSTEM)) for id in record.author_ids],
        errors=errors or {},
        typed=typed or {},
    )


async def _versions(
    request: web.Request,
    found: Versioned[EntryRecord],
    *,
    status: int = 200,
    errors: Mapping[str, str] | None = None,
    objections: tuple[Objection, ...] = (),
    typed: Mapping[str, str] | None = None,
) -> web.StreamResponse:
    read, record = request.app[HUB].actions.read_entries, found.value
    versions = await read.versions(record.id)
    wanted = request.query.get("number", "")
    shown = next((one for one in versions if str(one.number) == wanted), versions[0] if versions else None)
    return staff_page(
        request,
        "staff/entry_versions.html",
        status,
        record=record,
        version=found.version,
        versions=versions,
        shown=shown,
        changes=_since_before(versions, shown),
        fields=FIELDS,
        objections=said(objections, translator(request)),
        may_publish=agent_of(request).may(Permission.ENTRY_PUBLISH),
        names=await read.names(tuple({id for one in versions for id in (one.by_id, *one.author_ids)})),
        errors=errors or {},
        typed=typed or {},
    )


def _since_before(versions: list[EntryVersion], shown: EntryVersion | None) -> tuple[FieldChange, ...]:
    if shown is None:
        return ()
    before = next((one for one in versions if one.number < shown.number), None)
    return compare(before.content if before else None, shown.content)
