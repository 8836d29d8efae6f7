"""The web application of one hub: what every request passes, then the routes."""

from __future__ import annotations

import secrets
from functools import partial

from aiohttp import web

from hub.hub import Hub
from hub.web.assets import ASSETS, Assets
from hub.web.guard.rate_limit import RATE_LIMITS, RateLimits
from hub.web.guard.staff import STAFF, Staff
from hub.web.guard.streams import STREAMS, Streams
from hub.web.i18n import shipped_catalogues
from hub.web.keys import HUB
from hub.web.middlewares import (
    PUBLIC_ORIGIN,
    TRUSTED_PROXIES,
    add_headers,
    answer_errors,
    prepare,
    same_origin,
)
from hub.web.pages.cases.desk import add_desk
from hub.web.pages.citizen.warnings import lines
from hub.web.pages.people.notifications import NOTIFICATIONS
from hub.web.render import RENDERER, Renderer
from hub.web.routes import add_routes
from hub.web.unchanged import RUN


def build_site(hub: Hub, staff: Staff) -> web.Application:
    """Pages, webhooks and streams, ready for an `AppRunner`. Streams end when the server stops."""
    app = web.Application(
        middlewares=[prepare, answer_errors, same_origin],
        client_max_size=hub.settings.web.form_bytes,
    )
    assets = Assets.load()
    app[HUB] = hub
    app[STAFF] = staff
    app[RUN] = secrets.token_hex(8)
    app[ASSETS] = assets
    app[TRUSTED_PROXIES] = frozenset(hub.settings.web.trusted_proxies)
    app[RATE_LIMITS] = RateLimits(hub.clock, hub.settings.limits.per_minute())
    app[STREAMS] = Streams(hub.settings.web)
    app[PUBLIC_ORIGIN] = hub.settings.public_url()
    app[RENDERER] = Renderer(
        shipped_catalogues(), assets, hub.settings.organisation, hub.clock, warnings_now=partial(lines, hub)
    )
    add_desk(app, hub, app[RENDERER], (NOTIFICATIONS,))
    app.on_response_prepare.append(add_headers)

    async def end_streams(_: web.Application) -> None:
        hub.bell.close()

    app.on_shutdown.append(end_streams)
    add_routes(app)
    return app
