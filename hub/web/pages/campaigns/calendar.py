"""The calendar of campaigns: month, week and list; moving one; last year's again; the address of its feed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from aiohttp import web

from campaigns.load import hourly_percent
from campaigns.schedule import Once, from_text
from campaigns.segment import EVERYBODY
from channels.outbox.delivery import MessageClass
from channels.outbox.quiet_hours import window_of
from hub.actions.campaigns.planning.move_campaign import not_movable
from hub.actions.campaigns.planning.read_calendar import Sending
from hub.hub import Hub
from hub.model.agent import Permission
from hub.runtime.clock import CHINA, day_of, to_local, to_ms
from hub.runtime.errors import Invalid, Stale
from hub.settings.observances import Observance, observances
from hub.web import badges
from hub.web.form import read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import msgid
from hub.web.keys import HUB, LANGUAGE
from hub.web.pages.campaigns import sending_words
from hub.web.pages.campaigns.campaigns import LIST_PATH, audience_of
from hub.web.render import translator
from hub.web.staff_page import done, staff_page

PATH = f"{LIST_PATH}/calendar"
VIEWS: Mapping[str, str] = {"": msgid("列表"), "week": msgid("周"), "month": msgid("月")}
_DAY = timedelta(days=1)
_CHOOSE = msgid("请选择日期和时间")
_STALE = msgid("这个活动刚刚被别人修改，请核对后再试。")


@dataclass(frozen=True, slots=True)
class Line:
    """One sending as the calendar shows it. course: "" when it leaves at its time and at once."""

    sending: Sending
    course: str
    needs: str
    may_move: bool
    audience: str
    state: badges.Word


@dataclass(frozen=True, slots=True)
class Day:
    """One day. holiday: its name, "" = none. off: not worked; makeup: worked to make up for a holiday.

    load: percent of the contract rate for each of its 24 hours. busiest: the hour asked for most, -1 = none.
    bars: (from, until) in minutes of the day of each line, for the drawing. quiet: the hours in which law
    education does not leave, the same way.
    """

    day: date
    lines: tuple[Line, ...]
    holiday: str
    off: bool
    makeup: bool
    is_today: bool
    in_month: bool
    observances: tuple[Observance, ...]
    load: tuple[int, ...]
    busiest: int
    bars: tuple[tuple[int, int, str], ...]
    quiet: tuple[tuple[int, int], ...]


async def calendar_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/campaigns/calendar?show=&day=&department=&group="""
    return await _calendar(request)


async def new_address(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/calendar/address: a new secret address, shown once."""
    hub, _ = request.app[HUB], translator(request)
    try:
        token = await hub.actions.publicity.planning.feed.new(agent_of(request).id)
    except Stale:
        return await _calendar(request, errors={"address": _(_STALE)})
    return await _calendar(request, address=f"{hub.settings.public_url()}/calendar/{token}.ics")


async def revoke_address(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/calendar/revoke"""
    await request.app[HUB].actions.publicity.planning.feed.revoke(agent_of(request).id)
    return done(PATH, "calendar_revoked")


async def move_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/campaigns/{campaign_id}/move"""
    return await _move(request)


async def move(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/{campaign_id}/move"""
    hub, _, campaign_id = request.app[HUB], translator(request), request.match_info["campaign_id"]
    typed = (await read_form(request)).get("at", "")
    at = _instant(typed)
    if at is None:
        return await _move(request, typed, {"at": _(_CHOOSE)})
    try:
        await hub.actions.publicity.planning.move(campaign_id, agent_of(request).id, at)
    except Invalid as refused:
        return await _move(request, typed, {name: _(text) for name, text in refused.problems.items()})
    except Stale:
        return await _move(request, typed, {"at": _(_STALE)})
    return done(f"{LIST_PATH}/{campaign_id}/move", "campaign_moved")


async def undo_move(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/{campaign_id}/move/undo"""
    hub, _, campaign_id = request.app[HUB], translator(request), request.match_info["campaign_id"]
    try:
        await hub.actions.publicity.planning.move.undo(campaign_id, agent_of(request).id)
    except Invalid as refused:
        return await _move(request, "", {name: _(text) for name, text in refused.problems.items()})
    except Stale:
        return await _move(request, "", {"at": _(_STALE)})
    return done(f"{LIST_PATH}/{campaign_id}", "campaign_moved_back")


async def _calendar(
    request: web.Request, *, address: str = "", errors: Mapping[str, str] | None = None
) -> web.StreamResponse:
    hub, agent, query = request.app[HUB], agent_of(request), request.query
    today = day_of(hub.clock.now_ms())
    view = query.get("show", "") if query.get("show", "") in VIEWS else ""
    chosen = _day(query.get("day", "")) or today
    first, last, earlier, later = _range(view, chosen)
    department, group = query.get("department", ""), query.get("group", "")
    _tags, departments = await hub.actions.publicity.composer.find.labels()
    read = hub.actions.publicity.planning.calendar
    sendings = await read(_midnight(first), _midnight(last + _DAY), department=department, group=group)
    days = _days(request, first, last, chosen, sendings)
    last_year = await read(*_month_of_last_year(chosen), department=department, group=group)
    return staff_page(
        request,
        "staff/campaign_calendar.html",
        422 if errors else 200,
        view=view,
        views=VIEWS,
        chosen=chosen,
        today=today,
        first=first,
        last=last,
        earlier=earlier,
        later=later,
        days=days,
        shown=[day for day in days if day.lines or day.observances],
        is_empty=not sendings,
        department=department,
        group=group,
        groups=list(await hub.actions.campaigns.groups()),
        everybody=EVERYBODY,
        departments=departments,
        last_year=[one for one in last_year if one.has_run],
        may_edit=agent.may(Permission.CAMPAIGN_EDIT),
        address=address,
        address_since=await hub.actions.publicity.planning.feed.since(agent.id),
        english=request[LANGUAGE] == "en",
        errors=errors or {},
    )


async def _move(
    request: web.Request, typed: str = "", errors: Mapping[str, str] | None = None
) -> web.StreamResponse:
    hub, _ = request.app[HUB], translator(request)
    campaign = (await hub.actions.campaigns.get(request.match_info["campaign_id"])).value
    spec = from_text(campaign.schedule) if campaign.schedule else None
    at = spec.at if isinstance(spec, Once) else 0
    refused = not_movable(campaign)
    return staff_page(
        request,
        "staff/campaign_move.html",
        422 if errors else 200,
        campaign=campaign,
        at=at,
        typed=typed or (f"{to_local(at):%Y-%m-%dT%H:%M}" if at else ""),
        refused=_(refused),
        errors=errors or {},
    )


def _days(
    request: web.Request, first: date, last: date, chosen: date, sendings: tuple[Sending, ...]
) -> list[Day]:
    hub = request.app[HUB]
    known = hub.rules.calendar()
    busy = [(one.campaign.channel, one.estimate.spans) for one in sendings]
    found = []
    day = first
    while day <= last:
        midnight = _midnight(day)
        lines = tuple(_line(request, one) for one in sendings if day_of(one.at) == day)
        load = hourly_percent(busy, midnight)
        row = known.days.get(day)
        found.append(
            Day(
                day,
                lines,
                row.name if row and not row.kind.is_worked else "",
                off=not known.is_workday(day),
                makeup=bool(row and row.kind.is_worked),
                is_today=day == day_of(hub.clock.now_ms()),
                in_month=day.month == chosen.month,
                observances=tuple(one for one in observances() if one.on(day)),
                load=load,
                busiest=load.index(max(load)) if max(load) else -1,
                bars=_bars(sendings, midnight),
                quiet=_quiet(hub),
            )
        )
        day += _DAY
    return found


def _line(request: web.Request, one: Sending) -> Line:
    hub, _ = request.app[HUB], translator(request)
    now = hub.clock.now_ms()
    late = one.estimate.starts_at != one.at or sending_words.needs(one.estimate, _)
    may_move = agent_of(request).may(Permission.CAMPAIGN_EDIT) and not not_movable(one.campaign)
    return Line(
        one,
        sending_words.course(one.estimate, now, _) if late else "",
        sending_words.needs(one.estimate, _),
        may_move and not one.has_run,
        audience_of(hub, one.campaign, request[LANGUAGE]),
        badges.RUN[one.run] if one.run else badges.CAMPAIGN[one.campaign.state],
    )


def _bars(sendings: tuple[Sending, ...], midnight: int) -> tuple[tuple[int, int, str], ...]:
    """What leaves on a day, in its minutes; at least ten of them, so that it can be seen."""
    found = []
    for one in sendings:
        for begin, end in one.estimate.spans:
            since, until = (begin - midnight) // 60_000, -(-(end - midnight) // 60_000)
            if (since < 24 * 60 and until > 0) or (begin == end and 0 <= since < 24 * 60):
                since = max(0, since)
                found.append((since, max(10, min(until, 24 * 60) - since), one.campaign.kind.value))
    return tuple(found)


def _quiet(hub: Hub) -> tuple[tuple[int, int], ...]:
    window = window_of(MessageClass.L, windows=hub.settings.sending_hours.windows())
    if window is None:
        return ()
    return (0, window.opens_at), (window.closes_at, 24 * 60 - window.closes_at)


def _range(view: str, day: date) -> tuple[date, date, date, date]:
    """First and last day shown, and a day of the page before and after."""
    if view == "week":
        monday = day - day.weekday() * _DAY
        return monday, monday + 6 * _DAY, monday - 7 * _DAY, monday + 7 * _DAY
    first = day.replace(day=1)
    later = (first + 31 * _DAY).replace(day=1)
    earlier, last = (first - _DAY).replace(day=1), later - _DAY
    if view == "month":
        return first - first.weekday() * _DAY, last + (6 - last.weekday()) * _DAY, earlier, later
    return first, last, earlier, later


def _month_of_last_year(day: date) -> tuple[int, int]:
    first = date(day.year - 1, day.month, 1)
    return _midnight(first), _midnight((first + 31 * _DAY).replace(day=1))


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 < found.year < 2200 else None


def _midnight(day: date) -> int:
    return to_ms(datetime.combine(day, time.min, CHINA))


def _instant(text: str) -> int | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return to_ms(found if found.tzinfo else found.replace(tzinfo=CHINA))
