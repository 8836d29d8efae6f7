"""One campaign with its live progress, and what may be done with it. Its list: `composing/campaign_list`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

from aiohttp import web

from campaigns.campaign import Campaign, CampaignState
from campaigns.errors import BadSchedule
from campaigns.schedule import from_text, next_five
from campaigns.segment import describe as describe_segment
from campaigns.timetable import describe as describe_schedule
from campaigns.wording import text_on, title_on
from channels.contract import ChannelKind
from hub.actions.campaigns.monitor_campaign import Monitored
from hub.actions.campaigns.watch_campaign import CampaignProgress
from hub.hub import Hub
from hub.model.agent import Agent, Permission
from hub.runtime.bell import campaign_topic
from hub.runtime.errors import Invalid
from hub.store.unreadable import Unreadable
from hub.web import badges
from hub.web.form import FormErrors, parse, read_form
from hub.web.guard.auth import agent_of, session_of
from hub.web.i18n import Language, Translator, msgid
from hub.web.keys import HUB, LANGUAGE
from hub.web.pages.campaigns import sending_words
from hub.web.pages.campaigns.campaign_form import CancelForm
from hub.web.pages.campaigns.history_words import campaign_history
from hub.web.pages.campaigns.monitor_words import CARRIER, LANE, pareto, reason_words, seconds_words
from hub.web.pages.campaigns.stored_reasons import reason_said
from hub.web.render import RENDERER, translator
from hub.web.staff_page import done, staff_page
from hub.web.staff_stream import stream

LIST_PATH = "/staff/campaigns"
LIVE_SECONDS = 1.5
_S = CampaignState
_BEFORE = (_S.IN_REVIEW, _S.APPROVED, _S.SCHEDULED)
_NOT_THE_NUMBER = msgid("输入的数字与剩余人数不一致，没有终止")


async def campaign_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/campaigns/{campaign_id}"""
    return await show(request)


async def events(request: web.Request) -> web.StreamResponse:
    """GET /staff/campaigns/{campaign_id}/events: progress as it moves, controls when the state changed."""
    hub, agent, campaign_id = request.app[HUB], agent_of(request), request.match_info["campaign_id"]
    renderer, language, csrf = request.app[RENDERER], request[LANGUAGE], session_of(request).csrf
    state = (await hub.actions.campaigns.get(campaign_id)).value.state
    _ = renderer.translator(language)

    async def fill() -> Mapping[str, str]:
        nonlocal state
        monitored = await hub.actions.publicity.sending.monitor(campaign_id)
        watched = monitored.watched
        context = _watched(hub, monitored, agent, _) | {"csrf": csrf, "words": badges, "errors": {}}
        pieces = {"progress": renderer.text("staff/campaign_progress.html", language, context)}
        if watched.campaign.state is not state:
            state = watched.campaign.state
            pieces["controls"] = renderer.text("staff/campaign_controls.html", language, context)
        return pieces

    return await stream(request, hub.bell, campaign_topic(campaign_id), fill, every_seconds=LIVE_SECONDS)


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
    monitored = await hub.actions.publicity.sending.monitor(request.match_info["campaign_id"])
    watched = monitored.watched
    campaign, schedule = watched.campaign, watched.schedule
    return staff_page(
        request,
        "staff/campaign.html",
        422 if errors else 200,
        **_watched(hub, monitored, agent_of(request), translator(request)),
        corrected=await _corrected(hub, watched),
        audience=audience_of(hub, campaign, request[LANGUAGE]),
        plan=plan_of(campaign, request[LANGUAGE]),
        dates=_dates(hub, campaign) if campaign.state in _BEFORE or (schedule and schedule.next_at) else (),
        history=await campaign_history(hub, campaign),
        author=await _author(hub, campaign),
        stored_reason=reason_said(campaign.reason),
        leaves=_leaves(hub, campaign),
        errors=errors or {},
    )


def _leaves(hub: Hub, campaign: Campaign) -> dict[str, str]:
    """Heading and text of its channel, placeholders as written."""
    profile = hub.profiles.get(campaign.channel)
    kind = profile.kind if profile else ChannelKind.SMS
    return {"title": title_on(kind, campaign), "text": text_on(kind, campaign)}


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


def _watched(hub: Hub, monitored: Monitored, agent: Agent, _: Translator) -> dict[str, object]:
    watched, pulse = monitored.watched, monitored.pulse
    campaign = watched.campaign
    newest = watched.runs[0].broadcast if watched.runs else None
    return {
        "watched": watched,
        "pulse": pulse,
        "newest": newest,
        "held": [(reason_words(code, _), number) for code, number in pulse.held] if pulse else (),
        "failures": pareto(pulse.failures, _) if pulse else (),
        "lag": seconds_words(pulse.lag_seconds, _) if pulse and pulse.lag_seconds else "",
        "carriers": [(_(CARRIER[one]), count) for one, count in pulse.carriers] if pulse else (),
        "lane": _(LANE[pulse.lane]) if pulse else "",
        "sender": sending_words.sender(hub, pulse.sender, _) if pulse else "",
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
            "correct": newest is not None and not newest.forgotten_at,
            "withdraw": campaign.state in _BEFORE and not campaign.started_at,
            "edit": campaign.state in (_S.DRAFT, *_BEFORE) and not campaign.started_at,
            "send": campaign.state in (_S.DRAFT, *_BEFORE),
            "approve": campaign.state is _S.IN_REVIEW,
            "release": campaign.state is _S.APPROVED,
        },
    }


async def _corrected(hub: Hub, watched: CampaignProgress) -> tuple[Campaign | None, Campaign | None]:
    """The campaign this one corrects, and the one that corrects it."""
    wrong = right = None
    stores = hub.repositories.campaigns
    by = next((run.broadcast.corrected_by for run in watched.runs if run.broadcast.corrected_by), "")
    with suppress(Unreadable):  # a damaged neighbour is no reason not to show this one
        run = await stores.broadcast(watched.campaign.segment.corrects)
        wrong = await stores.get(run.value.campaign_id) if run else None
        right = await stores.get(by) if by else None
    return wrong.value if wrong else None, right.value if right else None


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
