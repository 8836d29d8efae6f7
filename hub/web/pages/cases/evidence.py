"""What belongs to a case besides words: recordings of calls, files that came with messages.

Files are handed out as they came and never shown by the browser itself; who opened what is logged. A
recording lies there sealed for its hash, so what of it opens to be played is what came.
Whether the case exists for the asker is decided by the action, for each request anew.
"""

from __future__ import annotations

import asyncio
import logging
from functools import partial

from aiohttp import web

from hub.hub import Hub
from hub.model.call import Recording
from hub.runtime.errors import NotFound
from hub.web.attachment import attachment
from hub.web.guard.auth import agent_of
from hub.web.keys import HUB
from hub.web.pages.cases.waveform import COLUMNS, drawn
from hub.web.ranged import Part, ranged
from ivr.evidence.samples import playable
from ivr.evidence.wav import BadAudio
from ivr.evidence.waveform import peaks

log = logging.getLogger(__name__)


async def recording(request: web.Request) -> web.StreamResponse:
    """GET /staff/cases/{case_id}/recordings/{recording_id}: the audio for a player, in ranges if asked.

    `?original`: the file as it came, to be saved; it alone has the digest the page shows.
    """
    found = await _sealed(request)
    hub = request.app[HUB]
    if "original" in request.query:
        content = await asyncio.to_thread(hub.recordings.content, found)
        answer = attachment(content, f"{found.sha256[:16]}.wav")
    else:
        answer = await ranged(request, partial(_part, hub, found), "audio/wav")
    _note(agent_of(request).id, found.case_id, found.id)
    return answer


async def waveform(request: web.Request) -> web.StreamResponse:
    """GET /staff/cases/{case_id}/recordings/{recording_id}/waveform: how loud it is, drawn."""
    found = await _sealed(request)
    try:
        lanes = await asyncio.to_thread(_lanes, request.app[HUB], found)
    except BadAudio:
        raise NotFound("recording") from None
    return web.Response(
        text=drawn(lanes), content_type="image/svg+xml", headers={"Cache-Control": "no-store"}
    )


async def file(request: web.Request) -> web.StreamResponse:
    """GET /staff/cases/{case_id}/files/{file_id}: a file as it came, to be saved, never shown."""
    hub, agent, case_id = request.app[HUB], agent_of(request), request.match_info["case_id"]
    message_id, _, place = request.query.get("of", "").rpartition(".")
    attached, content = await hub.actions.read_cases.file(
        agent,
        case_id,
        request.match_info["file_id"],
        message_id=message_id,
        place=int(place) if place.isascii() and place.isdigit() and len(place) < 4 else 0,
    )
    _note(agent.id, case_id, attached.id)
    return attachment(content, attached.filename)


async def _sealed(request: web.Request) -> Recording:
    """The recording asked for, as far as its audio is here. Raises `NotFound`."""
    agent, case_id = agent_of(request), request.match_info["case_id"]
    for found in await request.app[HUB].actions.read_cases.recordings(agent, case_id):
        if found.id == request.match_info["recording_id"] and found.path:
            return found
    raise NotFound("recording")


def _part(hub: Hub, recording: Recording, asked: slice) -> Part:
    """Raises `Unreadable`."""
    with hub.recordings.opened(recording) as file:
        audio = playable(file)
        start, stop, _ = asked.indices(audio.size)
        return Part(audio.read(start, stop), start, audio.size)


def _lanes(hub: Hub, recording: Recording) -> tuple[tuple[float, ...], ...]:
    return peaks(hub.recordings.content(recording), COLUMNS)


def _note(agent_id: str, case_id: str, object_id: str) -> None:
    log.info("evidence.opened", extra={"agent": agent_id, "case_id": case_id, "object": object_id})
