"""Event streams of staff pages: rung by `hub/runtime/bell.py`, filled by the page, ended with the session.

A stream is no activity: it does not keep a session alive, and it ends when the session has ended, or its
agent may see or do something else than when it was opened.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from hub.model import policy
from hub.runtime.bell import Bell
from hub.web.event_stream import EventStream
from hub.web.guard.auth import agent_of
from hub.web.guard.staff import STAFF
from hub.web.guard.streams import STREAMS

PING_SECONDS = 20.0
"""Comes before the usual minute after which a proxy gives up on a silent connection."""

Fill = Callable[[], Awaitable[Mapping[str, str]]]
"""Event names and their HTML; what was sent already is not sent again."""


async def stream(
    request: web.Request, bell: Bell, topic: str, fill: Fill, *, every_seconds: float | None = None
) -> web.StreamResponse:
    """Answers an EventSource until the page, the session or the server goes.

    `fill` is asked at once: else the first ring, whoever it is for, would show. every_seconds: it is also
    asked without a ring, for what is counted and not rung; a ring does not move these instants, so that they
    do not tell of what others are rung for.
    """
    events = EventStream()
    loop = asyncio.get_running_loop()
    sent: dict[str, str] = {}
    with request.app[STREAMS].of_session(request), bell.listen(topic) as ear:
        try:
            await events.open(request, retry_ms=3000)
            pinged_at = loop.time()
            every, due = every_seconds or PING_SECONDS, pinged_at
            while True:
                await ear.wait(at_most_seconds=max(0.0, due - loop.time()))
                if ear.over:
                    break
                if due <= loop.time():
                    due = loop.time() + every
                if loop.time() - pinged_at >= PING_SECONDS:
                    if not await goes_on(request):
                        break
                    await events.ping()
                    pinged_at = loop.time()
                for name, html in (await fill()).items():
                    if sent.get(name) != html:
                        await events.send(name, html)
                        sent[name] = html
        except ConnectionResetError:
            pass  # the page was closed: nobody is left to answer
    return events.response


async def goes_on(request: web.Request) -> bool:
    """Whether the session goes on and its agent may do and see what they might when the request came."""
    staff, agent = request.app[STAFF], agent_of(request)
    if await staff.sessions.current(request, is_use=False) is None:
        return False
    found = await staff.agents.get(agent.id)
    if found is None or not found.value.active or found.value.roles != agent.roles:
        return False
    return policy.sight(found.value) == policy.sight(agent)
