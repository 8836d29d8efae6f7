"""A 110 command centre's system with its moods: a real HTTP server on loopback."""

from __future__ import annotations

import asyncio
import hmac
import json
import os
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from hub.other_systems.command_centre import ID_HEADER
from hub.runtime.signing import NONCE_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, signature

SECRET = "a-secret-of-the-command-centre"
SECRET_VARIABLE = "HUB_TEST_CENTRE_SECRET"
CALLBACK_SECRET = "another-secret-for-its-reports"
CALLBACK_VARIABLE = "HUB_TEST_CENTRE_CALLBACK"


class PlayedCentre:
    """mood: well, error, slow, lost (taken, and the answer is cut off), redirect.

    told: every report that came, in order; cases: what it would open, one for each id.
    """

    def __init__(self) -> None:
        self.mood = "well"
        self.url = ""
        self.forged = 0
        self.told: list[dict[str, Any]] = []
        self.cases: dict[str, dict[str, Any]] = {}
        self.quiet = asyncio.Event()

    async def take(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        timestamp, nonce = request.headers[TIMESTAMP_HEADER], request.headers[NONCE_HEADER]
        given = request.headers[SIGNATURE_HEADER]
        if not hmac.compare_digest(given, signature(SECRET, timestamp, nonce, body)):
            self.forged += 1
            return web.Response(status=403)
        report = json.loads(body)
        self.told.append(report)
        match self.mood:
            case "error":
                return web.Response(status=500)
            case "redirect":
                return web.Response(status=307, headers={"Location": self.url})
            case "slow":
                await self.quiet.wait()
        self.cases[request.headers[ID_HEADER]] = report
        if self.mood == "lost" and request.transport is not None:
            request.transport.abort()
        return web.json_response({"received": True})

    def settings(self) -> dict[str, Any]:
        """`[alarms]` with this centre."""
        os.environ[SECRET_VARIABLE] = SECRET
        return {"webhook_url": self.url, "webhook_secret": f"env:{SECRET_VARIABLE}"}

    def reports(
        self, report: Mapping[str, Any], *, secret: str = CALLBACK_SECRET
    ) -> tuple[bytes, dict[str, str]]:
        """What it sends about an alarm it was given, signed: body and headers."""
        body, now = json.dumps(report).encode(), str(int(time.time()))
        headers = {
            TIMESTAMP_HEADER: now,
            NONCE_HEADER: "n1",
            SIGNATURE_HEADER: signature(secret, now, "n1", body),
        }
        return body, headers

    def hears_back(self) -> dict[str, Any]:
        """`[alarms]` with this centre, whose system reports by calls of its own."""
        os.environ[CALLBACK_VARIABLE] = CALLBACK_SECRET
        return {**self.settings(), "callback_secret": f"env:{CALLBACK_VARIABLE}"}


@asynccontextmanager
async def played_centre() -> AsyncIterator[PlayedCentre]:
    """It, for as long as the block runs."""
    centre = PlayedCentre()
    app = web.Application()
    app.router.add_post("/alarms", centre.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    centre.url = f"http://127.0.0.1:{runner.addresses[0][1]}/alarms"
    try:
        yield centre
    finally:
        centre.quiet.set()
        await runner.cleanup()
