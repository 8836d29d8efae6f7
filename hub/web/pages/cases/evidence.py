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
from hub.model.agent import Permission
from hub.model.call import Recording
from hub.runtime.errors import Forbidden, NotFound
from hub.store.sealed_file import PlainBytes
from hub.web.attachment import attachment
from hub.web.guard.auth import agent_of
from hub.web.keys import HUB
from hub.web.pages.cases.waveform import COLUMNS, drawn
from hub.web.ranged import Part, ranged
from ivr.evidence.redacted import redacted
from ivr.evidence.samples import Source, playable
from ivr.evidence.wav import BadAudio
from ivr.evidence.waveform import peaks

log = logging.getLogger(__name__)


async def recording(request: web.Request) -> web.StreamResponse:
    """GET /staff/cases/{case_id}/recordings/{recording_id}: the audio for a player, in ranges if asked.

    `?original`: the file as it came, to be saved; it alone has the digest the page shows. `?copy`: what the
    player plays, to be saved. Where spans were taken out (消音) player and copy are without them, and the
    original is for those who may take spans out.
    """
    found, agent = await _sealed(request), agent_of(request)
    hub, is_original = request.app[HUB], "original" in request.query
    if is_original and found.redactions and not agent.may(Permission.RECORDING_REDACT):
        raise Forbidden(Permission.RECORDING_REDACT)
    answer: web.StreamResponse
    if is_original:
        content = await asyncio.to_thread(hub.recordings.content, found)
        answer = attachment(content, f"{found.sha256[:16]}.wav")
    elif "copy" in request.query:
        heard = await asyncio.to_thread(_heard, hub, found)
        answer = attachment(heard, f"{found.sha256[:16]}-copy.wav")
    else:
        answer = await ranged(request, partial(_part, hub, found), "audio/wav")
    _note(agent.id, found.case_id, found.id)
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
    """GET /staff/cases/{case_id}/files/{file_id}: a file as it came, to be saved, never shown.
    `?original`: a picture of a report with what the camera wrote into it."""
    hub, agent, case_id = request.app[HUB], agent_of(request), request.match_info["case_id"]
    message_id, _, place = request.query.get("of", "").rpartition(".")
    attached, content = await hub.actions.read_cases.file(
        agent,
        case_id,
        request.match_info["file_id"],
        message_id=message_id,
        place=int(place) if place.isascii() and place.isdigit() and len(place) < 4 else 0,
        original="original" in request.query,
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
    """Raises `Unreadable`, and `NotFound` where nothing may be heard."""
    if recording.redactions:
        return _slice(PlainBytes(_heard(hub, recording)), asked)
    with hub.recordings.opened(recording) as file:
        return _slice(playable(file), asked)


def _slice(audio: Source, asked: slice) -> Part:
    start, stop, _ = asked.indices(audio.size)
    return Part(audio.read(start, stop), start, audio.size)


def _heard(hub: Hub, recording: Recording) -> bytes:
    """What people may hear of it, whole. Raises `Unreadable`, and `NotFound` where that cannot be made."""
    content = hub.recordings.content(recording)
    if not recording.redactions:
        return playable(PlainBytes(content)).read()
    try:
        return redacted(content, recording.spans_ms)
    except BadAudio:  # never the original instead
        raise NotFound("recording") from None


def _lanes(hub: Hub, recording: Recording) -> tuple[tuple[float, ...], ...]:
    return peaks(_heard(hub, recording), COLUMNS)


def _note(agent_id: str, case_id: str, object_id: str) -> None:
    log.info("evidence.opened", extra={"agent": agent_id, "case_id": case_id, "object": object_id})
