"""Sending a reply, taking it back, and what shows meanwhile that it is on its way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web

from hub.actions.cases.replies.attached import (
    ENDINGS,
    MOST,
    MOST_BYTES,
    UnfitFile,
    UploadedFile,
    attached,
)
from hub.actions.cases.replies.compose_reply import Reply, Unfilled
from hub.hub import Hub
from hub.model.cases.moves import IllegalMove
from hub.model.cases.replies.draft import DraftCause, DraftKind
from hub.model.conversation import AttachedFile
from hub.runtime.clock import to_local
from hub.runtime.errors import HubError, Invalid, NotFound, Stale
from hub.web.form import FormErrors, parse, read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import Translator, msgid
from hub.web.keys import HUB
from hub.web.pages.cases.case_form import ReplyForm
from hub.web.render import translator
from hub.web.staff_page import done, part

_UNFILLED = msgid("还有没有填写的变量：%(names)s。请填写，或从答复中删去。")
_ENTRIES = 10


@dataclass(frozen=True, slots=True)
class NotSent:
    """Why it was not taken: `errors` of the form, or `refused` by what the case is now ("" = it changed)."""

    text: str
    status: int
    errors: Mapping[str, str] = field(default_factory=dict)
    refused: str = ""


async def send_reply(request: web.Request) -> web.StreamResponse | NotSent:
    """Takes the posted reply; what is refused is kept as a draft."""
    hub, _, case_id = request.app[HUB], translator(request), request.match_info["case_id"]
    data = await read_form(request)
    form, text = parse(ReplyForm, data, _), data.get("text", "")
    try:
        files = await _files(request, await _kept_files(request, case_id, data))
    except UnfitFile as problem:
        await keep_typed(request, DraftKind.REPLY)
        return NotSent(text, 422, {"files": _unfit(problem, _)})
    if isinstance(form, FormErrors):
        await keep_typed(request, DraftKind.REPLY, files)
        return NotSent(text, 422, form.fields)
    reply = Reply(form.text, bool(data.get("closes")), entries_of(hub, data.get("entries", "")), files)
    try:
        sent = await hub.actions.replies.reply(agent_of(request), case_id, reply, version=form.version)
    except Invalid as problem:
        await keep_typed(request, DraftKind.REPLY, files)
        return NotSent(text, 422, _wrong(problem, _))
    except (Stale, IllegalMove) as problem:
        await keep_typed(request, DraftKind.REPLY, files)
        return NotSent(text, 409, refused=_(problem.reason) if isinstance(problem, IllegalMove) else "")
    return done(f"/staff/cases/{case_id}", "sending" if sent.pending_id else "replied")


async def undo(request: web.Request) -> web.StreamResponse:
    """POST /staff/replies/{pending_id}/undo: back to the case, where the text stands in the form again."""
    data = await read_form(request)
    try:
        case_id = await request.app[HUB].actions.replies.undo(
            agent_of(request), request.match_info["pending_id"]
        )
    except (NotFound, Stale):
        case_id = data.get("case_id", "")
        known = case_id if case_id.isascii() and case_id.isalnum() else ""
        return done(f"/staff/cases/{known}" if known else "/staff/queue", "too_late")
    return done(f"/staff/cases/{case_id}", "undone")


async def sending(request: web.Request) -> web.StreamResponse:
    """GET /staff/sending: the bar with everything of the agent that is on its way or came back."""
    hub, agent = request.app[HUB], agent_of(request)
    return part(
        request,
        "staff/sending.html",
        rows=await hub.actions.replies.read.own(agent),
        returned=await hub.actions.replies.read.returned(agent),
    )


async def case_sending(request: web.Request) -> web.StreamResponse:
    """GET /staff/cases/{case_id}/sending: what is on its way in one case; what was, is said so."""
    hub, agent = request.app[HUB], agent_of(request)
    view = await hub.actions.read_cases.open(agent, request.match_info["case_id"])
    replies = await hub.actions.replies.read(agent, view.case)
    return part(request, "staff/case_sending.html", case=view.case, replies=replies, was_sending=True)


async def save_draft(request: web.Request) -> web.StreamResponse:
    """POST /staff/cases/{case_id}/drafts/{kind}: what is being typed; the answer says when it was saved."""
    hub, data = request.app[HUB], await read_form(request)
    try:
        kind = DraftKind(request.match_info["kind"])
    except ValueError:
        raise NotFound("draft") from None
    case_id = request.match_info["case_id"]
    saved_at = await hub.actions.replies.save_draft(
        agent_of(request),
        case_id,
        kind,
        data.get("text", ""),
        entry_ids=entries_of(hub, data.get("entries", "")),
        base=_base(data),
        files=await _kept_files(request, case_id, data) if kind is DraftKind.REPLY else None,
    )
    time = f"{to_local(saved_at):%H:%M}" if saved_at else ""
    return part(request, "staff/draft_saved.html", time=time)


async def follow(request: web.Request) -> web.StreamResponse:
    """POST /staff/cases/{case_id}/follow: `follows=yes|no`"""
    case_id, follows = request.match_info["case_id"], (await read_form(request)).get("follows") == "yes"
    await request.app[HUB].actions.replies.follow(agent_of(request), case_id, follows=follows)
    return done(f"/staff/cases/{case_id}", "followed" if follows else "unfollowed")


async def keep_typed(
    request: web.Request, kind: DraftKind, files: tuple[AttachedFile, ...] | None = None
) -> None:
    """Keeps what was posted and not taken; what cannot be kept stands on the page all the same."""
    hub, data = request.app[HUB], await read_form(request)
    try:
        await hub.actions.replies.save_draft(
            agent_of(request),
            request.match_info["case_id"],
            kind,
            data.get("text", ""),
            entry_ids=entries_of(hub, data.get("entries", "")),
            cause=DraftCause.REFUSED,
            base=_base(data),
            files=files,
        )
    except HubError:
        return


async def _kept_files(
    request: web.Request, case_id: str, data: Mapping[str, str]
) -> tuple[AttachedFile, ...]:
    """Files of the agent's own draft that the form still names."""
    draft = await request.app[HUB].repositories.drafts.get(agent_of(request).id, case_id, DraftKind.REPLY)
    wanted = {value for name, value in data.items() if name.startswith("keep-")}
    return tuple(file for file in draft.value.files if file.id in wanted) if draft else ()


async def _files(request: web.Request, kept: tuple[AttachedFile, ...]) -> tuple[AttachedFile, ...]:
    """Those and the uploaded ones. Raises `UnfitFile`."""
    uploads = []
    for posted in (await request.post()).getall("files", []):
        if isinstance(posted, web.FileField) and posted.filename:
            with posted.file as content:
                uploads.append(UploadedFile(posted.filename, content.read()))
    return (*kept, *await attached(request.app[HUB].files, uploads, beside=kept))


def _base(data: Mapping[str, str]) -> int:
    """When the draft that the page showed was saved."""
    text = data.get("base", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 15 else 0


def _unfit(problem: UnfitFile, _: Translator) -> str:
    size = f"{problem.size_bytes / 1024 / 1024:.1f}"
    match problem.why:
        case "too_big":
            most = MOST_BYTES // (1024 * 1024)
            return _(
                msgid("“%(name)s”有 %(size)s MB，一次答复的附件最多 %(most)s MB。您写的文字不会丢失。"),
                name=problem.name,
                size=size,
                most=most,
            )
        case "too_many":
            return _(msgid("附件最多 %(most)s 个。您写的文字不会丢失。"), most=MOST)
        case _:
            return _(
                msgid("“%(name)s”不能发送：只能发送内容与扩展名一致的 %(kinds)s 文件。您写的文字不会丢失。"),
                name=problem.name,
                kinds=" ".join(ENDINGS),
            )


def entries_of(hub: Hub, text: str) -> tuple[str, ...]:
    """The published entries among the ids in a field, each once."""
    wanted = dict.fromkeys(text.split()[:_ENTRIES])
    published = {entry.id for entry in hub.knowledge.snapshot.entries if entry.id in wanted}
    return tuple(id for id in wanted if id in published)


def _wrong(problem: Invalid, _: Translator) -> dict[str, str]:
    if isinstance(problem, Unfilled):
        names = "、".join(f"{{{{{name}}}}}" for name in problem.names)
        return {"text": _(_UNFILLED, names=names)}
    return {name: _(text) for name, text in problem.problems.items()}
