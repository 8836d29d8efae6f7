"""The servers of the intake bench, each a process: the hub itself, and the floor.

The floor is the least that takes a webhook durably: a bare aiohttp handler that puts the body into
the same store engine and answers after the group commit. It checks and decides nothing.
"""

from __future__ import annotations

import asyncio
import sys
from itertools import count
from pathlib import Path

from aiohttp import web

from hub.bench.child import commands, tell
from hub.bench.site import settings_in
from hub.bench.texts import PATH
from hub.runtime.clock import SystemClock
from hub.runtime.gc_tuning import spare_the_collector
from hub.serve import running
from hub.store.documents import Collection, Insert
from hub.store.sqlite import open_sqlite

_ANSWER = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
_COUNTED = ("messages", "cases", "outbox")


async def serve_hub(folder: Path, api_base: str, encoder: str) -> None:
    """The hub with its jobs; answers every command with what it has stored."""
    async with running(settings_in(folder, api_base=api_base, encoder=encoder), SystemClock()) as site:
        spare_the_collector()  # as `hub serve` does
        tell(port=site.port)
        async for _ in commands():
            tell(**{name: (await site.hub.documents.count(name, {}))[""] for name in _COUNTED})


async def serve_floor(folder: Path) -> None:
    """The floor; answers every command with what it has stored."""
    documents = await open_sqlite(folder / "floor.db", [Collection("bodies")], clock=SystemClock())
    numbers = count()

    async def take(request: web.Request) -> web.Response:
        body = await request.read()
        insert = Insert("bodies", f"{next(numbers):032x}", {"body": body.decode()})
        await documents.commit([insert])
        return web.Response(text=_ANSWER, content_type="text/xml")

    app = web.Application()
    app.router.add_post(PATH, take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)
    await site.start()
    tell(port=runner.addresses[0][1])
    async for _ in commands():
        tell(bodies=(await documents.count("bodies", {}))[""])
    await runner.cleanup()
    await documents.close()


async def main(kind: str, folder: Path, api_base: str, encoder: str = "") -> None:
    """kind: `hub` or `floor`. encoder: another than the shipped one."""
    if kind == "hub":
        await serve_hub(folder, api_base, encoder)
    else:
        await serve_floor(folder)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:]))
