"""Progress of a case for whoever holds number and query code (C4), and what they may ask for. All is posted,
never linked; of our own cases the page shows limits, documents and a form for each step."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from aiohttp import web

from channels.contract import ChannelKind
from hub.actions.cases.citizen.citizen_move import EVENTS, MAX_TEXT, CitizenMoved, Request
from hub.actions.progress.phone_proof import DIGITS
from hub.actions.progress.progress_source import SourceDown
from hub.actions.progress.query_code_lockout import PhoneNeeded, TooManyTries
from hub.hub import Hub
from hub.model.citizen_wish import CitizenWish
from hub.runtime.errors import Invalid, NotFound, Stale
from hub.web.attachment import attachment
from hub.web.form import FormErrors, parse, read_form
from hub.web.i18n import Translator, msgid
from hub.web.keys import HUB, LANGUAGE, SOURCE
from hub.web.pages.citizen import track_pass
from hub.web.pages.citizen.track_form import NO_CODE, NO_REFERENCE, TrackForm
from hub.web.pages.citizen.track_pass import Pass
from hub.web.pages.legal_documents.document import pdf_of
from hub.web.render import render, translator

_CHANNEL = "web"
_WRONG_PROOF = msgid("验证码不对或已过期，请核对，或重新发送")
_BUSY = msgid("刚才有人更新了这件事，请再试一次")


@dataclass(frozen=True, slots=True)
class StepWords:
    """Of one step: its button, what it means, and the label of its text, "" for a step without one."""

    label: str
    hint: str
    text: str = ""


STEPS: Mapping[str, StepWords] = {
    "cuiban": StepWords(msgid("催办"), msgid("提醒承办人尽快办理。")),
    "supplement": StepWords(msgid("补充"), msgid("补充的内容会交给承办人。"), msgid("要补充的内容")),
    "rate": StepWords(
        msgid("给办理情况打分"), msgid("请对这次办理打分，可以更改一次。"), msgid("想说的话（可不填）")
    ),
    "unsatisfied": StepWords(
        msgid("不满意，要求重新办理"), msgid("会安排重新办理。"), msgid("哪里不满意（可不填）")
    ),
    "request_fucha": StepWords(
        msgid("申请复查"), msgid("对答复不服的，由上一级机关复查。"), msgid("理由（可不填）")
    ),
    "request_fuhe": StepWords(
        msgid("申请复核"), msgid("对复查意见不服的，由再上一级机关复核。"), msgid("理由（可不填）")
    ),
    "withdraw": StepWords(
        msgid("撤回"), msgid("撤回后不再办理，需要时可以另行提出。"), msgid("理由（可不填）")
    ),
}


async def ask(request: web.Request) -> web.Response:
    """GET /track, and a reload after a step"""
    if request.path != "/track":
        raise web.HTTPSeeOther("/track")
    return _page(request, 200)


async def track(request: web.Request) -> web.Response:
    """POST /track"""
    hub = request.app[HUB]
    posted = await read_form(request)
    typed = posted.get("reference", "")[:40]
    form = parse(TrackForm, posted, translator(request))
    if isinstance(form, FormErrors):
        return _page(request, 422, typed, errors=form.fields, kept=_kept(posted))
    errors = _misspelt(hub, form, translator(request))
    if errors:
        return _page(request, 422, typed, errors=errors, kept=_kept(posted))
    return await _opened(request, Pass(form.reference, form.code), typed=_kept(posted))


async def send_proof(request: web.Request) -> web.Response:
    """POST /track/phone: a code to the telephone of the matter, if number and query code are right."""
    hub, posted = request.app[HUB], await read_form(request)
    holder = track_pass.unseal(posted.get("pass", ""), hub.vault, hub.clock)
    if holder is None:
        return _page(request, 403, problem="old")
    try:
        await hub.actions.track_case.phone_proof.send(
            holder.reference, holder.code, source=request[SOURCE], language=request[LANGUAGE]
        )
    except TooManyTries as problem:
        return _refused(request, holder, problem)
    return _page(request, 200, holder.reference, holder=holder, sent=True)


async def prove_phone(request: web.Request) -> web.Response:
    """POST /track/proof: the code that was sent."""
    hub, posted = request.app[HUB], await read_form(request)
    holder = track_pass.unseal(posted.get("pass", ""), hub.vault, hub.clock)
    if holder is None:
        return _page(request, 403, problem="old")
    typed = "".join(filter(str.isdecimal, unicodedata.normalize("NFKC", posted.get("proof", ""))))[:DIGITS]
    try:
        shown = await hub.actions.track_case.phone_proof.proven(
            holder.reference, typed, source=request[SOURCE]
        )
    except TooManyTries as problem:
        return _refused(request, holder, problem)
    if shown is None:
        errors = {"proof": translator(request)(_WRONG_PROOF)}
        return _page(request, 422, holder.reference, errors=errors, holder=holder, sent=True)
    return await _opened(request, replace(holder, shown=shown))


async def step(request: web.Request) -> web.Response:
    """POST /track/{event}: the step, and the page as it is then."""
    hub = request.app[HUB]
    event = request.match_info["event"]
    posted = await read_form(request)
    holder = track_pass.unseal(posted.get("pass", ""), hub.vault, hub.clock)
    text = posted.get(f"text-{event}", "").strip()
    if holder is None or event not in EVENTS:
        kept = Typed(event, text) if event in EVENTS else None
        return _page(request, 403, problem="old", kept=kept)
    score = posted.get("score", "")
    wish = CitizenWish(event, text, int(score) if score.isascii() and score.isdecimal() else 0)
    form_id = posted.get("submission_id", "")[:64] or secrets.token_hex(16)
    asked = Request(form_id, _CHANNEL, language=request[LANGUAGE])
    try:
        moved = await hub.actions.citizen_move(
            holder.reference, holder.code, wish, asked, source=request[SOURCE], shown=holder.shown
        )
    except Invalid as problem:
        wrong = {name: translator(request)(text) for name, text in problem.problems.items()}
        return await _opened(request, holder, status=422, typed=Typed(event, text, wrong))
    except Stale:
        wrong = {"event": translator(request)(_BUSY)}
        return await _opened(request, holder, status=409, typed=Typed(event, text, wrong))
    except (NotFound, TooManyTries, PhoneNeeded) as problem:
        return _refused(request, holder, problem)
    return await _opened(request, holder, status=200 if moved.done else 409, moved=moved)


async def file(request: web.Request) -> web.StreamResponse:
    """POST /track/file: a file of a reply, for whoever has number and code; saved, never shown."""
    hub, posted = request.app[HUB], await read_form(request)
    holder = track_pass.unseal(posted.get("pass", ""), hub.vault, hub.clock)
    if holder is None:
        return _page(request, 403, problem="old")
    try:
        case = await hub.actions.track_case.prove(
            holder.reference, holder.code, source=request[SOURCE], shown=holder.shown
        )
    except (NotFound, TooManyTries, PhoneNeeded) as problem:
        return _refused(request, holder, problem)
    found, content = await hub.actions.replies.file.of_case(case.id, posted.get("file_id", ""))
    return attachment(content, found.filename)


async def paper(request: web.Request) -> web.StreamResponse:
    """POST /track/paper: a delivered document as PDF; `place` among the papers of the case."""
    hub, posted = request.app[HUB], await read_form(request)
    holder = track_pass.unseal(posted.get("pass", ""), hub.vault, hub.clock)
    if holder is None:
        return _page(request, 403, problem="old")
    try:
        case = await hub.actions.track_case.prove(
            holder.reference, holder.code, source=request[SOURCE], shown=holder.shown
        )
    except (NotFound, TooManyTries, PhoneNeeded) as problem:
        return _refused(request, holder, problem)
    delivered = await hub.actions.desk.documents.read.delivered(case)
    found = next((one for place, one in delivered.items() if str(place) == posted.get("place")), None)
    if found is None:
        raise NotFound("document")
    return await pdf_of(hub, found)


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form that was refused held."""

    event: str = ""
    text: str = ""
    errors: Mapping[str, str] | None = None


def _kept(posted: Mapping[str, str]) -> Typed | None:
    """What was written on a page that was too old, on its way past the question for the numbers."""
    event, text = posted.get("kept_event", ""), posted.get("kept_text", "")[: 2 * MAX_TEXT]
    return Typed(event, text) if event in EVENTS and text else None


async def _opened(
    request: web.Request,
    holder: Pass,
    *,
    status: int = 200,
    moved: CitizenMoved | None = None,
    typed: Typed | None = None,
) -> web.Response:
    """The page of whoever knows number and code. Of our own cases opening it may deliver documents."""
    hub = request.app[HUB]
    tracking, source = hub.actions.track_case, request[SOURCE]
    reference, code = holder.reference, holder.code
    try:
        if not tracking.is_ours(reference):
            progress = await tracking(reference, code, source=source)
            return render(request, "citizen/progress.html", progress=progress, own=None, moved=None)
        case = await tracking.prove(reference, code, source=source, shown=holder.shown)
    except (NotFound, SourceDown, TooManyTries, PhoneNeeded) as problem:
        return _refused(request, holder, problem)
    own = await hub.actions.show_case(case.id, language=request[LANGUAGE])
    return render(
        request,
        "citizen/progress.html",
        status=status,
        progress=await tracking.of(own.case),
        own=own,
        steps=STEPS,
        moved=moved,
        typed=typed or Typed(),
        limits={"text": MAX_TEXT},
        takes_texts=_takes_texts(hub),
        makes_pdf=not hub.actions.desk.documents.typesetter.lacks,
        pass_field=track_pass.seal(holder, hub.vault, hub.clock),
        submission_id=secrets.token_hex(16),
    )


def _takes_texts(hub: Hub) -> bool:
    return any(profile.kind is ChannelKind.SMS for profile in hub.profiles.values())


def _refused(request: web.Request, holder: Pass, problem: Exception) -> web.Response:
    typed = holder.reference
    if isinstance(problem, TooManyTries):
        seconds = max(1, -(-(problem.until - request.app[HUB].clock.now_ms()) // 1000))
        response = _page(request, 429, typed, locked_until=problem.until, wait_seconds=seconds)
        response.headers["Retry-After"] = str(seconds)
        return response
    if isinstance(problem, PhoneNeeded):
        return _page(request, 403, typed, holder=holder)
    if isinstance(problem, SourceDown):
        return _page(request, 503, typed, problem="unavailable")
    return _page(request, 404, typed, problem="not_found")


def _misspelt(hub: Hub, form: TrackForm, _: Translator) -> dict[str, str]:
    """What no source here gives out; whether a number exists is told to nobody."""
    errors = {}
    if not hub.actions.track_case.recognises(form.reference):
        errors["reference"] = _(NO_REFERENCE)
    if not hub.actions.track_case.accepts_code(form.reference, form.code):
        errors["code"] = _(NO_CODE)
    return errors


def _page(
    request: web.Request,
    status: int,
    reference: str = "",
    *,
    errors: Mapping[str, str] | None = None,
    problem: Literal["", "not_found", "unavailable", "old"] = "",
    holder: Pass | None = None,
    sent: bool = False,
    locked_until: int | None = None,
    wait_seconds: int = 0,
    kept: Typed | None = None,
) -> web.Response:
    """holder: of a number that only its own telephone opens today. sent: whether a code went there.
    kept: what was written before the page was too old."""
    hub = request.app[HUB]
    return render(
        request,
        "citizen/track.html",
        status=status,
        values={"reference": reference},
        errors=errors or {},
        not_found=problem == "not_found",
        unavailable=problem == "unavailable",
        old=problem == "old",
        phone_needed=holder is not None,
        takes_texts=_takes_texts(hub),
        pass_field=track_pass.seal(holder, hub.vault, hub.clock) if holder else "",
        sent=sent,
        other_systems=bool(request.app[HUB].settings.progress),
        locked_until=locked_until,
        wait_seconds=wait_seconds,
        kept=kept,
    )
