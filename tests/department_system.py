"""A system of a department: signs what it asks, takes receipts, both by the words of docs/departments.md."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web


def sign(secret: str, method: str, target: str, timestamp: str, nonce: str, body: bytes) -> str:
    """As a department writes it from the documentation: nothing of the hub's is used."""
    lines = [method, target, timestamp, nonce, hashlib.sha256(body).hexdigest()]
    return "v1=" + hmac.new(secret.encode(), "\n".join(lines).encode(), hashlib.sha256).hexdigest()


class DepartmentSystem:
    """token, secret: of its key. told: what came to its callback address, rightly signed."""

    def __init__(self, hub_url: str, token: str = "", secret: str = "") -> None:
        self.hub_url = hub_url
        self.token, self.secret = token, secret
        self.told: list[dict[str, Any]] = []
        self.forged = 0
        self.callback_url = ""

    async def call(
        self, method: str, target: str, body: bytes = b"", *, nonce: str = "", **headers: str
    ) -> tuple[int, Any, Any]:
        """Status, document, headers. headers: over those of the signature, with `_` for `-`."""
        timestamp, nonce = str(int(time.time())), nonce or secrets.token_hex(16)
        sent = {
            "X-Hub-Key": self.token,
            "X-Hub-Timestamp": timestamp,
            "X-Hub-Nonce": nonce,
            "X-Hub-Signature": sign(self.secret, method, target, timestamp, nonce, body),
            "Content-Type": "application/json",
        }
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        async with (
            aiohttp.ClientSession() as http,
            http.request(method, self.hub_url + target, data=body, headers=sent) as answer,
        ):
            text = await answer.text()
            return answer.status, json.loads(text), answer.headers

    async def post(self, target: str, document: Any, **headers: str) -> tuple[int, Any, Any]:
        """`call` with a document."""
        return await self.call("POST", target, json.dumps(document).encode(), **headers)

    async def receipt(self, request: web.Request) -> web.Response:
        """What the callback address answers."""
        body, headers = await request.read(), request.headers
        expected = sign(
            self.secret,
            "POST",
            request.raw_path,
            headers["X-Hub-Timestamp"],
            headers["X-Hub-Nonce"],
            body,
        )
        if not hmac.compare_digest(expected, headers["X-Hub-Signature"]):
            self.forged += 1
        else:
            document = json.loads(body)
            assert document["id"] == headers["X-Hub-Delivery"]
            self.told.append(document)
        return web.Response()


@asynccontextmanager
async def department_system(hub_url: str) -> AsyncIterator[DepartmentSystem]:
    """It, listening for receipts, for as long as the block runs."""
    system = DepartmentSystem(hub_url)
    app = web.Application()
    app.router.add_post("/receipts", system.receipt)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port: int = runner.addresses[0][1]
    system.callback_url = f"http://127.0.0.1:{port}/receipts?from=hub"
    try:
        yield system
    finally:
        await runner.cleanup()
