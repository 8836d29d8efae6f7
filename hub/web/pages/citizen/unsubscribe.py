"""Refusing bulk mail by the address it carried (RFC 8058).

A GET never unsubscribes: link scanners open every address of a mail. The POST is what a mail provider sends
for its user, and what the button of the page sends; it takes exactly that body and knows no cookie.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from aiohttp import web

from channels.outbox.suppression import EDUCATION, NOTICE, SAFETY, WARNING
from hub.runtime.errors import NotFound
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.render import render

ONE_CLICK = ("List-Unsubscribe", "One-Click")
"""All that the body says, as multipart/form-data or application/x-www-form-urlencoded (RFC 8058 §3.2)."""
_SUBJECTS: Mapping[str, str] = {
    EDUCATION: msgid("法治宣传"),
    NOTICE: msgid("业务通知"),
    WARNING: msgid("黄色、蓝色预警"),
    SAFETY: msgid("安全提示"),
}


async def page(request: web.Request) -> web.Response:
    """GET /unsubscribe/{signed} and …/again (its language was changed): what would be refused, a button."""
    return await _page(request, "ask")


async def refuse(request: web.Request) -> web.Response:
    """POST /unsubscribe/{signed}; a repeat changes nothing. 400 for any other body."""
    try:
        posted = await request.post()
    except (ValueError, LookupError):
        raise web.HTTPBadRequest from None
    if list(posted.items()) != [ONE_CLICK]:
        raise web.HTTPBadRequest
    if not await request.app[HUB].actions.refuse_mail(request.match_info["signed"]):
        raise NotFound("mail")
    return await _page(request, "done")


async def take_back(request: web.Request) -> web.Response:
    """POST /unsubscribe/{signed}/again: it was pressed by mistake."""
    if not await request.app[HUB].actions.refuse_mail(request.match_info["signed"], out=False):
        raise NotFound("mail")
    return await _page(request, "again")


async def _page(request: web.Request, state: Literal["ask", "done", "again"]) -> web.Response:
    signed = request.match_info["signed"]
    subject = await request.app[HUB].actions.refuse_mail.subject(signed)
    if subject is None:
        raise NotFound("mail")
    return render(
        request,
        "citizen/unsubscribe.html",
        subject=_SUBJECTS.get(subject, subject),
        state=state,
        address=f"/unsubscribe/{signed}",
    )
