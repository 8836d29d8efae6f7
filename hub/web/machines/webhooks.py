"""Inbound webhooks: the adapter translates, every event is stored, only then the provider is answered.

Paths: `/webhooks/twilio/<channel>/<part>`. Where there is one SMS or one voice channel the short
paths `/webhooks/twilio/sms`, `/webhooks/twilio/sms/status` and `/webhooks/twilio/voice` reach it.
"""

from __future__ import annotations

import logging

from aiohttp import web

from channels.contract import (
    CallAnswer,
    CallEvent,
    ChannelKind,
    Received,
    WebhookRequest,
    WebhookResponse,
)
from channels.errors import Forged, Malformed, TooLarge
from hub.actions.calls.handle_call import CallBusy
from hub.actions.intake.accept_event import Busy
from hub.hub import Hub
from hub.store.documents import Conflict, Duplicate, StoreUnavailable
from hub.web.keys import HUB, SOURCE

log = logging.getLogger(__name__)

_SHORT: dict[str, tuple[ChannelKind, str]] = {
    "sms": (ChannelKind.SMS, "sms"),
    "sms/status": (ChannelKind.SMS, "status"),
    "voice": (ChannelKind.VOICE, "call"),
}


async def receive(request: web.Request) -> web.Response:
    """`POST /webhooks/twilio/{channel}/{part}`."""
    channel, part = request.match_info["channel"], request.match_info["part"]
    if f"{channel}/{part}" in _SHORT and channel not in request.app[HUB].webhooks:
        return await _receive_short(request, f"{channel}/{part}")
    return await _receive(request, channel, part)


async def receive_short(request: web.Request) -> web.Response:
    """`POST /webhooks/twilio/sms` and `/webhooks/twilio/voice`."""
    return await _receive_short(request, request.match_info["short"])


async def _receive_short(request: web.Request, short: str) -> web.Response:
    hub = request.app[HUB]
    wanted = _SHORT.get(short)
    found = [name for name in hub.webhooks if wanted and hub.profiles[name].kind is wanted[0]]
    if wanted is None or len(found) != 1:
        raise web.HTTPNotFound
    return await _receive(request, found[0], wanted[1])


async def _receive(request: web.Request, channel: str, part: str) -> web.Response:
    hub = request.app[HUB]
    adapter = hub.webhooks.get(channel)
    if adapter is None:
        raise web.HTTPNotFound
    body = await bounded_body(request, hub.settings.web.webhook_bytes)
    if body is None:
        return web.Response(status=413, text="too large")
    inbound = WebhookRequest(
        method=request.method,
        target=request.raw_path,
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
        received_at=hub.clock.now_ms(),
    )
    try:
        received = await adapter.receive(inbound, part=part)
        response = await _store(hub, channel, received)
    except Forged:
        source = hub.vault.log_mark(request[SOURCE])
        hub.refused.add(channel)
        log.warning("webhook.forged", extra={"channel": channel, "part": part, "source": source})
        return web.Response(status=403, text="signature")
    except Malformed as problem:
        log.warning("webhook.malformed", extra={"channel": channel, "part": part})
        return web.Response(status=400, text=str(problem))
    except TooLarge:
        return web.Response(status=413, text="too large")
    except (Busy, CallBusy, Conflict, Duplicate, StoreUnavailable) as problem:
        log.warning("webhook.deferred", extra={"channel": channel, "problem": type(problem).__name__})
        return web.Response(status=503, headers={"Retry-After": "2"}, text="try again")
    if not response.body:
        return web.Response(status=response.status)
    kind = f"{response.content_type}; charset=utf-8"
    return web.Response(status=response.status, body=response.body.encode(), headers={"Content-Type": kind})


async def bounded_body(request: web.Request, limit: int) -> bytes | None:
    """The raw body, or None when it is over the limit; no more than that is ever held."""
    if (request.content_length or 0) > limit:
        return None
    body = await request.content.read(limit + 1)
    while len(body) <= limit and not request.content.at_eof():
        more = await request.content.read(limit + 1 - len(body))
        if not more:
            break
        body += more
    return body if len(body) <= limit else None


async def _store(hub: Hub, channel: str, received: Received) -> WebhookResponse:
    response = received.response
    for event in received.events:
        match event:
            case CallEvent():

                def render(answer: CallAnswer) -> WebhookResponse:
                    return hub.voice[channel].renders.render(answer)

                response = await hub.actions.handle_call(event, render) or response
            case _:
                await hub.actions.take_in(event)
    return response
