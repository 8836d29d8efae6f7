"""The calendar of campaigns for calendar programs, under the secret address of a member of staff."""

from __future__ import annotations

from aiohttp import web

from hub.web.keys import HUB
from hub.web.machines.icalendar import icalendar


async def calendar_feed(request: web.Request) -> web.StreamResponse:
    """GET /calendar/{token}.ics: an address that was revoked never existed."""
    hub = request.app[HUB]
    sendings = await hub.actions.publicity.planning.feed.sendings(request.match_info["token"])
    if sendings is None:
        raise web.HTTPNotFound
    text = icalendar(
        f"{hub.settings.organisation.name} 宣传活动",
        sendings,
        now=hub.clock.now_ms(),
        host=request.host.partition(":")[0] or "hub",
    )
    return web.Response(text=text, content_type="text/calendar", charset="utf-8")
