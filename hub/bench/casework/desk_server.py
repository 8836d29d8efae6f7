"""The servers of the desk bench, each a process: the hub with its handlers signed in, and the floor.

The floor is a bare aiohttp server that holds as many event streams and writes the same bytes to them at the
same pace. It reads, decides and renders nothing.
"""

from __future__ import annotations

import asyncio
import secrets
import sys
from pathlib import Path
from time import perf_counter

from aiohttp import web

from hub.bench.casework.case_store import CaseStore, keep_conversations
from hub.bench.child import commands, tell
from hub.bench.site import settings_in
from hub.hub import Hub
from hub.model.agent import Agent, Role, Session
from hub.model.cases.clock import Rules
from hub.repositories.agents import token_digest
from hub.runtime.clock import SystemClock
from hub.runtime.gc_tuning import spare_the_collector
from hub.serve import running
from hub.settings.profiles import load_profile
from hub.settings.work_calendar import shipped_calendar

_DAY_MS = 86_400_000


async def serve_hub(folder: Path, api_base: str, handlers: int, cases: int) -> None:
    """The hub with so many handlers and open cases; says the handlers' ids, cookies and form tokens."""
    async with running(settings_in(folder, api_base=api_base, encoder="none"), SystemClock()) as site:
        signed_in = [await _handler(site.hub, number) for number in range(handlers)]
        rules = Rules(load_profile("national"), shipped_calendar())
        store = CaseStore(site.hub.documents, site.hub.repositories.cases, rules, site.hub.clock.now_ms())
        await store.keep(store.open(range(cases)), lambda _: None)
        await keep_conversations(
            site.hub.documents, site.hub.repositories.conversations, store.open(range(cases))
        )
        spare_the_collector()  # as `hub serve` does
        tell(port=site.port, handlers=signed_in)
        async for _ in commands():
            tell(cases=(await site.hub.documents.count("cases", {"open": 1, "compartment": "none"}))[""])


async def _handler(hub: Hub, number: int) -> tuple[str, str, str]:
    now, id = hub.clock.now_ms(), f"handler{number:04}"
    await hub.repositories.agents.insert(Agent(id, id, "", (Role.HANDLER,), now, name=f"承办{number:03}"))
    token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
    await hub.repositories.sessions.insert(Session(token_digest(token), id, csrf, now, now, now + _DAY_MS))
    return id, token, csrf


async def serve_floor() -> None:
    """`{"bytes", "every", "seconds"}`: so many bytes to every stream, so often, for so long."""
    streams: set[web.StreamResponse] = set()

    async def events(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(b"retry: 3000\n\n")
        streams.add(response)
        await asyncio.Event().wait()
        return response

    app = web.Application()
    app.router.add_get("/staff/desk/events", events)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    spare_the_collector()
    tell(port=runner.addresses[0][1])
    loop = asyncio.get_running_loop()
    async for command in commands():
        filling = b"x" * command["bytes"] + b"\n\n"
        ends = loop.time() + command["seconds"]
        while loop.time() < ends:
            data = f"data: {perf_counter()} ".encode() + filling
            for response in streams:
                await response.write(data)
            await asyncio.sleep(command["every"])
        tell(done=True)
    await runner.cleanup()


if __name__ == "__main__":
    if sys.argv[1] == "hub":
        asyncio.run(serve_hub(Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]), int(sys.argv[5])))
    else:
        asyncio.run(serve_floor())
