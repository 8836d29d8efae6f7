"""H3, a new case from a call, a visit, a letter or another system, while the person waits.

What is typed is looked at as it is written: whose number it may be, which of their cases is about the same,
what the knowledge base answers, on which track it belongs. Nothing of it stands in an address. The receipt is
the answer to the form itself: sent again, the same form shows the same number and code.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from aiohttp import web

from hub.actions.people.advise import Advice
from hub.actions.people.alike import Alike
from hub.actions.people.know_caller import Known
from hub.actions.people.take_down import Source
from hub.model.agent import Permission
from hub.model.people.contact import Need
from hub.model.track import Track
from hub.runtime.clock import to_local
from hub.runtime.errors import Invalid, NotFound
from hub.web.form import FormErrors, parse, read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.pages.cases.queue import title_of
from hub.web.pages.people.new_case_form import FIELDS, MATTER_CHARS, NewCaseForm, phone_of
from hub.web.render import translator
from hub.web.staff_page import part, staff_page
from knowledge_base.match.matcher import Match

SOURCES: Mapping[Source, str] = {
    Source.PHONE: msgid("电话"),
    Source.VISIT: msgid("来访"),
    Source.LETTER: msgid("信件"),
    Source.SYSTEM: msgid("其他系统"),
}
TRACKS = (
    Track.CONSULT,
    Track.SERVICE,
    Track.SUGGEST,
    Track.APPEAL,
    Track.LEGAL,
    Track.REPORT,
    Track.EMERGENCY,
)
WALLED = msgid("内容可能涉及检举民警。提交后转督察，您将看不到此工单。请确认后再提交。")
_LOOKED_AT = 500
_ANSWERS = 3
_ENOUGH = 4
"""Characters from which on it is worth while to look."""


@dataclass(frozen=True, slots=True)
class Hints:
    """What the words and the number say so far. answers: of the knowledge base. alike: cases of the same
    person."""

    known: Known | None = None
    advice: Advice | None = None
    answers: tuple[Match, ...] = ()
    alike: tuple[Alike, ...] = ()


async def new_case(request: web.Request) -> web.StreamResponse:
    """GET /staff/cases/new?call=: an empty form; of a lost call with what is known of it."""
    hub, agent = request.app[HUB], agent_of(request)
    now = to_local(hub.clock.now_ms())
    values = {"form_id": secrets.token_hex(16), "source": str(Source.PHONE), "track": "", "at": _minute(now)}
    hints = Hints()
    if call_id := request.query.get("call", ""):
        call = await hub.actions.people.lost_calls.one(agent, call_id)
        values |= {"call_id": call.id, "at": _minute(to_local(call.started_at))}
        if call.phone:  # the officer needs it to go on; it is shown masked beside the form
            values["phone_known"] = "yes"
            hints = await _hints(request, {"phone": call.phone})
    return await _show(request, values, {}, hints)


async def take_down(request: web.Request) -> web.StreamResponse:
    """POST /staff/cases/new: the receipt; with `look`, only what the words say so far."""
    hub, agent, _ = request.app[HUB], agent_of(request), translator(request)
    posted = await read_form(request)
    if posted.get("look"):
        hints = await _hints(request, posted)
        if request.headers.get("HX-Request"):
            return part(request, "staff/new_case_hints.html", **_hint_words(request, hints))
        return await _show(request, posted, {}, hints)
    now = hub.clock.now_ms()
    local = to_local(now)
    regions = {region.code for region in hub.settings.regions}
    context = {"now": local, "today": local.date(), "regions": regions}
    form = parse(NewCaseForm, posted, _, context)
    if isinstance(form, FormErrors):
        return await _show(request, posted, form.fields, await _hints(request, posted), 422)
    advice = await hub.actions.people.advise(form.matter)
    hidden = advice.accuses or form.track is Track.REPORT
    if hidden and not posted.get("walled") and not agent.may(Permission.REPORT_READ):
        hints = await _hints(request, posted)
        return await _show(request, posted, {"walled": _(WALLED)}, hints, 422)
    taken = form.taken(posted, now)
    if form.call_id and not taken.phone and not taken.anonymous and posted.get("phone_known"):
        taken = replace(taken, phone=(await _call_phone(request, form.call_id)))
    try:
        told = await hub.actions.people.take_down(agent, taken)
    except Invalid as problem:
        errors = {name: _(text) for name, text in problem.problems.items()}
        return await _show(request, posted, errors, await _hints(request, posted), 422)
    return staff_page(request, "staff/new_case_done.html", told=told, anonymous=taken.anonymous)


async def _call_phone(request: web.Request, call_id: str) -> str:
    try:
        return (await request.app[HUB].actions.people.lost_calls.one(agent_of(request), call_id)).phone
    except NotFound:
        return ""  # the case of a form that is sent again: it is there already


async def _hints(request: web.Request, posted: Mapping[str, str]) -> Hints:
    hub, agent = request.app[HUB], agent_of(request)
    matter, people = posted.get("matter", "").strip(), hub.actions.people
    try:
        phone = phone_of(posted.get("phone", "").strip()) if not posted.get("anonymous") else ""
    except ValueError:
        phone = ""  # not whole yet
    known = await people.know_caller(agent, phone) if phone else None
    if len(matter) < _ENOUGH:
        return Hints(known)
    near = await hub.actions.read_entries.near(matter[:_LOOKED_AT], limit=_ANSWERS)
    return Hints(
        known,
        await people.advise(matter),
        tuple(match for match in near if match.score >= 0.5),
        await people.find_alike.to_text(matter, known.cases) if known else (),
    )


def _hint_words(request: web.Request, hints: Hints) -> dict[str, Any]:
    _ = translator(request)
    return {
        "hints": hints,
        "title_of": lambda case: title_of(case, _),
        "sees_reports": agent_of(request).may(Permission.REPORT_READ),
    }


async def _show(
    request: web.Request,
    values: Mapping[str, str],
    errors: Mapping[str, str],
    hints: Hints,
    status: int = 200,
) -> web.StreamResponse:
    hub, _ = request.app[HUB], translator(request)
    return staff_page(
        request,
        "staff/new_case.html",
        status,
        values={name: values.get(name, "") for name in (*FIELDS, "phone_known", "walled")},
        errors=errors,
        sources=SOURCES,
        tracks=TRACKS,
        needs=list(Need),
        regions=[(region.code, region.name) for region in hub.settings.regions],
        lost=await hub.actions.people.lost_calls(agent_of(request)),
        latest=_minute(to_local(hub.clock.now_ms())),
        matter_chars=MATTER_CHARS,
        **_hint_words(request, hints),
    )


def _minute(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(timespec="minutes")
