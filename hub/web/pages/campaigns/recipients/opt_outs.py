"""Who wants no messages: the list, one by number, noted by hand."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from aiohttp import web

from hub.actions.campaigns.recipients.opt_outs import SUBJECTS, WISHES, Found
from hub.runtime.errors import Invalid, Stale
from hub.web.guard.auth import agent_of
from hub.web.keys import HUB
from hub.web.pages.campaigns.recipients.contacts import shared_words
from hub.web.pages.campaigns.recipients.forms import OptOutForm, several
from hub.web.pages.campaigns.recipients.words import BASE
from hub.web.render import translator
from hub.web.staff_page import done, staff_page

PATH = f"{BASE}/optouts"


async def opt_outs_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/contacts/optouts?subject=&after="""
    return await _page(request, OptOutForm())


async def find_opt_out(request: web.Request) -> web.StreamResponse:
    """POST /staff/contacts/optouts: what stands about a whole number."""
    _ = translator(request)
    form = await _form(request)
    try:
        found = await request.app[HUB].actions.publicity.recipients.opt_outs.find(form.number)
    except Invalid as refused:
        errors = {"find": _(refused.problems["number"])}
        return await _page(request, form, 422, errors=errors)
    return await _page(request, form, found=found)


async def add_opt_out(request: web.Request) -> web.StreamResponse:
    """POST /staff/contacts/optouts/add"""
    _, agent, form = translator(request), agent_of(request), await _form(request)
    try:
        await request.app[HUB].actions.publicity.recipients.opt_outs.add(
            agent.id, form.number, form.subjects, form.via, form.note
        )
    except Invalid as refused:
        errors = {name: _(text) for name, text in refused.problems.items()}
        return await _page(request, form, 422, errors=errors)
    except Stale:  # somebody noted the same at the same moment
        return done(PATH, "opted_out")
    return done(PATH, "opted_out")


async def lift_opt_out(request: web.Request) -> web.StreamResponse:
    """POST /staff/contacts/optouts/lift: of a number that is in no list."""
    _, agent, form = translator(request), agent_of(request), await _form(request)
    try:
        await request.app[HUB].actions.publicity.recipients.opt_outs.lift(
            agent.id, form.rule, form.via, form.note, asked=form.asked
        )
    except Invalid as refused:
        errors = {name: _(text) for name, text in refused.problems.items()}
        return await _page(request, form, 422, found=await _again(request, form.number), errors=errors)
    except Stale:
        return await _page(request, form, 409, found=await _again(request, form.number))
    return done(PATH, "lifted")


async def _again(request: web.Request, number: str) -> Found | None:
    """What stands about the number now; None when it is none."""
    try:
        return await request.app[HUB].actions.publicity.recipients.opt_outs.find(number)
    except Invalid:
        return None


async def _form(request: web.Request) -> OptOutForm:
    fields = await several(request, "subjects")
    known = {name: fields.get(name, "") for name in ("number", "via", "note", "rule")}
    texts = {name: str(value)[: 100 if name in ("number", "rule") else 400] for name, value in known.items()}
    asked = fields.get("asked") == "yes"
    return OptOutForm.model_validate({**texts, "subjects": fields["subjects"], "asked": asked})


async def _page(
    request: web.Request,
    form: OptOutForm,
    status: int = 200,
    *,
    found: Found | None = None,
    errors: Mapping[str, str] | None = None,
) -> web.StreamResponse:
    hub = request.app[HUB]
    opt_outs = hub.actions.publicity.recipients.opt_outs
    subject = request.query.get("subject", "")
    subject = subject if subject in SUBJECTS else ""
    after = request.query.get("after") or None
    lines, following = await opt_outs.page(subject=subject, after=after)
    counts = await opt_outs.counts()
    curves = {one: await opt_outs.curve(one) for one in ([subject] if subject else SUBJECTS)}
    days = list(zip(*curves.values(), strict=True))
    link = f"{PATH}?subject={subject}" if subject else PATH
    return staff_page(
        request,
        "staff/opt_outs.html",
        status,
        lines=lines,
        counts=counts,
        subject=subject,
        curve=[(same[0][0], sum(number for _, number in same)) for same in days],
        newer=link if after else "",
        older=f"{link}{'&' if subject else '?'}{urlencode({'after': following})}" if following else "",
        form=form,
        found=found,
        wishes=WISHES,
        errors=errors or {},
        **shared_words(hub),
    )
