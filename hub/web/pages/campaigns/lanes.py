"""All senders and lanes at one look, for operators and officers."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from hub.hub import Hub
from hub.web import badges
from hub.web.i18n import Translator
from hub.web.keys import HUB, LANGUAGE
from hub.web.pages.campaigns import sending_words
from hub.web.pages.campaigns.monitor_words import LANE
from hub.web.render import RENDERER, translator
from hub.web.staff_page import staff_page
from hub.web.staff_stream import stream

_SLOWED = 0.999
"""A rate that is less than this share of the contract was lowered because the provider asked for it."""
_TOPIC = "senders"
"""Nobody rings it: what waits is looked at now and then."""
_LOOK_SECONDS = 2.0


async def lanes_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/senders"""
    context = await _now(request.app[HUB], translator(request))
    return staff_page(request, "staff/senders.html", 200, **context)


async def events(request: web.Request) -> web.StreamResponse:
    """GET /staff/senders/events: the same, as it changes."""
    hub, renderer, language = request.app[HUB], request.app[RENDERER], request[LANGUAGE]

    async def fill() -> Mapping[str, str]:
        context = await _now(hub, renderer.translator(language)) | {"words": badges}
        return {"senders": renderer.text("staff/senders_now.html", language, context)}

    return await stream(request, hub.bell, _TOPIC, fill, every_seconds=_LOOK_SECONDS)


async def _now(hub: Hub, _: Translator) -> dict[str, object]:
    health = {one.sender: one for one in hub.senders()}
    rows = []
    for one in await hub.actions.publicity.sending.read_lanes():
        state = health.get(one.sender)
        slowed = state is not None and 0 < state.parts_per_second < one.limit * _SLOWED
        name = sending_words.sender(hub, one.sender, _)
        rows.append({"lanes": one, "name": name, "health": state, "slowed": slowed})
    return {
        "senders": rows,
        "lane_words": {number: _(text) for number, text in LANE.items()},
        "at": hub.clock.now_ms(),
    }
