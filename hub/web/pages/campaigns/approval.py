"""Approval: the sheet with exactly what will leave, a yes with the number typed, or back with a reason."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from hub.actions.campaigns.planning.approve_campaign import Consent
from hub.runtime.errors import Invalid, Stale
from hub.web.form import FormErrors, parse, read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import msgid
from hub.web.keys import HUB, LANGUAGE
from hub.web.pages.campaigns import sending_words
from hub.web.pages.campaigns.campaigns import LIST_PATH, audience_of, plan_of
from hub.web.pages.campaigns.planning import count_words
from hub.web.pages.campaigns.schedule_form import ApproveForm
from hub.web.pages.campaigns.stored_reasons import reason_said
from hub.web.render import translator
from hub.web.staff_page import done, staff_page

_STALE = msgid("这个活动刚刚被别人修改，请核对后再试。")


async def approval_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/campaigns/{campaign_id}/approval"""
    return await _sheet(request)


async def approve(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/{campaign_id}/approve"""
    hub, _, campaign_id = request.app[HUB], translator(request), request.match_info["campaign_id"]
    form = parse(ApproveForm, await read_form(request), _)
    if isinstance(form, FormErrors):
        return await _sheet(request, errors=form.fields)
    consent = Consent(form.digest, form.shown, form.typed, night=form.night)
    try:
        campaign = await hub.actions.publicity.planning.approve(campaign_id, agent_of(request), consent)
    except Invalid as refused:
        return await _sheet(request, errors={name: _(text) for name, text in refused.problems.items()})
    except Stale:
        return await _sheet(request, errors={"state": _(_STALE)})
    is_done = campaign.state == "approved"
    return done(f"{LIST_PATH}/{campaign_id}", "campaign_approved" if is_done else "campaign_half_approved")


async def send_back(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/{campaign_id}/return: to its writer, with a reason."""
    hub, _, campaign_id = request.app[HUB], translator(request), request.match_info["campaign_id"]
    reason = (await read_form(request)).get("reason", "")
    try:
        await hub.actions.publicity.planning.approve.send_back(campaign_id, agent_of(request), reason)
    except Invalid as refused:
        errors = {name: _(text) for name, text in refused.problems.items()}
        return await _sheet(request, errors=errors, reason=reason)
    except Stale:
        return await _sheet(request, errors={"state": _(_STALE)}, reason=reason)
    return done(f"{LIST_PATH}/{campaign_id}", "campaign_returned")


async def _sheet(
    request: web.Request, *, errors: Mapping[str, str] | None = None, reason: str = ""
) -> web.StreamResponse:
    hub, _ = request.app[HUB], translator(request)
    sheet = await hub.actions.publicity.planning.approve.sheet(
        request.match_info["campaign_id"], agent_of(request)
    )
    campaign = sheet.campaign
    given = campaign.standing_approvals
    people = await hub.repositories.agents.get_many([*campaign.writers, *(one.agent_id for one in given)])
    return staff_page(
        request,
        "staff/campaign_approval.html",
        422 if errors else 200,
        sheet=sheet,
        campaign=campaign,
        refusal=_(sheet.refusal),
        writers=[people[id].name for id in sorted(campaign.writers) if id in people],
        given=[(people[one.agent_id].name if one.agent_id in people else "", one.at) for one in given],
        audience=audience_of(hub, campaign, request[LANGUAGE]),
        plan=plan_of(campaign, request[LANGUAGE]),
        errors=errors or {},
        reason=reason,
        stored_reason=reason_said(campaign.reason),
        level=_(sending_words.LEVELS[campaign.level]),
        sender=sending_words.sender(hub, campaign.channel, _),
        life=sending_words.life(campaign, _),
        **count_words(request, campaign, sheet.count),
    )
