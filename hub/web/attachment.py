"""A file to be saved, never shown: what it holds was typed by anybody."""

from __future__ import annotations

from urllib.parse import quote

from aiohttp import web


def attachment(content: bytes, name: str) -> web.Response:
    """The answer that saves `content` under this name."""
    return web.Response(body=content, headers=attachment_headers(name))


def attachment_headers(name: str) -> dict[str, str]:
    """The headers of an answer that is saved under this name."""
    return {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Cache-Control": "no-store",
    }
