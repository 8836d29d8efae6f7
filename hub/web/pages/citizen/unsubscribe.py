"""Refusing bulk mail by the address it carried (RFC 8058).

A GET never unsubscribes: link scanners open every address of a mail. The POST is what a mail provider sends
for its user, and what the button of the page sends; it takes exactly that body and knows no cookie.
"""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from channels.outbox.suppression import EDUCATION, NOTICE, WARNING
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
}


async def page(request: web.Request) -> web.Response:
    """GET /unsubscribe/{signed}: what would be refused, and a button."""
    return await _page(request, is_done=False)


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
    return await _page(request, is_done=True)


async def _page(request: web.Request, *, is_done: bool) -> web.Response:
    subject = await request.app[HUB].actions.refuse_mail.subject(request.match_info["signed"])
    if subject is None:
        raise NotFound("mail")
    return render(
        request, "citizen/unsubscribe.html", subject=_SUBJECTS.get(subject, subject), is_done=is_done
    )
