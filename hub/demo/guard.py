"""A small server on loopback for what only a demo has; every request carries the folder's token."""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.typedefs import Handler

from hub.demo.settings import HOST


@asynccontextmanager
async def guarded_server(token: str, routes: Sequence[web.RouteDef]) -> AsyncIterator[str]:
    """Listens on a free port for as long as the block runs; gives its address."""
    expected = f"Bearer {token}"

    @web.middleware
    async def ask(request: web.Request, handler: Handler) -> web.StreamResponse:
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), expected.encode()):
            raise web.HTTPForbidden
        return await handler(request)

    app = web.Application(middlewares=[ask])
    app.add_routes(routes)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, 0).start()
        port: int = runner.addresses[0][1]
        yield f"http://{HOST}:{port}"
    finally:
        await runner.cleanup()
