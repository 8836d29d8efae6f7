"""What belongs to a case besides words: recordings of calls, files that came with messages.

Files are handed out as they came and never shown by the browser itself; who opened what is logged.
Whether the case exists for the asker is decided by the action, for each request anew.
"""

from __future__ import annotations

import logging

from aiohttp import web

from hub.runtime.errors import NotFound
from hub.web.attachment import attachment
from hub.web.guard.auth import agent_of
from hub.web.keys import HUB

log = logging.getLogger(__name__)


async def recording(request: web.Request) -> web.StreamResponse:
    """GET /staff/cases/{case_id}/recordings/{recording_id}: the audio, in ranges if asked."""
    hub, agent, case_id = request.app[HUB], agent_of(request), request.match_info["case_id"]
    for found in await hub.actions.read_cases.recordings(agent, case_id):
        if found.id == request.match_info["recording_id"] and found.path:
            _note(agent.id, case_id, found.id)
            return web.FileResponse(
                hub.settings.files.path / "recordings" / found.path,
                headers={"Content-Type": "audio/wav", "Cache-Control": "no-store"},
            )
    raise NotFound("recording")


async def file(request: web.Request) -> web.StreamResponse:
    """GET /staff/cases/{case_id}/files/{file_id}: a file as it came, to be saved, never shown."""
    hub, agent, case_id = request.app[HUB], agent_of(request), request.match_info["case_id"]
    attached, content = await hub.actions.read_cases.file(agent, case_id, request.match_info["file_id"])
    _note(agent.id, case_id, attached.id)
    return attachment(content, attached.filename)


def _note(agent_id: str, case_id: str, object_id: str) -> None:
    log.info("evidence.opened", extra={"agent": agent_id, "case_id": case_id, "object": object_id})
