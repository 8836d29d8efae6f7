"""Another system that knows how far its matters are, with its moods: a real HTTP server on loopback."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from hub.runtime.signing import NONCE_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, signature

SECRET = "a-secret-of-both-systems"
REFERENCE, CODE = "EE2026112201", "8371"
ANSWER: dict[str, Any] = {
    "found": True,
    "state": "2",
    "received_at": "2026-11-20T09:30:00+08:00",
    "replies": [{"at": "2026-11-21T10:00:00+08:00", "text": "证件\u202e制作中\x07<b>。"}],
}


class PlayedSystem:
    """mood: well, error, garbage, huge, wrong_type, redirect, slow, unmapped. asked: how often."""

    def __init__(self) -> None:
        self.mood = "well"
        self.asked = 0
        self.forged = 0
        self.url = ""
        self.quiet = asyncio.Event()

    async def query(self, request: web.Request) -> web.StreamResponse:
        self.asked += 1
        body = await request.read()
        timestamp, nonce = request.headers[TIMESTAMP_HEADER], request.headers[NONCE_HEADER]
        if not hmac.compare_digest(
            request.headers[SIGNATURE_HEADER], signature(SECRET, timestamp, nonce, body)
        ):
            self.forged += 1
            return web.json_response({"found": False}, status=403)
        match self.mood:
            case "error":
                return web.json_response({"found": True}, status=500)
            case "garbage":
                return web.Response(text="{not json", content_type="application/json")
            case "huge":
                return web.json_response({**ANSWER, "padding": "x" * 200_000})
            case "wrong_type":
                return web.Response(text=json.dumps(ANSWER), content_type="text/html")
            case "redirect":
                return web.Response(status=302, headers={"Location": self.url})
            case "slow":
                await self.quiet.wait()
            case "unmapped":
                return web.json_response({**ANSWER, "state": "77"})
        question = json.loads(body)
        known = (question.get("reference"), question.get("code")) == (REFERENCE, CODE)
        return web.json_response(ANSWER if known else {"found": False})


@asynccontextmanager
async def played_system() -> AsyncIterator[PlayedSystem]:
    """It, for as long as the block runs."""
    system = PlayedSystem()
    app = web.Application()
    app.router.add_post("/query", system.query)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port: int = runner.addresses[0][1]
    system.url = f"http://127.0.0.1:{port}/query"
    try:
        yield system
    finally:
        system.quiet.set()
        await runner.cleanup()


def configured(system: PlayedSystem, **changes: Any) -> dict[str, Any]:
    """Its block in the settings; the secret is put into the environment by the caller."""
    return {
        "name": "出入境办证",
        "pattern": r"[A-Z]{2}\d{10}",
        "url": system.url,
        "secret": "env:HUB_TEST_PROGRESS_SECRET",
        "timeout_seconds": 0.5,
        "states": {"2": "handling"},
        **changes,
    }
