"""Somebody asks that what lists say of them is erased: by whole number, typed by whoever was asked."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from hub.actions.campaigns.recipients.erase_contact import Erased
from hub.runtime.errors import Invalid, Stale
from hub.web.form import read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.pages.campaigns.recipients.contacts import shared_words
from hub.web.pages.campaigns.recipients.forms import OptOutForm
from hub.web.render import translator
from hub.web.staff_page import staff_page

_MEANWHILE = msgid("名单刚刚有变化，没有删完。请再删除一次。")


async def erase_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/contacts/erase"""
    return _page(request, OptOutForm())


async def erase(request: web.Request) -> web.StreamResponse:
    """POST /staff/contacts/erase: the number stands in the form only, never in an address."""
    _, fields = translator(request), await read_form(request)
    form = OptOutForm(
        number=fields.get("number", "")[:100],
        via=fields.get("via", ""),
        note=fields.get("note", "")[:400],
        asked=fields.get("asked") == "yes",
    )
    try:
        erased = await request.app[HUB].actions.publicity.recipients.erase(
            agent_of(request).id, form.number, form.via, form.note, asked=form.asked
        )
    except Invalid as refused:
        return _page(request, form, 422, errors={name: _(text) for name, text in refused.problems.items()})
    except Stale:
        return _page(request, form, 409, errors={"form": _(_MEANWHILE)})
    return _page(request, OptOutForm(), erased=erased)


def _page(
    request: web.Request,
    form: OptOutForm,
    status: int = 200,
    *,
    erased: Erased | None = None,
    errors: Mapping[str, str] | None = None,
) -> web.StreamResponse:
    return staff_page(
        request,
        "staff/contact_erase.html",
        status,
        form=form,
        erased=erased,
        errors=errors or {},
        **shared_words(request.app[HUB]),
    )
