"""A correction of what was sent: what it would do, and the draft it becomes."""

from __future__ import annotations

from aiohttp import web

from hub.runtime.errors import Invalid
from hub.web.form import read_form
from hub.web.guard.auth import agent_of
from hub.web.keys import HUB
from hub.web.pages.campaigns.campaigns import LIST_PATH
from hub.web.render import translator
from hub.web.staff_page import done, staff_page


async def correct_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/campaigns/{campaign_id}/correct?run="""
    return await _show(request, request.query.get("run", ""))


async def correct(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/{campaign_id}/correct: makes the draft, or finds it."""
    hub, campaign_id = request.app[HUB], request.match_info["campaign_id"]
    run = (await read_form(request)).get("run", "")
    try:
        draft = await hub.actions.publicity.sending.correct(agent_of(request).id, campaign_id, run)
    except Invalid:
        return await _show(request, run)
    return done(f"{LIST_PATH}/{draft.id}/edit", "correction_drafted")


async def _show(request: web.Request, run: str) -> web.StreamResponse:
    hub, _, campaign_id = request.app[HUB], translator(request), request.match_info["campaign_id"]
    campaign = (await hub.actions.campaigns.get(campaign_id)).value
    try:
        correction, problem = await hub.actions.publicity.sending.correct.look(campaign_id, run), ""
    except Invalid as refused:
        correction, problem = None, _(refused.problems["state"])
    return staff_page(
        request,
        "staff/campaign_correct.html",
        422 if problem else 200,
        campaign=campaign,
        correction=correction,
        problem=problem,
    )
