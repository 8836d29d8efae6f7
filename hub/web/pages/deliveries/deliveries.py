"""Deliveries of which nobody knows whether they arrived, and the two decisions a person may take."""

from __future__ import annotations

from aiohttp import web

from channels.address import masked
from channels.outbox.delivery import Delivery
from hub.actions.campaigns.decide_ambiguous import MAY_RESEND
from hub.actions.deliveries.decide_delivery import Decision
from hub.runtime.errors import Invalid, Stale
from hub.store.codec import Versioned
from hub.web.form import FormErrors, parse, read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.pages.deliveries.decide_form import DecideForm
from hub.web.render import translator
from hub.web.staff_page import done, staff_page

PATH = "/staff/deliveries"
MEANWHILE = msgid("这条投递刚刚有了新的结果，没有改动。下面是现在的情况。")


async def deliveries_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/deliveries?after="""
    return await _show(request)


async def decide(request: web.Request) -> web.StreamResponse:
    """POST /staff/deliveries/{delivery_id}: `decision=arrived|again`."""
    _ = translator(request)
    form = parse(DecideForm, await read_form(request), _)
    if isinstance(form, FormErrors):
        raise web.HTTPBadRequest  # only our own buttons send this form
    delivery_id = request.match_info["delivery_id"]
    try:
        await request.app[HUB].actions.delivery_desk.decide(
            agent_of(request), delivery_id, form.decision, version=form.version
        )
    except Stale:
        return await _show(request, 409, _(MEANWHILE))
    except Invalid as refused:
        return await _show(request, 422, _(refused.problems["decision"]))
    return done(PATH, "arrived" if form.decision is Decision.ARRIVED else "again")


async def _show(request: web.Request, status: int = 200, problem: str = "") -> web.StreamResponse:
    hub = request.app[HUB]
    after = request.query.get("after") or None
    page = await hub.actions.delivery_desk.decide.unsure(agent_of(request), after=after)
    return staff_page(
        request,
        "staff/deliveries.html",
        status,
        rows=[_row(row, hub.clock.now_ms()) for row in page.rows],
        first=after is None,
        next=page.next,
        problem=problem,
    )


def _row(row: Versioned[Delivery], now: int) -> dict[str, object]:
    delivery = row.value
    return {
        "delivery": delivery,
        "version": row.version,
        "who": masked(delivery.recipient),
        "may_go_again": delivery.expires_at > now and delivery.message_class in MAY_RESEND,
    }
