"""A file that somebody uploaded to see what it would change: kept for an hour, to be taken with the next
step."""

from __future__ import annotations

import re

from aiohttp import web

from hub.hub import Hub

FORM_BYTES = 16_777_216
"""The largest file and what a form puts round it."""
_KEPT_SECONDS = 3600
_ID = re.compile(r"[0-9a-f]{32}")


async def uploaded(request: web.Request) -> tuple[str, bytes] | None:
    """Name and content of the file that was posted, None without one."""
    field = (await request.post()).get("file")
    if not isinstance(field, web.FileField) or not field.filename:
        return None
    with field.file as file:
        return field.filename[-200:], file.read()


async def keep(hub: Hub, content: bytes) -> str:
    """The id under which it is kept."""
    await hub.imports.remove_older(than=hub.clock.now_ms() / 1000 - _KEPT_SECONDS)
    return await hub.imports.put(content)


async def kept(hub: Hub, file_id: str) -> bytes:
    """What was kept. Raises `NotFound` after its time, and for what is no id."""
    return await hub.imports.get(file_id if _ID.fullmatch(file_id) else "")
