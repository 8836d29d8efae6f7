"""Contacts the office may write to: the list, somebody by whole number or name, one contact."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from aiohttp import web

from campaigns.segment import EVERYBODY
from hub.hub import Hub
from hub.repositories.memberships import Reach
from hub.runtime.errors import Invalid, Stale
from hub.web.form import read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.pages.campaigns.recipients import words as recipient_words
from hub.web.pages.campaigns.recipients.forms import OptOutForm, asked_segment
from hub.web.pages.campaigns.recipients.words import BASE
from hub.web.render import translator
from hub.web.staff_page import done, staff_page

_MEANWHILE = msgid("这条记录刚刚被别人改动，没有执行。下面是现在的情况。")
_ASKED = ("group", "region", "tag", "source", "language", "consent", "reach")


async def contacts_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/contacts?group=&region=&tag=&source=&language=&consent=&reach=&after="""
    hub = request.app[HUB]
    after = request.query.get("after") or None
    asked = {name: request.query.get(name, "")[:60] for name in _ASKED}
    reach = asked["reach"] if asked["reach"] in set(Reach) else ""
    page = await hub.actions.publicity.recipients.contacts.page(
        asked_segment(request), reach=reach, after=after
    )
    kept = urlencode({name: value for name, value in asked.items() if value})
    link = f"{BASE}?{kept}" if kept else BASE
    return await _list(
        request,
        lines=page.lines,
        total=page.total,
        asked=asked,
        newer=link if after else "",
        older=f"{link}{'&' if kept else '?'}{urlencode({'after': page.next})}" if page.next else "",
        searched=False,
        find="",
    )


async def find_contact(request: web.Request) -> web.StreamResponse:
    """POST /staff/contacts: whoever has a whole number or name; neither stands in an address."""
    _ = translator(request)
    text = (await read_form(request)).get("find", "")[:100]
    errors: Mapping[str, str] = {}
    try:
        lines = await request.app[HUB].actions.publicity.recipients.contacts.find(text)
    except Invalid as refused:
        lines, errors = [], {name: _(problem) for name, problem in refused.problems.items()}
    return await _list(
        request,
        422 if errors else 200,
        lines=lines,
        total=len(lines),
        asked=dict.fromkeys(_ASKED, ""),
        newer="",
        older="",
        searched=not errors,
        find=text,
        errors=errors,
    )


async def contact_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/contacts/people/{contact_id}"""
    return await _contact(request)


async def lift(request: web.Request) -> web.StreamResponse:
    """POST /staff/contacts/people/{contact_id}: messages again, because the citizen asked for them."""
    _, contact_id = translator(request), request.match_info["contact_id"]
    fields = await read_form(request)
    form = OptOutForm.model_validate({**fields, "asked": fields.get("asked") == "yes"})
    try:
        await request.app[HUB].actions.publicity.recipients.opt_outs.lift(
            agent_of(request).id, form.rule, form.via, form.note, asked=form.asked
        )
    except Invalid as refused:
        errors = {name: _(text) for name, text in refused.problems.items()}
        return await _contact(request, 422, form=form, errors=errors)
    except Stale:
        return await _contact(request, 409, errors={"form": _(_MEANWHILE)})
    return done(f"{BASE}/people/{contact_id}", "lifted")


async def _contact(
    request: web.Request,
    status: int = 200,
    *,
    form: OptOutForm | None = None,
    errors: Mapping[str, str] | None = None,
) -> web.StreamResponse:
    hub = request.app[HUB]
    return staff_page(
        request,
        "staff/contact.html",
        status,
        view=await hub.actions.publicity.recipients.contacts.view(request.match_info["contact_id"]),
        form=form,
        errors=errors or {},
        **shared_words(hub),
    )


async def _list(request: web.Request, status: int = 200, **context: object) -> web.StreamResponse:
    hub = request.app[HUB]
    memberships = hub.repositories.memberships
    return staff_page(
        request,
        "staff/contacts.html",
        status,
        groups=[name for name in await memberships.groups() if name != EVERYBODY],
        tags=await memberships.words("tags"),
        sources=await memberships.words("sources"),
        **shared_words(hub),
        **context,
    )


def shared_words(hub: Hub) -> dict[str, object]:
    """What the templates of these pages name things by."""
    return {
        "tabs": recipient_words.TABS,
        "terms": recipient_words,
        "everybody": EVERYBODY,
        "places": {region.code: region.name for region in hub.settings.regions},
    }
