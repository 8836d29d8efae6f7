"""How the pages look: 长辈模式 and language, kept in this browser only."""

from __future__ import annotations

from aiohttp import web

from hub.i18n import Language
from hub.web.forms.form import read_form
from hub.web.middlewares import set_preference
from hub.web.render import ELDER, LANGUAGE_COOKIE, VIEW_COOKIE, render


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
