"""What a browser holds of us: how pages look (长辈模式, language); 快速离开 takes all the rest away.

A page that was reached by a link is switched by a link (`hub/web/middlewares.py`); a form that is being
filled in is switched by a button of its own, so that nothing typed is lost.
"""

from __future__ import annotations

from aiohttp import web

from hub.web.form import read_form
from hub.web.i18n import Language
from hub.web.keys import HUB
from hub.web.middlewares import set_preference
from hub.web.pages.citizen import chat_stream, petition_receipt
from hub.web.pages.citizen.petition_draft import PetitionDraft
from hub.web.render import ELDER, LANGUAGE_COOKIE, VIEW_COOKIE, render

ELSEWHERE = "https://www.weather.com.cn/"
"""A site that tells nothing of who opens it; it also stands in `citizen/_leave.html`."""


def switched(request: web.Request) -> web.Response | None:
    """For a form that was sent by a switch of its page (`?lang=`, `?view=`): the choice is kept and the
    browser sends the same form once more, without it. None for any other form."""
    language, view = request.query.get("lang"), request.query.get("view")
    if language is None and view is None:
        return None
    response = web.Response(status=307, headers={"Location": request.path})
    if language in (Language.ZH, Language.EN):
        set_preference(response, LANGUAGE_COOKIE, language)
    if view is not None:
        set_preference(response, VIEW_COOKIE, ELDER if view == ELDER else "")
    return response


async def preferences(request: web.Request) -> web.Response:
    """GET /preferences"""
    return render(request, "citizen/preferences.html", saved="saved" in request.query)


async def save(request: web.Request) -> web.Response:
    """POST /preferences"""
    posted = await read_form(request)
    response = web.Response(status=303, headers={"Location": "/preferences?saved=1"})
    set_preference(response, VIEW_COOKIE, ELDER if posted.get("view") == ELDER else "")
    if posted.get("lang") in (Language.ZH, Language.EN):
        set_preference(response, LANGUAGE_COOKIE, posted["lang"])
    return response


async def leave(request: web.Request) -> web.Response:
    """POST /leave: what was written of a petition and not sent goes with it; what was said stays with its
    case."""
    # No redirect: our own policy lets forms lead to our own pages alone.
    headers = {
        "Refresh": f"0; url={ELSEWHERE}",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }
    response = web.Response(headers=headers)
    chat_stream.forget(response, request.app[HUB])
    petition_receipt.forget(response)
    await PetitionDraft(request).forget(response)
    return response
