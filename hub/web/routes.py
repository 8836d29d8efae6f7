"""Every route of the hub on one page, with who may call it. The order is the order of a visit."""

from __future__ import annotations

from collections.abc import Iterable

from aiohttp import web

from hub.web.assets import static_file
from hub.web.auth import guarded
from hub.web.route import Route

FOUNDATION: tuple[Route, ...] = (Route("GET", "/static/{digest}/{path:.+}", static_file),)


def add_routes(app: web.Application, routes: Iterable[Route]) -> None:
    """Puts routes behind their questions (`hub/web/auth.py`) and into the application."""
    for route in routes:
        if route.method == "GET":
            app.router.add_get(route.path, guarded(route))
        else:
            app.router.add_route(route.method, route.path, guarded(route))
