"""Public pages that a browser may keep and ask about: an ETag from everything a page is made of.

The rule protected: a kept page is shown with the policy it came with. Its scripts carry the nonce of that
answer, so a 304 brings no new one (`add_headers` in `hub/web/middlewares.py`). Source: RFC 9110, 15.4.5.
"""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from hub.runtime.clock import day_of
from hub.runtime.ids import derived_id
from hub.web.keys import HUB, LANGUAGE
from hub.web.render import ELDER, VIEW_COOKIE

RUN = web.AppKey("run", str)
"""Another one for every start, so that a new release is not taken for the old one."""

_HEADERS = {"Cache-Control": "private, no-cache", "Vary": "Cookie, Accept-Language"}


def unless_unchanged(request: web.Request, build: Callable[[], web.Response], *parts: str) -> web.Response:
    """The page, or 304 when the browser has it. `parts`: what it depends on besides the knowledge base, the
    day, the language and the view."""
    hub = request.app[HUB]
    digest = derived_id(
        request.app[RUN],
        str(hub.knowledge.revision),
        str(len(hub.knowledge.snapshot.entries)),  # the hour of an entry moves no revision
        day_of(hub.clock.now_ms()).isoformat(),
        request[LANGUAGE],
        request.cookies.get(VIEW_COOKIE, "") if request.cookies.get(VIEW_COOKIE) == ELDER else "",
        str(request.rel_url),
        *(issue.id for issue in hub.warnings.board.active()),  # the banner
        *parts,
    )
    tag = f'W/"{digest}"'
    if tag in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers={**_HEADERS, "ETag": tag})
    response = build()
    response.headers.update({**_HEADERS, "ETag": tag})
    return response
