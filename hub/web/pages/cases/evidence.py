"""What belongs to a case besides words: recordings of calls, files that came with messages.

Files are handed out as they came and never shown by the browser itself; who opened what is logged.
Whether the case exists for the asker is decided by the action, for each request anew.
"""

from __future__ import annotations

import asyncio
import logging
from functools import lru_cache
from pathlib import Path

from aiohttp import web

from hub.model.call import Recording
from hub.runtime.errors import NotFound
from hub.web.attachment import attachment
from hub.web.guard.auth import agent_of
from hub.web.keys import HUB
from hub.web.pages.cases.waveform import COLUMNS, drawn
from ivr.evidence.wav import BadAudio
from ivr.evidence.waveform import peaks

log = logging.getLogger(__name__)


async def recording(request: web.Request) -> web.StreamResponse:
    """GET /staff/cases/{case_id}/recordings/{recording_id}: the audio, in ranges if asked."""
    found = await _sealed(request)
    _note(agent_of(request).id, found.case_id, found.id)
    return web.FileResponse(
        _path(request, found), headers={"Content-Type": "audio/wav", "Cache-Control": "no-store"}
    )


async def waveform(request: web.Request) -> web.StreamResponse:
    """GET /staff/cases/{case_id}/recordings/{recording_id}/waveform: how loud it is, drawn."""
    found = await _sealed(request)
    try:
        lanes = await asyncio.to_thread(_lanes, _path(request, found), found.sha256)
    except (BadAudio, OSError):
        raise NotFound("recording") from None
    return web.Response(
        text=drawn(lanes), content_type="image/svg+xml", headers={"Cache-Control": "no-store"}
    )


async def file(request: web.Request) -> web.StreamResponse:
    """GET /staff/cases/{case_id}/files/{file_id}: a file as it came, to be saved, never shown."""
    hub, agent, case_id = request.app[HUB], agent_of(request), request.match_info["case_id"]
    attached, content = await hub.actions.read_cases.file(agent, case_id, request.match_info["file_id"])
    _note(agent.id, case_id, attached.id)
    return attachment(content, attached.filename)


async def _sealed(request: web.Request) -> Recording:
    """The recording asked for, as far as its audio is here. Raises `NotFound`."""
    agent, case_id = agent_of(request), request.match_info["case_id"]
    for found in await request.app[HUB].actions.read_cases.recordings(agent, case_id):
        if found.id == request.match_info["recording_id"] and found.path:
            return found
    raise NotFound("recording")


def _path(request: web.Request, recording: Recording) -> Path:
    return request.app[HUB].settings.files.path / "recordings" / recording.path


@lru_cache(maxsize=64)
def _lanes(path: Path, sha256: str) -> tuple[tuple[float, ...], ...]:
    """sha256: of what lies there; one that came in parts is drawn anew."""
    return peaks(path.read_bytes(), COLUMNS)


def _note(agent_id: str, case_id: str, object_id: str) -> None:
    log.info("evidence.opened", extra={"agent": agent_id, "case_id": case_id, "object": object_id})
