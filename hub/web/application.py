"""Puts the web side together: keys, middlewares, every route, and a stop that does not wait for streams."""

from __future__ import annotations

from aiohttp import web

from hub.hub import Hub
from hub.i18n import Catalogues
from hub.passwords import Passwords
from hub.web import webhooks
from hub.web.assets import ASSETS, Assets
from hub.web.citizen import CITIZEN, Citizen
from hub.web.health import healthz, readyz
from hub.web.keys import HUB
from hub.web.middlewares import PUBLIC_ORIGIN, add_headers, answer_errors, prepare, same_origin
from hub.web.render import RENDERER, Renderer
from hub.web.route import Route
from hub.web.routes import CITIZEN_ROUTES, FOUNDATION, add_routes
from hub.web.staff import STAFF, Staff
from hub.web.staff_routes import STAFF_ROUTES

MACHINE_ROUTES: tuple[Route, ...] = (
    Route("POST", "/webhooks/twilio/{short:sms|voice}", webhooks.receive_short),
    Route("POST", "/webhooks/twilio/{channel}/{part}", webhooks.receive),
    Route("GET", "/healthz", healthz),
    Route("GET", "/readyz", readyz),
)
"""What machines call: they prove themselves by signature, or are told nothing worth knowing."""


def build_web(hub: Hub, *, passwords: Passwords | None = None) -> web.Application:
    """The web application over a running hub. `passwords`: cheaper hashing for tests."""
    settings = hub.settings
    app = web.Application(
        middlewares=[prepare, answer_errors, same_origin], client_max_size=settings.web.form_bytes
    )
    app[HUB] = hub
    app[PUBLIC_ORIGIN] = settings.public_url()
    assets = Assets.load()
    app[ASSETS] = assets
    app[RENDERER] = Renderer(Catalogues.load(), assets, settings.organisation, hub.clock)
    app[CITIZEN] = Citizen(
        clock=hub.clock,
        repositories=hub.repositories,
        knowledge=hub.knowledge,
        live=hub.live,
        vault=hub.vault,
        triage=hub.triage,
        accept_event=hub.actions.accept_event,
        file_petition=hub.actions.file_petition,
        track_case=hub.actions.track_case,
        regions=settings.regions,
        public_url=settings.public_url(),
        organisation=settings.organisation.name,
        insecure_cookies=settings.web.insecure_cookies,
    )
    app[STAFF] = Staff.build(
        clock=hub.clock,
        agents=hub.repositories.agents,
        units=hub.repositories.units,
        logins=hub.repositories.sessions,
        setup=hub.repositories.setup,
        passwords=passwords or Passwords(),
        words=(settings.organisation.name, settings.organisation.province, settings.organisation.signature),
        insecure_cookies=settings.web.insecure_cookies,
    )
    add_routes(app, (*FOUNDATION, *MACHINE_ROUTES, *CITIZEN_ROUTES, *STAFF_ROUTES))
    app.on_response_prepare.append(add_headers)
    app.on_shutdown.append(_end_streams)
    return app


async def _end_streams(app: web.Application) -> None:
    app[HUB].live.close()
