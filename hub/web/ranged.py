"""Bytes for a player, which asks for parts of them (RFC 9110, section 14)."""

from __future__ import annotations

from aiohttp import web


def ranged(request: web.Request, content: bytes, media_type: str) -> web.Response:
    """The whole of `content`, or the one range that was asked for."""
    headers = {"Content-Type": media_type, "Cache-Control": "no-store", "Accept-Ranges": "bytes"}
    total = len(content)
    try:
        asked = request.http_range
    except ValueError:
        asked = slice(None, None)
    if asked.start is None and asked.stop is None:
        return web.Response(body=content, headers=headers)
    start, stop, _ = asked.indices(total)
    if start >= stop:
        return web.Response(status=416, headers={"Content-Range": f"bytes */{total}"})
    headers["Content-Range"] = f"bytes {start}-{stop - 1}/{total}"
    return web.Response(status=206, body=content[start:stop], headers=headers)
