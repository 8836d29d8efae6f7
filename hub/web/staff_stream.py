"""Server-sent events for staff pages: rung by `hub/bell.py`, filled by the page, ended with the session.

Rings that come while a message is being written are answered by one message. A stream is no
activity: it does not keep a session alive, and it ends when the session has ended.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from hub.bell import Bell
from hub.web.staff import STAFF

PING_SECONDS = 20.0
"""Comes before the usual minute after which a proxy gives up on a silent connection."""

Fill = Callable[[], Awaitable[Mapping[str, str]]]
"""Event names and their HTML; what was sent already is not sent again."""


async def stream(
    request: web.Request, bell: Bell, topic: str, fill: Fill, *, every_seconds: float | None = None
) -> web.StreamResponse:
    """Answers an EventSource until the page, the session or the server goes.

    every_seconds: `fill` is also asked without a ring, for what is counted and not rung.
    """
    response = web.StreamResponse(
        headers={
            "Content-Type": "text/event-stream; charset=utf-8",
            "Cache-Control": "no-store",
            "X-Accel-Buffering": "no",
        }
    )
    sessions, loop = request.app[STAFF].sessions, asyncio.get_running_loop()
    sent: dict[str, str] = {}
    with bell.listen(topic) as ear:
        try:
            await response.prepare(request)
            await response.write(b"retry: 3000\n\n")
            pinged_at = loop.time()
            while True:
                await ear.wait(at_most_seconds=every_seconds or PING_SECONDS)
                if ear.over:
                    break
                if loop.time() - pinged_at >= PING_SECONDS:
                    if await sessions.current(request, is_use=False) is None:
                        break
                    await response.write(b": ping\n\n")
                    pinged_at = loop.time()
                for name, html in (await fill()).items():
                    if sent.get(name) != html:
                        await response.write(as_event(name, html))
                        sent[name] = html
        except ConnectionResetError:
            pass  # the page was closed: nobody is left to answer
    return response


def as_event(name: str, text: str) -> bytes:
    """One event; every line of the text on a `data:` line of its own."""
    data = "".join(f"data: {line}\n" for line in text.splitlines() or [""])
    return f"event: {name}\n{data}\n".encode()
