"""Who reported: an inspector asks for it, a custodian decides, the inspector reads it while the time runs.

The identity is answered to a POST only, so that no page of a browser's history holds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from aiohttp import web
from pydantic import Field

from hub.actions.staff.reveal_identity import RevealIdentity
from hub.model.staff.identity import MAX_HOURS, Identity
from hub.runtime.errors import Forbidden, Invalid, Stale
from hub.web.form import Form, FormErrors, parse, read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.pages.compartment import words
from hub.web.render import translator
from hub.web.staff_page import done, staff_page

REQUESTS_PATH = "/staff/identity-requests"
_OVER = msgid("查看时限已到，需要时请重新申请")
_MEANWHILE = msgid("这项申请刚刚有变化，请看最新情况")


class DecisionForm(Form):
    """What a custodian decides. decision: `grant` or `refuse`."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {
        ("hours", "*"): msgid("时限为 1 至 72 小时"),
    }
    verdict: str = ""
    opinion: str = Field(default="", max_length=400)
    hours: int = 24
    version: int = 0


async def identity_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/cases/{case_id}/identity"""
    return await _page(request)


async def ask(request: web.Request) -> web.StreamResponse:
    """POST /staff/cases/{case_id}/identity: `reason`."""
    case_id, reason = request.match_info["case_id"], (await read_form(request)).get("reason", "")
    try:
        await _reveal(request).ask(agent_of(request), case_id, reason)
    except Invalid as wrong:
        return await _page(request, 422, problem=wrong.problems["reason"], reason=reason[:400])
    return done(f"/staff/cases/{case_id}/identity", "identity_asked")


async def read(request: web.Request) -> web.StreamResponse:
    """POST /staff/cases/{case_id}/identity/read"""
    try:
        identity = await _reveal(request).read(agent_of(request), request.match_info["case_id"])
    except Forbidden:
        return await _page(request, 403, problem=_OVER)
    return await _page(request, identity=identity)


async def requests_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/identity-requests"""
    return await _requests(request)


async def decide(request: web.Request) -> web.StreamResponse:
    """POST /staff/identity-requests/{request_id}"""
    id, posted = request.match_info["request_id"], await read_form(request)
    form = parse(DecisionForm, posted, translator(request))
    if isinstance(form, FormErrors):
        return await _requests(request, 422, form=(id, posted, form.fields))
    if form.verdict not in ("grant", "refuse"):
        raise web.HTTPBadRequest  # only our own buttons send this form
    grant = form.verdict == "grant"
    try:
        await _reveal(request).decide(
            agent_of(request), id, grant=grant, decision=form.opinion, hours=form.hours, version=form.version
        )
    except Invalid as wrong:
        errors = {{"decision": "opinion"}.get(name, name): text for name, text in wrong.problems.items()}
        return await _requests(request, 422, form=(id, posted, errors))
    except Stale:
        return await _requests(request, 409, problem=_MEANWHILE)
    return done(REQUESTS_PATH, "identity_granted" if grant else "identity_refused")


def _reveal(request: web.Request) -> RevealIdentity:
    return request.app[HUB].actions.compartment.reveal_identity


async def _page(
    request: web.Request,
    status: int = 200,
    *,
    identity: Identity | None = None,
    problem: str = "",
    reason: str = "",
) -> web.StreamResponse:
    shown = await _reveal(request).page(agent_of(request), request.match_info["case_id"])
    known = [(words.FIELD[name], getattr(identity, name)) for name in identity.fields()] if identity else []
    response = staff_page(
        request,
        "staff/identity.html",
        status,
        page=shown,
        known=known,
        field_words=words.FIELD,
        state_words=words.STATE,
        problem=problem,
        reason=reason,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


async def _requests(
    request: web.Request,
    status: int = 200,
    *,
    form: tuple[str, Mapping[str, str], Mapping[str, str]] | None = None,
    problem: str = "",
) -> web.StreamResponse:
    waiting, over = await _reveal(request).requests(agent_of(request))
    meant, typed, errors = form or ("", {}, {})
    return staff_page(
        request,
        "staff/identity_requests.html",
        status,
        waiting_requests=waiting,
        decided=over,
        state_words=words.STATE,
        meant=meant,
        typed=typed,
        errors=errors,
        max_hours=MAX_HOURS,
        problem=problem,
    )
