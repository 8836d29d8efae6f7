"""Bytes for a player, which asks for parts of them (RFC 9110, section 14)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

_MOST_AT_ONCE = 1 << 21
"""Two minutes of telephone audio."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the bytes. start: where they begin. total: how many there are in all."""

    content: bytes
    start: int
    total: int


async def ranged(request: web.Request, part: Callable[[slice], Part], media_type: str) -> web.Response:
    """Everything, or the one range that was asked for. `part` is called once, in a thread."""
    try:
        asked = request.http_range
    except ValueError:
        asked = slice(None, None)
    is_whole = asked.start is None and asked.stop is None
    if asked.start is not None and asked.start >= 0 and asked.stop is None:
        # "From here on": a subset may be given (section 15.3.7), and the player asks on from where it ends.
        asked = slice(asked.start, asked.start + _MOST_AT_ONCE)
    found = await asyncio.to_thread(part, asked)
    headers = {"Content-Type": media_type, "Cache-Control": "no-store", "Accept-Ranges": "bytes"}
    if is_whole:
        return web.Response(body=found.content, headers=headers)
    if not found.content:
        return web.Response(status=416, headers={"Content-Range": f"bytes */{found.total}"})
    last = found.start + len(found.content) - 1
    headers["Content-Range"] = f"bytes {found.start}-{last}/{found.total}"
    return web.Response(status=206, body=found.content, headers=headers)
