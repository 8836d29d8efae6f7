"""What registering with 12110 means, and the consent text to be printed and signed."""

from __future__ import annotations

from aiohttp import web

from hub.model.people.registered_person import CONSENT_VERSION
from hub.web.render import render


async def consent_page(request: web.Request) -> web.Response:
    """GET /register-12110"""
    return render(request, "citizen/register_12110.html", version=CONSENT_VERSION)
