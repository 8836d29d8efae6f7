"""A carrier's system that knows subscribers and positions, with its moods: a real HTTP server on loopback.

Written from docs/alarms.md; the signature is made here once more, not with the hub's own code.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

SECRET = "a-secret-shared-with-the-carrier"
SECRET_VARIABLE = "HUB_TEST_CARRIER_SECRET"
KNOWN = "+8613800138000"
NAME, ADDRESS = "陈听雨", "福州市鼓楼区中山路5号3单元402"


def subscriber(number: str = KNOWN) -> dict[str, Any]:
    """What is known of whose number it is."""
    return {"found": True, "number": number, "subscriber": {"name": NAME, "address": ADDRESS}}


def position(number: str = KNOWN, at: str = "2026-12-01T11:58:00+08:00") -> dict[str, Any]:
    """Where the telephone was."""
    return {
        "found": True,
        "number": number,
        "position": {
            "latitude": 26.08021,
            "longitude": 119.29647,
            "accuracy_m": 150,
            "at": at,
            "datum": "GCJ-02",
        },
    }


class PlayedSubscribers:
    """mood: well, error, busy, slow, cut (the answer is cut off), redirect, refuse, html, large, other (of
    another number). said: instead of the data, by what is asked. asked: every genuine question."""

    def __init__(self) -> None:
        self.mood = "well"
        self.url = ""
        self.forged = 0
        self.asked: list[dict[str, Any]] = []
        self.said: dict[str, Any] = {}
        self.quiet = asyncio.Event()
        self.came = asyncio.Event()
        self._nonces: set[str] = set()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        timestamp, nonce = request.headers["X-Hub-Timestamp"], request.headers["X-Hub-Nonce"]
        made = hmac.new(SECRET.encode(), f"{timestamp}.{nonce}.".encode() + body, hashlib.sha256).hexdigest()
        if request.headers["X-Hub-Signature"] != f"sha256={made}" or nonce in self._nonces:
            self.forged += 1
            return web.json_response({"error": "signature"}, status=403)
        self._nonces.add(nonce)
        question = json.loads(body)
        if question == {"probe": True}:
            return web.json_response({"found": False})
        self.asked.append(question)
        self.came.set()
        return await self._in_mood(request, question)

    async def _in_mood(self, request: web.Request, question: dict[str, Any]) -> web.StreamResponse:
        number = question["number"]
        data = self.said.get(question["ask"]) or (
            subscriber if question["ask"] == "subscriber" else position
        )("+8613911110000" if self.mood == "other" else number)
        match self.mood:
            case "error":
                return web.Response(status=500)
            case "busy":
                return web.Response(status=429)
            case "refuse":
                return web.Response(status=403)
            case "redirect":
                return web.Response(status=307, headers={"Location": self.url})
            case "html":
                return web.Response(text="<h1>login</h1>", content_type="text/html")
            case "large":
                return web.json_response({**data, "more": "x" * 100_000})
            case "slow":
                await self.quiet.wait()
            case "cut":
                assert request.transport is not None
                request.transport.abort()
        if number != KNOWN and self.mood == "well":
            return web.json_response({"found": False}, status=404)
        return web.json_response(data)

    def settings(self, **more: Any) -> dict[str, Any]:
        """`[carrier_data]` with this system."""
        os.environ[SECRET_VARIABLE] = SECRET
        return {"url": self.url, "secret": f"env:{SECRET_VARIABLE}", **more}


@asynccontextmanager
async def played_subscribers() -> AsyncIterator[PlayedSubscribers]:
    """It, for as long as the block runs."""
    played = PlayedSubscribers()
    app = web.Application()
    app.router.add_post("/v1/look", played.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    played.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1/look"
    try:
        yield played
    finally:
        played.quiet.set()
        await runner.cleanup()
