"""A server that speaks /v1/embeddings, with its moods: a real HTTP server on loopback.

Its vectors tell how many characters two texts share: near enough to meaning for a test.
"""

from __future__ import annotations

import asyncio
import json
import math
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from hub.other_systems.embedding_server import EmbeddingServer, HttpEncoder

KEY = "a-key-of-the-embedding-server"
MODEL = "played-model"
DIMENSION = 64


def embedded(text: str, dimension: int = DIMENSION) -> list[float]:
    """Not of length 1, as some servers answer."""
    vector = [0.0] * dimension
    for sign, count in Counter(text).items():
        vector[ord(sign) * 7919 % dimension] += math.sqrt(count)
    return vector


class PlayedEncoder:
    """mood: well, error, garbage, html, redirect, slow, huge; or what is wrong in an answer: dimension,
    count, more, nan, nought, places, words.

    texts: what was asked for, with its prefix. means: what a text says in other words.
    """

    def __init__(self) -> None:
        self.mood = "well"
        self.asked = 0
        self.texts: list[str] = []
        self.means: dict[str, str] = {}
        self.url = ""
        self.port = 0
        self.quiet = asyncio.Event()

    async def embeddings(self, request: web.Request) -> web.StreamResponse:
        self.asked += 1
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return web.json_response({"error": "key"}, status=401)
        question = await request.json()
        texts = question["input"]
        assert question["model"] == MODEL
        self.texts += texts
        said = [self.means.get(text, text) for text in texts]
        rows = [{"index": place, "embedding": embedded(text)} for place, text in enumerate(said)]
        match self.mood:
            case "error":
                return web.json_response({"error": "out of memory"}, status=500)
            case "garbage":
                return web.Response(text="{not json", content_type="application/json")
            case "html":
                return web.Response(text="<h1>login</h1>", content_type="text/html")
            case "redirect":
                return web.Response(status=307, headers={"Location": self.url})
            case "slow":
                await self.quiet.wait()
            case "dimension":
                rows[-1]["embedding"] = embedded(texts[-1], DIMENSION - 1)
            case "count":
                rows = rows[1:]
            case "more":
                rows.append({"index": len(rows), "embedding": embedded("多")})
            case "nan":
                rows[0]["embedding"] = [math.nan] * DIMENSION
            case "nought":
                rows[0]["embedding"] = [0.0] * DIMENSION
            case "places":
                rows[0]["index"] = len(rows)
            case "huge":
                return web.Response(text=" " * 3_000_000, content_type="application/json")
            case "words":
                rows[0]["embedding"] = ["x"] * DIMENSION
        rows.reverse()  # the place counts, not the order
        return web.Response(text=json.dumps({"data": rows}), content_type="application/json")


@asynccontextmanager
async def played_encoder(port: int = 0, played: PlayedEncoder | None = None) -> AsyncIterator[PlayedEncoder]:
    """It, for as long as the block runs; on this port, one that was played before goes on."""
    played = played or PlayedEncoder()
    app = web.Application()
    app.router.add_post("/v1/embeddings", played.embeddings)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, reuse_address=True).start()
    played.port = runner.addresses[0][1]
    played.url = f"http://127.0.0.1:{played.port}/v1/embeddings"
    try:
        yield played
    finally:
        played.quiet.set()
        await runner.cleanup()


def encoder_at(url: str, **changes: Any) -> HttpEncoder:
    """The engine that asks it."""
    server = {"url": url, "model": MODEL, "dimension": DIMENSION, "timeout_seconds": 0.5, "key": KEY}
    return HttpEncoder(EmbeddingServer(**{**server, **changes}))
