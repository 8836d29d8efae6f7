"""Receipts that found no message, the oldest first."""

from __future__ import annotations

from aiohttp import web

from channels.contract import ReceiptState
from hub.web.guard.auth import agent_of
from hub.web.keys import HUB
from hub.web.pages.deliveries.words import RECEIPT
from hub.web.staff_page import staff_page

PATH = "/staff/deliveries/unmatched"


async def unmatched_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/deliveries/unmatched?after="""
    hub = request.app[HUB]
    after = request.query.get("after") or None
    page = await hub.actions.delivery_desk.read_unmatched(agent_of(request), after=after)
    return staff_page(
        request,
        "staff/deliveries_unmatched.html",
        receipts=[(one, RECEIPT[ReceiptState(one.state)]) for one in page.receipts],
        count=page.count,
        oldest=page.receipts[0].parked_at if page.receipts and after is None else 0,
        refused=sum(hub.refused.by_channel.values()),
        first=after is None,
        next=page.next,
    )
