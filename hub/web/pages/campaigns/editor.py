"""Before a campaign runs: the preview, when it runs, and its start. Writing it: `composing/editor.py`."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from campaigns.errors import BadSchedule
from campaigns.schedule import next_five, problem
from campaigns.selection import REASONS
from hub.actions.campaigns.draft_campaign import draft_of
from hub.runtime.errors import Invalid
from hub.web.form import FormErrors, parse, placed, read_form
from hub.web.i18n import msgid
from hub.web.keys import HUB, LANGUAGE
from hub.web.pages.campaigns.campaign_form import ScheduleForm
from hub.web.pages.campaigns.campaigns import LIST_PATH, audience_of
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
_NO_TIME = {"mode": "once", "at": "", "time": "09:30", "weekday": "1", "day": "1", "cron": ""}


async def preview_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/campaigns/{campaign_id}/preview"""
    return await _preview(request, _NO_TIME)


async def dates(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/dates: the next five times of a plan, while it is chosen."""
    _, now = translator(request), request.app[HUB].clock.now_ms()
    form = parse(ScheduleForm, await read_form(request), _)
    if isinstance(form, FormErrors):
        return part(request, "staff/campaign_dates.html", dates=(), trouble=next(iter(form.fields.values())))
    trouble = problem(form.spec(), now)
    try:
        found = () if trouble else next_five(form.spec(), now)
    except BadSchedule as refused:
        found, trouble = (), refused.problem
    return part(request, "staff/campaign_dates.html", dates=found, trouble=_(trouble) if trouble else "")


async def schedule(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/{campaign_id}/schedule"""
    hub, _, campaign_id = request.app[HUB], translator(request), request.match_info["campaign_id"]
    data = await read_form(request)
    form = parse(ScheduleForm, data, _)
    if isinstance(form, FormErrors):
        return await _preview(request, data, errors=placed(form.fields, "at"))
    try:
        await hub.actions.campaigns.schedule(campaign_id, form.spec())
    except Invalid as refused:
        return await _preview(request, data, errors=refused.problems)
    return done(f"{LIST_PATH}/{campaign_id}", "scheduled")


async def start(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/{campaign_id}/start"""
    hub, campaign_id = request.app[HUB], request.match_info["campaign_id"]
    try:
        await hub.actions.campaigns.start_now(campaign_id)
    except Invalid as refused:
        return await _preview(request, _NO_TIME, errors=refused.problems)
    return done(f"{LIST_PATH}/{campaign_id}", "started")


async def _preview(
    request: web.Request, values: Mapping[str, str], *, errors: Mapping[str, str] | None = None
) -> web.StreamResponse:
    hub, _ = request.app[HUB], translator(request)
    desk = hub.actions.campaigns
    campaign = (await desk.get(request.match_info["campaign_id"])).value
    try:
        preview = await desk.preview(draft_of(campaign))
        problems: Mapping[str, str] = {}
    except Invalid as refused:
        preview, problems = None, refused.problems
    english = request[LANGUAGE] == "en"
    return staff_page(
        request,
        "staff/campaign_preview.html",
        422 if errors else 200,
        campaign=campaign,
        preview=preview,
        sent=await hub.actions.recipients.segments.sent(campaign),
        problems=problems,
        values={**_NO_TIME, **values},
        weekdays_words=[(str(day), _(label)) for day, label in WEEKDAYS],
        audience=audience_of(hub, campaign, request[LANGUAGE]),
        reasons={name: pair[1 if english else 0] for name, pair in REASONS.items()},
        errors={name: _(text) for name, text in (errors or {}).items()},
        trouble="",
        dates=(),
    )
