"""Campaigns: the list, one campaign with its live progress, and what may be done with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

from campaigns.campaign import Campaign, CampaignState
from campaigns.errors import BadSchedule
from campaigns.schedule import from_text, next_five
from campaigns.segment import describe as describe_segment
from campaigns.timetable import describe as describe_schedule
from channels.address import masked
from channels.outbox.delivery import DeliveryState
from hub.actions.campaigns.watch_campaign import CampaignProgress
from hub.hub import Hub
from hub.model.agent import Agent, Permission
from hub.runtime.bell import campaign_topic
from hub.runtime.errors import Invalid
from hub.web import badges
from hub.web.form import FormErrors, parse, read_form
from hub.web.guard.auth import agent_of, session_of
from hub.web.i18n import Language, msgid
from hub.web.keys import HUB, LANGUAGE
from hub.web.pages.campaigns.campaign_form import CancelForm
from hub.web.pages.campaigns.history_words import campaign_history
from hub.web.render import RENDERER, translator
from hub.web.staff_page import done, staff_page
from hub.web.staff_stream import stream

LIST_PATH = "/staff/campaigns"
LIVE_SECONDS = 1.5
_S = CampaignState
_FILTERS: Mapping[str, tuple[str, frozenset[CampaignState]]] = {
    "": (msgid("全部"), frozenset()),
    "active": (msgid("进行中"), frozenset({_S.RUNNING, _S.PAUSED})),
    "planned": (msgid("已排期"), frozenset({_S.SCHEDULED})),
    "review": (msgid("待审批和待发布"), frozenset({_S.IN_REVIEW, _S.APPROVED})),
    "draft": (msgid("草稿"), frozenset({_S.DRAFT})),
    "ended": (msgid("已结束"), frozenset({_S.FINISHED, _S.CANCELED, _S.EXPIRED})),
}
_BEFORE = (_S.IN_REVIEW, _S.APPROVED, _S.SCHEDULED)
_NOT_THE_NUMBER = msgid("输入的数字与剩余人数不一致，没有终止")


@dataclass(frozen=True, slots=True)
class Row:
    """A campaign in the list. next_at: ms UTC, 0 = none. watched: None when nothing ran yet."""

    campaign: Campaign
    audience: str
    plan: str
    next_at: int
    watched: CampaignProgress | None


async def campaigns_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/campaigns?show=&after="""
    hub = request.app[HUB]
    show = request.query.get("show", "")
    show = show if show in _FILTERS else ""
    after = request.query.get("after") or None
    page = await hub.repositories.campaigns.page(states=_FILTERS[show][1], limit=20, after=after)
    upcoming = await hub.actions.campaigns.upcoming()
    rows = []
    for found in page.campaigns:
        campaign = found.value
        rows.append(
            Row(
                campaign,
                audience_of(hub, campaign, request[LANGUAGE]),
                plan_of(campaign, request[LANGUAGE]),
                upcoming.get(campaign.id, 0),
                await hub.actions.campaigns.progress(campaign.id) if campaign.started_at else None,
            )
        )
    counts = await hub.repositories.campaigns.counts()
    return staff_page(
        request,
        "staff/campaigns.html",
        rows=rows,
        filters={
            name: (label, sum(counts.get(str(state), 0) for state in states or CampaignState))
            for name, (label, states) in _FILTERS.items()
        },
        show=show,
        first=after is None,
        next=page.next,
        may_edit=agent_of(request).may(Permission.CAMPAIGN_EDIT),
    )


async def campaign_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/campaigns/{campaign_id}"""
    return await show(request)


async def events(request: web.Request) -> web.StreamResponse:
    """GET /staff/campaigns/{campaign_id}/events: progress as it moves, controls when the state changed."""
    hub, agent, campaign_id = request.app[HUB], agent_of(request), request.match_info["campaign_id"]
    renderer, language, csrf = request.app[RENDERER], request[LANGUAGE], session_of(request).csrf
    state = (await hub.actions.campaigns.get(campaign_id)).value.state

    async def fill() -> Mapping[str, str]:
        nonlocal state
        watched = await hub.actions.campaigns.progress(campaign_id)
        context = _watched(watched, agent) | {"csrf": csrf, "words": badges, "errors": {}}
        pieces = {"progress": renderer.text("staff/campaign_progress.html", language, context)}
        if watched.campaign.state is not state:
            state = watched.campaign.state
            pieces["controls"] = renderer.text("staff/campaign_controls.html", language, context)
        return pieces

    return await stream(request, hub.bell, campaign_topic(campaign_id), fill, every_seconds=LIVE_SECONDS)


async def ambiguous_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/campaigns/{campaign_id}/ambiguous: whom it may or may not have reached."""
    hub, campaign_id = request.app[HUB], request.match_info["campaign_id"]
    watched = await hub.actions.campaigns.progress(campaign_id)
    rows = []
    for run in watched.runs:
        page = await hub.repositories.outbox.of_origin(
            run.broadcast.id, state=DeliveryState.AMBIGUOUS, limit=200
        )
        rows += [(masked(found.value.recipient), found.value) for found in page.deliveries]
    return staff_page(
        request,
        "staff/campaign_ambiguous.html",
        campaign=watched.campaign,
        rows=rows[:200],
        total=watched.total.ambiguous,
    )


async def pause(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/{campaign_id}/pause"""
    return await _act(request, request.app[HUB].actions.campaigns.pause, "paused")


async def resume(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/{campaign_id}/resume"""
    return await _act(request, request.app[HUB].actions.campaigns.resume, "resumed")


async def withdraw(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/{campaign_id}/withdraw: back to draft"""
    return await _act(request, request.app[HUB].actions.campaigns.withdraw, "unscheduled")


async def cancel(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/{campaign_id}/cancel: the number of those left out has to be typed."""
    _ = translator(request)
    form = parse(CancelForm, await read_form(request), _)
    if isinstance(form, FormErrors):
        return await show(request, errors=form.fields)
    if form.remaining != form.shown:
        return await show(request, errors={"remaining": _(_NOT_THE_NUMBER)})
    return await _act(request, request.app[HUB].actions.campaigns.cancel, "canceled")


async def show(request: web.Request, *, errors: Mapping[str, str] | None = None) -> web.StreamResponse:
    """The page of one campaign."""
    hub = request.app[HUB]
    watched = await hub.actions.campaigns.progress(request.match_info["campaign_id"])
    campaign, schedule = watched.campaign, watched.schedule
    return staff_page(
        request,
        "staff/campaign.html",
        422 if errors else 200,
        **_watched(watched, agent_of(request)),
        audience=audience_of(hub, campaign, request[LANGUAGE]),
        plan=plan_of(campaign, request[LANGUAGE]),
        dates=_dates(hub, campaign) if campaign.state in _BEFORE or (schedule and schedule.next_at) else (),
        history=await campaign_history(hub, campaign),
        author=await _author(hub, campaign),
        errors=errors or {},
    )


def audience_of(hub: Hub, campaign: Campaign, language: Language) -> str:
    """Whom it is for, in words."""
    names = {region.code: region.name for region in hub.settings.regions}
    return describe_segment(campaign.segment, language, region_names=names)


def plan_of(campaign: Campaign, language: Language) -> str:
    """When it runs, in words; "" when only by hand."""
    if not campaign.schedule:
        return ""
    try:
        return describe_schedule(from_text(campaign.schedule), language)
    except BadSchedule:
        return ""


def _dates(hub: Hub, campaign: Campaign) -> tuple[int, ...]:
    try:
        spec = from_text(campaign.schedule)
        return next_five(spec, hub.clock.now_ms(), workdays=hub.rules.calendar())
    except BadSchedule:
        return ()


def _watched(watched: CampaignProgress, agent: Agent) -> dict[str, object]:
    campaign = watched.campaign
    return {
        "watched": watched,
        "campaign": campaign,
        "total": watched.total,
        "may_edit": agent.may(Permission.CAMPAIGN_EDIT),
        "may_control": agent.may(Permission.CAMPAIGN_CONTROL),
        "may_approve": agent.may(Permission.CAMPAIGN_APPROVE),
        "may_send": agent.may(Permission.CAMPAIGN_SEND),
        "can": {
            "pause": campaign.state in (_S.RUNNING, _S.SCHEDULED),
            "resume": campaign.state is _S.PAUSED,
            "cancel": campaign.may_become(_S.CANCELED) and campaign.state is not _S.DRAFT,
            "withdraw": campaign.state in _BEFORE and not campaign.started_at,
            "edit": campaign.state in (_S.DRAFT, *_BEFORE) and not campaign.started_at,
            "send": campaign.state in (_S.DRAFT, *_BEFORE),
            "approve": campaign.state is _S.IN_REVIEW,
            "release": campaign.state is _S.APPROVED,
        },
    }


async def _author(hub: Hub, campaign: Campaign) -> str:
    found = await hub.repositories.agents.get_many([campaign.author_id])
    return found[campaign.author_id].name if campaign.author_id in found else ""


async def _act(
    request: web.Request, action: Callable[..., Awaitable[object]], name: str
) -> web.StreamResponse:
    _, campaign_id = translator(request), request.match_info["campaign_id"]
    try:
        await action(campaign_id, by=agent_of(request).id)
    except Invalid as refused:
        return await show(request, errors={field: _(text) for field, text in refused.problems.items()})
    return done(f"{LIST_PATH}/{campaign_id}", name)
