"""Preview, plan and release: what a campaign will be, when it runs, who has to approve it first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from campaigns.campaign import Campaign, CampaignState
from campaigns.crontab import LAST_DAY
from campaigns.crontab import parse as parse_cron
from campaigns.errors import BadSchedule
from campaigns.said import Said
from campaigns.schedule import Cron, ScheduleSpec, from_text, next_five, problem
from campaigns.selection import REASONS
from campaigns.timetable import describe
from hub.actions.campaigns.planning.count_campaign import Count
from hub.hub import Hub
from hub.repositories.campaigns import public_text
from hub.runtime.errors import Invalid, Stale
from hub.web.form import FormErrors, parse, placed, read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import Language, Translator, msgid
from hub.web.keys import HUB, LANGUAGE
from hub.web.pages.campaigns import sending_words
from hub.web.pages.campaigns.campaigns import LIST_PATH, audience_of, show
from hub.web.pages.campaigns.schedule_form import NO_PLAN, ScheduleForm, typed_as
from hub.web.render import translator
from hub.web.staff_page import done, part, staff_page

WEEKDAYS = (
    (1, msgid("周一")),
    (2, msgid("周二")),
    (3, msgid("周三")),
    (4, msgid("周四")),
    (5, msgid("周五")),
    (6, msgid("周六")),
    (0, msgid("周日")),
)
_STALE = msgid("这个活动刚刚被别人修改，请核对后再试。")
_SHORT_MONTHS = msgid("没有这一天的月份不发送；要每个月都发，请选“每月最后一天”")


@dataclass(frozen=True, slots=True)
class ComingDate:
    """One of the next times. course: what it becomes when it cannot leave at once. needs: several days."""

    at: int
    course: str
    needs: str


async def preview_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/campaigns/{campaign_id}/preview"""
    hub = request.app[HUB]
    campaign = (await hub.actions.campaigns.get(request.match_info["campaign_id"])).value
    return await _preview(request, typed_as(campaign.schedule, campaign.budget_yuan))


async def dates(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/dates: the next five times of a plan, while it is chosen."""
    hub, _ = request.app[HUB], translator(request)
    data = await read_form(request)
    form = parse(ScheduleForm, data, _)
    if isinstance(form, FormErrors):
        trouble = next(iter(form.fields.values()))
        return part(request, "staff/campaign_dates.html", plan="", dates=(), hint="", trouble=trouble)
    seconds = float(data["seconds"]) if data.get("seconds", "").isdecimal() else 0.0
    campaign = (await hub.actions.campaigns.get(data.get("campaign", ""))).value
    coming = _coming(hub, form.spec(), campaign, seconds, request)
    return part(request, "staff/campaign_dates.html", 200, **coming)


async def schedule(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/{campaign_id}/schedule: to those who approve, with its plan."""
    hub, _, campaign_id = request.app[HUB], translator(request), request.match_info["campaign_id"]
    data = await read_form(request)
    form = parse(ScheduleForm, data, _)
    if isinstance(form, FormErrors):
        return await _preview(request, data, errors=placed(form.fields, "at"))
    try:
        await hub.actions.publicity.planning.submit(
            campaign_id, agent_of(request).id, form.spec(), budget_yuan=form.budget
        )
    except Invalid as refused:
        errors = dict(refused.problems)
        if form.mode == "once" and "schedule" in errors:  # at its field, where it is put right
            errors["at"] = errors.pop("schedule")
        return await _preview(request, data, errors=errors)
    except Stale:
        return await _preview(request, data, errors={"state": _STALE})
    return done(f"{LIST_PATH}/{campaign_id}", "campaign_submitted")


async def start(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/{campaign_id}/start: lets go what was approved, now or into its plan."""
    hub, _, campaign_id = request.app[HUB], translator(request), request.match_info["campaign_id"]
    try:
        released = await hub.actions.publicity.planning.release(campaign_id, agent_of(request).id)
    except Invalid as refused:
        return await show(request, errors={"state": _(Said.joined(refused.problems.values()))})
    except Stale:
        return await show(request, errors={"state": _(_STALE)})
    if released.campaign.state is CampaignState.IN_REVIEW:
        return done(f"{LIST_PATH}/{campaign_id}", "campaign_grown")
    return done(f"{LIST_PATH}/{campaign_id}", "started" if released.run else "scheduled")


async def _preview(
    request: web.Request, values: Mapping[str, str], *, errors: Mapping[str, str] | None = None
) -> web.StreamResponse:
    hub, _ = request.app[HUB], translator(request)
    campaign = (await hub.actions.campaigns.get(request.match_info["campaign_id"])).value
    try:
        spec = from_text(campaign.schedule) if campaign.schedule else None
    except BadSchedule:
        spec = None
    if spec is None or problem(spec, hub.clock.now_ms(), workdays=hub.rules.calendar()):
        spec = None  # counted as if it went now; the plan is checked when it is submitted
    budget = campaign.budget_yuan
    campaign, count = await hub.actions.publicity.planning.submit.planned(
        campaign.id, spec, budget_yuan=budget
    )
    words = count_words(request, campaign, count)
    return staff_page(
        request,
        "staff/campaign_preview.html",
        422 if errors else 200,
        campaign=campaign,
        values={**NO_PLAN, **values},
        weekdays_words=[(str(day), _(label)) for day, label in WEEKDAYS],
        audience=audience_of(hub, campaign, request[LANGUAGE]),
        sent=await hub.actions.publicity.recipients.segments.sent(campaign),
        errors={name: _(text) for name, text in (errors or {}).items()},
        may_submit=campaign.state is CampaignState.DRAFT,
        seconds=words["seconds"],
        **{name: value for name, value in words.items() if name != "seconds"},
        **_coming(hub, spec, campaign, 0.0, request),
    )


def count_words(request: web.Request, campaign: Campaign, count: Count) -> dict[str, object]:
    """What `staff/campaign_count.html` shows."""
    _, hub = translator(request), request.app[HUB]
    preview, english = count.preview, request[LANGUAGE] is Language.EN
    spans = preview.estimate.spans if preview else ()
    return {
        "preview": preview,
        "public": public_text(campaign) if campaign.public and preview else "",
        "count": count,
        "problems": [_(text) for text in count.mistakes.values()],
        "remarks": [_(one.text) for one in count.findings if not one.blocks],
        "reasons": {name: pair[1 if english else 0] for name, pair in REASONS.items()},
        "promise": _(sending_words.PROMISES[campaign.message_class]),
        "hours": sending_words.hours(count.hours, _),
        "course": sending_words.course(preview.estimate, hub.clock.now_ms(), _) if preview else "",
        "needs": sending_words.needs(preview.estimate, _) if preview else "",
        "seconds": round(sum(until - since for since, until in spans) / 1000),
    }


def _coming(
    hub: Hub,
    spec: ScheduleSpec | None,
    campaign: Campaign,
    seconds: float,
    request: web.Request,
) -> dict[str, object]:
    _, now, workdays = translator(request), hub.clock.now_ms(), hub.rules.calendar()
    nothing: dict[str, object] = {"plan": "", "dates": (), "hint": "", "trouble": ""}
    if spec is None:
        return nothing
    if trouble := problem(spec, now, workdays=workdays):
        return nothing | {"trouble": _(trouble)}
    found = [_date(hub, at, campaign, seconds, now, _) for at in next_five(spec, now, workdays=workdays)]
    return nothing | {
        "plan": describe(spec, request[LANGUAGE]),
        "dates": found,
        "hint": _(_SHORT_MONTHS) if _misses_months(spec) else "",
    }


def _date(hub: Hub, at: int, campaign: Campaign, seconds: float, now: int, _: Translator) -> ComingDate:
    found = hub.actions.publicity.planning.count.estimate(campaign, at, seconds)
    is_plain = found.starts_at == at and len(found.spans) == 1
    course = "" if is_plain else sending_words.course(found, now, _)
    return ComingDate(at, course, sending_words.needs(found, _))


def _misses_months(spec: ScheduleSpec) -> bool:
    days = parse_cron(spec.expression).days if isinstance(spec, Cron) else ()
    return any(28 < day < LAST_DAY for day in days)
