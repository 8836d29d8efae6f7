"""H1, the queue: one list for all channels, in the order of legal risk, with saved views.

New cases never make the list jump: a pill says how many there are, and a click inserts them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from hub.actions.cases.queue.query import QueueQuery
from hub.actions.cases.queue.read_queue import MANY, QueueRow
from hub.actions.cases.queue.views import QueueView
from hub.hub import Hub
from hub.model.agent import Agent, Permission
from hub.model.cases.case import POSSIBLE_DANGER, Case
from hub.model.cases.queue.settings import QueueColumn
from hub.model.track import Track
from hub.web import badges
from hub.web.desk.feed import FEED
from hub.web.guard.auth import agent_of
from hub.web.i18n import Translator, format_number
from hub.web.keys import HUB
from hub.web.pages.alarms.alarms import alarms_of
from hub.web.pages.cases.clock_words import CLOCK
from hub.web.pages.cases.queue_filters import filters_of
from hub.web.pages.cases.queue_words import COLUMNS, FLAGS_SHOWN, GROUPS, MORE, VIEWS, Left, left_of
from hub.web.render import translator
from hub.web.staff_page import home_of, staff_page

_ASIDE = frozenset({"panel", "problem", "lang", "after"})
"""Parameters that are no part of a query."""
_WARNED = frozenset({QueueView.ALL, QueueView.MINE})
_LONG_MS = 24 * 3_600_000
"""Waiting longer than a day is said."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row as the page shows it.

    risk: bad | warn | good | calm, the bar at its left. is_late: the clock of its screening ran out. left:
    the days to its nearest limit, None without one. unit: the name of the unit in charge.
    """

    row: QueueRow
    title: str
    waited: str
    is_fresh: bool
    is_long: bool
    is_late: bool
    risk: str
    left: Left | None = None
    unit: str = ""


async def home(request: web.Request) -> web.StreamResponse:
    """GET /staff/: to the first place the agent may go to."""
    return web.Response(status=303, headers={"Location": home_of(agent_of(request))})


async def queue_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/queue?show=&FILTERS&after=&panel= — without a query what the agent looked at last."""
    hub, agent, _ = request.app[HUB], agent_of(request), translator(request)
    desk = hub.actions.desk.queue_desk
    settings = await desk.settings(agent)
    query = QueueQuery.parse(request.query if request.query.keys() - _ASIDE else settings.last)
    view, after = query.show, request.query.get("after") or None
    now = hub.clock.now_ms()
    first = after is None and view is not QueueView.CLOSED
    # Before the rows: a case that comes in between stands in the rows, and is not counted as new.
    place = await request.app[FEED].place(agent, query) if first else ""
    page = await hub.actions.read_queue.page(agent, query, after=after)
    if after is None:
        await desk.remember(agent, query)
    saved = await desk.views(agent)
    units = {row.case.id: row.case.proceeding.unit_id or row.case.unit_id for row in page.rows}
    names = await desk.unit_names(units.values()) if QueueColumn.UNIT in settings.columns else {}
    return staff_page(
        request,
        "staff/queue.html",
        lines=[line_of(row, now, _, names.get(units[row.case.id], "")) for row in page.rows],
        counts=page.counts,
        groups=_groups_of(agent),
        view_words=VIEWS,
        alarms=await alarms_of(request, agent),
        may_take_down=agent.may(Permission.CASE_REPLY),
        view=view,
        query=query,
        saved=saved,
        is_saved=any(one.query == query for one in saved),
        settings=settings,
        shown=settings.columns,
        more=MORE,
        filters=await filters_of(request, query),
        next=page.next,
        in_list=await _count_words(hub, agent, query, translator(request)) if page.next or after else "",
        released=await hub.actions.read_queue.released(agent) if view is QueueView.SCREENING else (),
        first=first,
        warnings=await hub.actions.read_warnings(agent) if first and view in _WARNED else (),
        clock_words=CLOCK,
        many=MANY,
        taken_part=await hub.actions.desk.read_taken_part.count(agent),
        since=now,
        place=place,
        waiting=page.counts[QueueView.ALL],
        column_words=COLUMNS,
        flag_words=FLAGS_SHOWN,
        region_names=region_names(hub),
    )


async def _count_words(hub: Hub, agent: Agent, query: QueueQuery, _: Translator) -> str:
    """How many a list holds; what no count is kept of is counted up to a bound."""
    number, bounded = await hub.actions.read_queue.count(agent, query)
    words = format_number(number, _)
    return _("%(count)s 以上", count=words) if bounded and number >= MANY else words


def region_names(hub: Hub) -> dict[str, str]:
    """Of the prefectures, by code."""
    return {region.code: region.name for region in hub.settings.regions}


def _groups_of(agent: Agent) -> Mapping[str, tuple[QueueView, ...]]:
    """The views in their groups, for those who have something to find in them."""
    hidden = set() if agent.may(Permission.REPORT_READ) else {QueueView.SCREENING}
    return {group: tuple(view for view in views if view not in hidden) for group, views in GROUPS.items()}


def line_of(row: QueueRow, now: int, _: Translator, unit: str = "") -> Line:
    """What one row says."""
    case = row.case
    waits = case.is_open and case.waiting
    waited_ms = now - (case.received_at if waits else case.updated_at)
    is_long = waits and waited_ms >= _LONG_MS
    is_late = 0 < row.due_at <= now
    left = left_of(case, now, _) if case.limit_at else None
    near = left.kind if left else ""
    if (case.track is Track.EMERGENCY and case.is_open) or is_late or near == "bad":
        risk = "bad"
    elif near == "warn" or (case.is_open and (case.urgent or POSSIBLE_DANGER in case.flags)):
        risk = "warn"
    else:
        risk = near or "calm"
    waited, is_fresh = badges.age(waited_ms, _), waited_ms < badges.MINUTE_MS
    return Line(row, title_of(case, _), waited, is_fresh, is_long, is_late, risk, left, unit)


def title_of(case: Case, _: Translator) -> str:
    """The case in one line: its title, else the beginning of what was said, else what it is."""
    text = case.title.strip() or " ".join(case.text.split())
    if text:
        return text if len(text) <= 60 else text[:59] + "…"
    return _(badges.TRACK[case.track].text)
