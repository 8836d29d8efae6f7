"""What the footer of a government site has to lead to: privacy, and a map of the site with the contact."""

from __future__ import annotations

from aiohttp import web

from hub.web.keys import HUB
from hub.web.render import render


async def privacy(request: web.Request) -> web.Response:
    """GET /privacy: what is kept, for how long, what one may ask for; or the office's own page."""
    elsewhere = request.app[HUB].settings.organisation.privacy_url
    if elsewhere:
        raise web.HTTPSeeOther(elsewhere)
    return render(request, "citizen/privacy.html")


async def sitemap(request: web.Request) -> web.Response:
    """GET /sitemap"""
    return render(request, "citizen/sitemap.html")
