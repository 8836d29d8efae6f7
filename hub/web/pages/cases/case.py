"""H2, one case: everything said and done in one line of time, the facts beside it, what may be done next.

A public reply and an internal note are two different forms that look different, so that nothing
meant for a colleague reaches a citizen. Somebody else's change meanwhile never loses what was typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from aiohttp import web

from channels.contract import ChannelKind
from channels.parts import count
from hub.actions.cases.queue.query import QueuePlace
from hub.actions.cases.queue.read_queue import QueueView
from hub.actions.cases.read_cases import CaseView
from hub.actions.cases.replies.attached import ENDINGS
from hub.actions.knowledge.compare_entries import compare_texts
from hub.model.agent import Agent
from hub.model.cases.case import Case
from hub.model.cases.moves import IllegalMove
from hub.model.cases.proceeding import DIRECT_TRACKS
from hub.model.cases.queue.snoozing import Wake
from hub.model.cases.replies.draft import DraftKind
from hub.model.cases.table import LABELS
from hub.model.personal import UNREADABLE
from hub.runtime.errors import Invalid, Stale
from hub.web.desk.feed import PRESENCE
from hub.web.form import FormErrors, parse, read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import Translator, msgid
from hub.web.keys import HUB
from hub.web.pages.alarms.handling import life_of
from hub.web.pages.alarms.silence import silence_of, wanted_silence
from hub.web.pages.cases.case_aside import aside_of
from hub.web.pages.cases.case_form import (
    AssignForm,
    CaseForm,
    CloseForm,
    CorrectForm,
    NoteForm,
    RedactForm,
    ReleaseForm,
    RevealForm,
    SplitForm,
    milliseconds,
)
from hub.web.pages.cases.case_route import route_of
from hub.web.pages.cases.clock_words import CLOCK
from hub.web.pages.cases.move_form import FIELDS, data_of
from hub.web.pages.cases.queue import title_of
from hub.web.pages.cases.replies.send import keep_typed, send_reply
from hub.web.render import translator
from hub.web.staff_page import done, part, staff_page

DETAILS: Mapping[str, str] = {
    "place": msgid("地点"),
    "occurred_on": msgid("发生日期"),
    "question": msgid("来电提问"),
    "danger": msgid("危险用词"),
    "recipient": msgid("拨打或发送至"),
}
"""What may be shown of a case's details; addresses among them stay behind 显示完整号码."""

_QUEUE = "/staff/queue"
PANE = "pane-body"
"""Where js/desk.js shows a case beside the list; it asks for the case without the page round it."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed when the page has to be shown again, and what was wrong with it.

    form: reply | note | assign | close | release | reveal | move. conflict: somebody else was first.
    seen: the last change the page showed (ms UTC). event, fields: of a step of the table; refused: why it was
    not taken.
    """

    form: str = ""
    text: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    conflict: bool = False
    event: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    refused: str = ""
    revealed: str = ""
    seen: int = 0


async def case_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/cases/{case_id}"""
    return await _show(request, Typed(), reads=True)


async def reply(request: web.Request) -> web.StreamResponse:
    """POST /staff/cases/{case_id}/reply"""
    answer = await send_reply(request)
    if isinstance(answer, web.StreamResponse):
        return answer
    seen, is_conflict = _seen(await read_form(request)), answer.status == 409
    typed = Typed("reply", answer.text, answer.errors, is_conflict, seen=seen, refused=answer.refused)
    return await _show(request, typed, answer.status)


async def note(request: web.Request) -> web.StreamResponse:
    """POST /staff/cases/{case_id}/note"""
    act = request.app[HUB].actions.note_case
    answer = await _submit(request, act, NoteForm, form="note", field="text", word="noted")
    if answer.status == 409:
        await keep_typed(request, DraftKind.NOTE)
    return answer


async def snooze(request: web.Request) -> web.StreamResponse:
    """POST /staff/cases/{case_id}/snooze: when, at, reminder; `when=now` puts it back."""
    data, case_id = await read_form(request), _id(request)
    given = parse(CaseForm, data, translator(request))
    version = 0 if isinstance(given, FormErrors) else given.version  # no version is a stale one
    typed = Typed("snooze", data.get("reminder", ""), fields=data, seen=_seen(data))
    act, when = request.app[HUB].actions.desk.snooze_case, data.get("when", "")
    try:
        await act(agent_of(request), case_id, when, data.get("at", ""), typed.text, version=version)
    except (Invalid, Stale) as problem:
        return await _refused(request, typed, problem)
    return done(_path(case_id), "unsnoozed" if when == Wake.NOW else "snoozed")


async def reached(request: web.Request) -> web.StreamResponse:
    """POST /staff/cases/{case_id}/reached: how somebody was told what did not arrive."""
    act = request.app[HUB].actions.desk.reach_citizen
    return await _submit(request, act, NoteForm, form="reached", field="text", word="noted")


async def silence(request: web.Request) -> web.StreamResponse:
    """POST /staff/cases/{case_id}/silence: `silent`, and why."""
    act = await wanted_silence(request)
    return await _submit(request, act, NoteForm, form="silence", field="text", word="silence_set")


async def assign(request: web.Request) -> web.StreamResponse:
    """POST /staff/cases/{case_id}/assign"""
    act = request.app[HUB].actions.assign_case
    return await _submit(request, act, AssignForm, form="assign", field="handler_id", word="assigned")


async def close(request: web.Request) -> web.StreamResponse:
    """POST /staff/cases/{case_id}/close"""
    act = request.app[HUB].actions.close_case
    return await _submit(request, act, CloseForm, form="close", field="reason", word="closed")


async def release(request: web.Request) -> web.StreamResponse:
    """POST /staff/cases/{case_id}/release: the case then exists for others than who released it."""
    act = request.app[HUB].actions.release_case
    return await _submit(
        request, act, ReleaseForm, form="release", field="reason", word="released", to=_QUEUE
    )


async def confirm(request: web.Request) -> web.StreamResponse:
    """POST /staff/cases/{case_id}/confirm"""
    return await _press(request, request.app[HUB].actions.confirm_report, word="confirmed")


async def suspect(request: web.Request) -> web.StreamResponse:
    """POST /staff/cases/{case_id}/suspect: the case exists no more for who pressed it."""
    return await _press(request, request.app[HUB].actions.suspect_case, word="suspected", to=_QUEUE)


async def dismiss(request: web.Request) -> web.StreamResponse:
    """POST /staff/cases/{case_id}/dismiss"""
    return await _press(request, request.app[HUB].actions.dismiss_alarm, word="dismissed_alarm")


async def correct(request: web.Request) -> web.StreamResponse:
    """POST /staff/cases/{case_id}/recordings/{recording_id}/correct: a line of a transcript."""
    data, case_id = await read_form(request), _id(request)
    given = parse(CorrectForm, data, translator(request))
    typed = Typed("correct", data.get("text", ""), fields={"start_ms": data.get("start_ms", "")})
    if isinstance(given, FormErrors):
        return await _show(request, replace(typed, errors=given.fields), 422)
    try:
        await request.app[HUB].actions.desk.correct_transcript(
            agent_of(request),
            case_id,
            request.match_info["recording_id"],
            start_ms=given.start_ms,
            text=given.text,
            version=given.version,
        )
    except (Invalid, Stale) as problem:
        return await _refused(request, typed, problem)
    return done(f"{_path(case_id)}#recordings-title", "corrected")


async def redact(request: web.Request) -> web.StreamResponse:
    """POST /staff/cases/{case_id}/recordings/{recording_id}/redact: a span taken out, or put back."""
    data, case_id, recording_id = await read_form(request), _id(request), request.match_info["recording_id"]
    given = parse(RedactForm, data, translator(request))
    typed = Typed("redact", data.get("reason", ""), fields={**data, "recording": recording_id})
    if isinstance(given, FormErrors):
        return await _show(request, replace(typed, errors=given.fields), 422)
    act, agent = request.app[HUB].actions.desk.redact_recording, agent_of(request)
    start, end = milliseconds(given.start), milliseconds(given.end)
    try:
        if given.number.isdecimal():
            await act.put_back(
                agent,
                case_id,
                recording_id,
                number=int(given.number),
                reason=given.reason,
                version=given.version,
            )
        elif start is None or end is None:
            raise Invalid({"span": msgid("请填写起点和终点，例如 12.5 或 1:02.5")})
        else:
            await act(
                agent,
                case_id,
                recording_id,
                from_ms=start,
                to_ms=end,
                reason=given.reason,
                version=given.version,
            )
    except (Invalid, Stale) as problem:
        return await _refused(request, typed, problem)
    return done(f"{_path(case_id)}#recordings-title", "put_back" if given.number else "redacted")


async def split(request: web.Request) -> web.StreamResponse:
    """POST /staff/cases/{case_id}/split"""
    act = request.app[HUB].actions.split_case
    return await _submit(request, act, SplitForm, form="split", field="message_id", word="split")


async def take_step(request: web.Request) -> web.StreamResponse:
    """POST /staff/cases/{case_id}/moves/{event}:

    a step of the table; refused, it says why and keeps what was typed.
    """
    data, event, case_id = await read_form(request), request.match_info["event"], _id(request)
    given = parse(CaseForm, data, translator(request))
    version = 0 if isinstance(given, FormErrors) else given.version  # no version is a stale one
    typed = Typed("move", event=event, fields=data, seen=_seen(data))
    try:
        act = request.app[HUB].actions.move_case
        seen = await act(agent_of(request), case_id, event, data_of(event, data), version=version)
    except IllegalMove as problem:
        return await _show(request, replace(typed, refused=translator(request)(problem.reason)), 409)
    except (Invalid, Stale) as problem:
        return await _refused(request, typed, problem)
    return done(_path(case_id) if seen else _QUEUE, "moved")


async def reveal(request: web.Request) -> web.StreamResponse:
    """POST /staff/cases/{case_id}/reveal: the full number, on this page only, hidden again by script."""
    data = await read_form(request)
    form = parse(RevealForm, data, translator(request))
    typed = Typed("reveal", data.get("reason", ""))
    if isinstance(form, FormErrors):
        return await _again(request, typed, form.fields)
    try:
        address = await request.app[HUB].actions.read_cases.reveal(
            agent_of(request), _id(request), form.reason
        )
    except (Invalid, Stale) as problem:
        return await _refused(request, typed, problem)
    return await _show(request, Typed(revealed=address))


async def parts(request: web.Request) -> web.StreamResponse:
    """POST /staff/parts: how many SMS parts a text costs, with everything that is put round it."""
    data = await read_form(request)
    before, after = data.get("before", ""), data.get("after", "")
    text = data.get("text", "") or data.get("short_answer", "") or data.get("template", "")
    size = count(f"{before}{text}{after}" if text.strip() else "")
    return part(request, "staff/parts_count.html", size=size)


def _splittable(view: CaseView) -> frozenset[str]:
    """What the citizen said after the first message: that one is the case itself."""
    own = [item.message_id for item in view.timeline if item.kind == "message" and item.direction == "in"]
    return frozenset(own[1:])


def submit_label(view: CaseView, _: Translator) -> str:
    """What the send button says: the channel and where it goes, so that nobody is surprised."""
    case = view.case
    if case.is_restricted and view.reply_kind != ChannelKind.CHAT:
        if case.applicant.address_key and not case.applicant.anonymous:  # the address is in the vault
            return _(msgid("保存答复并通知 %(who)s"), who=_(view.masked))
        return _(msgid("保存答复，供凭编号查看"))
    match view.reply_kind:
        case ChannelKind.SMS:
            return _(msgid("发送短信给 %(who)s"), who=view.masked)
        case ChannelKind.MAIL:
            return _(msgid("发送邮件给 %(who)s"), who=view.masked)
        case ChannelKind.CHAT:
            return _(msgid("在网上会话中答复"))
        case _ if case.applicant.address and not case.applicant.anonymous:
            return _(msgid("保存答复并通知 %(who)s"), who=view.masked)
        case _:
            return _(msgid("保存答复，供凭编号查看"))


class _Act(Protocol):
    """What is done to a case with one thing typed."""

    async def __call__(self, agent: Agent, case_id: str, typed: str, /, *, version: int) -> None: ...


class _PressedAct(Protocol):
    """What is done to a case with one press."""

    async def __call__(self, agent: Agent, case_id: str, /, *, version: int) -> None: ...


async def _submit(
    request: web.Request,
    act: _Act,
    model: type[CaseForm],
    *,
    form: str,
    field: str,
    word: str,
    to: str = "",
) -> web.StreamResponse:
    """One form of the page: checked, done, said so by `word`; or shown again with what was typed.

    to: the page that says so, when it is not the case's own.
    """
    data = await read_form(request)
    given = parse(model, data, translator(request))
    typed = Typed(form, data.get(field, ""), seen=_seen(data))
    if isinstance(given, FormErrors):
        return await _again(request, typed, given.fields)
    case_id = _id(request)
    try:
        await act(agent_of(request), case_id, getattr(given, field), version=given.version)
    except (Invalid, Stale, IllegalMove) as problem:
        return await _refused(request, typed, problem)
    if form == "reply":
        request.app[PRESENCE].stop_typing(agent_of(request), case_id)
    return done(to or _path(case_id), word)


async def _press(request: web.Request, act: _PressedAct, *, word: str, to: str = "") -> web.StreamResponse:
    """A button of the page, with nothing typed; `word`, `to` as in `_submit`."""
    data = await read_form(request)
    given = parse(CaseForm, data, translator(request))
    version = 0 if isinstance(given, FormErrors) else given.version  # no version is a stale one
    case_id = _id(request)
    try:
        await act(agent_of(request), case_id, version=version)
    except (Stale, IllegalMove) as problem:
        return await _refused(request, Typed(seen=_seen(data)), problem)
    return done(to or _path(case_id), word)


async def _again(request: web.Request, typed: Typed, errors: Mapping[str, str]) -> web.StreamResponse:
    return await _show(request, replace(typed, errors=errors), 422)


async def _refused(
    request: web.Request, typed: Typed, problem: Invalid | Stale | IllegalMove
) -> web.StreamResponse:
    if isinstance(problem, IllegalMove):
        refused = translator(request)(problem.reason)
        return await _show(request, replace(typed, conflict=True, refused=refused), 409)
    if isinstance(problem, Invalid):
        _ = translator(request)
        return await _again(request, typed, {name: _(text) for name, text in problem.problems.items()})
    # Either way the case is not what the page showed: show what it is now, keep what was typed.
    return await _show(request, replace(typed, conflict=True), 409)


async def _show(
    request: web.Request, typed: Typed, status: int = 200, *, reads: bool = False
) -> web.StreamResponse:
    hub, _, agent = request.app[HUB], translator(request), agent_of(request)
    view = await hub.actions.read_cases.open(agent, _id(request))
    if reads:
        await hub.actions.note_reading(agent, view)
        await hub.actions.desk.read_notifications.mark(agent, view.case.id)
    origin = view.case.origin
    changes = [item for item in view.timeline if item.at > typed.seen > 0] if typed.conflict else []
    theirs = [item.text for item in changes if item.kind == "message" and item.direction == "out"]
    in_pane = request.headers.get("HX-Target") == PANE
    # Beside the list the counts stand in the list.
    counts = {} if in_pane else await hub.actions.read_queue.counts(agent)
    response = staff_page(
        request,
        "staff/case_pane.html" if in_pane else "staff/case.html",
        status,
        changes=changes,
        compared=compare_texts(theirs[-1], typed.text) if theirs and typed.form == "reply" else (),
        view=view,
        case=view.case,
        title=title_of(view.case, _),
        is_damaged=view.case.title == UNREADABLE,
        typed=typed,
        errors=typed.errors,
        splittable=_splittable(view),
        send_label=submit_label(view, _),
        counts_parts=view.reply_kind == ChannelKind.SMS and not view.case.is_restricted,
        signature=hub.settings.organisation.signature,
        handler=next((other for other in view.handlers if other.id == view.case.handler_id), None),
        others=_others(view, agent),
        region=next((r.name for r in hub.settings.regions if r.code == origin.region), origin.region),
        facts=[
            (DETAILS[name], text)
            for name, text in (view.case.details or {}).items()
            if name in DETAILS and text and text != origin.channel  # a chat has no number
        ],
        is_late=0 < view.due_at <= hub.clock.now_ms(),
        last_change=view.timeline[-1] if view.timeline else None,
        waiting=counts.get(QueueView.ALL),
        procedure=await hub.actions.read_procedure(agent, view.case),
        move_fields=FIELDS,
        clock_words=CLOCK,
        move_labels=LABELS,
        answers=view.case.track in DIRECT_TRACKS,
        person=await hub.actions.people.read.panel(agent, view.case),
        person_title=lambda case: title_of(case, _),
        file_endings=ENDINGS,
        progress_address=f"{hub.settings.public_url()}/track",
        replies=await hub.actions.replies.read(agent, view.case),
        **await _ways(request, view.case, in_pane=in_pane),
        **await aside_of(request, view.case),
        **await route_of(request, view.case),
        **await life_of(request, agent, view.case.id),
        **silence_of(request, view),
    )
    if in_pane:
        response.headers["HX-Pane"] = "case"
    return response


async def _ways(request: web.Request, case: Case, *, in_pane: bool) -> dict[str, object]:
    """Back to the list that the case was opened from (`?from=`), and to the cases beside it there. A case in
    the pane has the list beside it."""
    place = QueuePlace.parse(request.query.get("from", ""))
    ways: list[tuple[str, str]] = []
    for rel, step in (("prev", -1), ("next", 1)) if not in_pane else ():
        found = await request.app[HUB].actions.read_queue.neighbour(agent_of(request), place, case.id, step)
        if found is not None:
            ways.append((rel, f"{_path(found[0])}?from={found[1].token()}"))
    return {"back_to": f"{_QUEUE}{place.query.address()}" if place.place else _QUEUE, "beside": ways}


def _seen(data: Mapping[str, str]) -> int:
    """The last change the form's page showed."""
    text = data.get("seen", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 15 else 0


def _others(view: CaseView, agent: Agent) -> list[tuple[str, str]]:
    """Handlers for the list, the agent first."""
    ordered = sorted(view.handlers, key=lambda other: other.id != agent.id)
    return [(other.id, other.name) for other in ordered]


def _id(request: web.Request) -> str:
    return request.match_info["case_id"]


def _path(case_id: str) -> str:
    return f"/staff/cases/{case_id}"
