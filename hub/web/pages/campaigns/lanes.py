"""All senders and lanes at one look, for operators and officers."""

from __future__ import annotations

from aiohttp import web

from hub.web.keys import HUB
from hub.web.pages.campaigns.sending_words import LANE
from hub.web.render import translator
from hub.web.staff_page import staff_page

_SLOWED = 0.999
"""A rate that is less than this share of the contract was lowered because the provider asked for it."""


async def lanes_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/senders"""
    hub, _ = request.app[HUB], translator(request)
    health = {one.sender: one for one in hub.senders()}
    rows = []
    for one in await hub.actions.sending.read_lanes():
        state = health.get(one.sender)
        slowed = state is not None and 0 < state.parts_per_second < one.limit * _SLOWED
        rows.append({"lanes": one, "health": state, "slowed": slowed})
    return staff_page(
        request,
        "staff/senders.html",
        senders=rows,
        lane_words={number: _(text) for number, text in LANE.items()},
        at=hub.clock.now_ms(),
    )
