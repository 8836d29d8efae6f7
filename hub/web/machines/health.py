"""For the machine that watches: alive, and ready. The details are for signed-in operators."""

from __future__ import annotations

from aiohttp import web

from hub.web.health import Health
from hub.web.keys import HUB


async def healthz(request: web.Request) -> web.Response:
    """The process lives."""
    return web.Response(text="ok")


async def robots(request: web.Request) -> web.Response:
    """What a search engine may read: the public pages, nobody's matter."""
    closed = ("/staff", "/setup", "/track", "/petition", "/chat", "/ask", "/webhooks")
    return web.Response(text="User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in closed))


async def readyz(request: web.Request) -> web.Response:
    """The store answers and every task runs; 503 with the names of what does not.

    A damaged row is named too, but a hub with one goes on serving: no other would do better. `details`, where
    something stands still: how much, by its name.
    """
    hub = request.app[HUB]
    try:
        lines = await Health(hub).lines()
    except Exception as problem:
        return web.json_response({"ready": False, "issues": [type(problem).__name__]}, status=503)
    issues = [line for line in lines if not line.ok]
    ready = not any(line.stops for line in issues)
    names = [line.name for line in issues]
    details = {line.name: line.count for line in lines if line.count}
    told = {"ready": ready, "issues": names, **({"details": details} if details else {})}
    return web.json_response(told, status=200 if ready else 503)
