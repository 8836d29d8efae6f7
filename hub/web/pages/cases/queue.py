"""H1, the queue: one list for all channels, in the order of legal risk, with saved views.

New cases never make the list jump: a pill says how many there are, and a click inserts them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from hub.actions.cases.queue.read_queue import QueueRow, QueueView
from hub.model.agent import Agent, Permission
from hub.model.cases.case import POSSIBLE_DANGER, Case
from hub.model.track import Track
from hub.web import badges
from hub.web.desk.feed import FEED
from hub.web.guard.auth import agent_of
from hub.web.i18n import Translator, msgid
from hub.web.keys import HUB
from hub.web.pages.cases.clock_words import CLOCK
from hub.web.render import translator
from hub.web.staff_page import home_of, staff_page

VIEWS: Mapping[QueueView, str] = {
    QueueView.ALL: msgid("全部待办"),
    QueueView.MINE: msgid("我的"),
    QueueView.UNASSIGNED: msgid("未分派"),
    QueueView.WAITING: msgid("等待答复"),
    QueueView.EMERGENCY: msgid("紧急"),
    QueueView.POSSIBLE: msgid("疑似险情"),
    QueueView.SCREENING: msgid("待甄别"),
    QueueView.CLOSED: msgid("已办结"),
}

_WARNED = frozenset({QueueView.ALL, QueueView.MINE})
_LONG_MS = 24 * 3_600_000
"""Waiting longer than a working day is said in a warning colour; the legal clocks refine it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row as the page shows it.

    risk: bad | warn | calm, the bar at its left. is_late: the clock of its screening ran out.
    """

    row: QueueRow
    title: str
    waited: str
    is_fresh: bool
    is_long: bool
    is_late: bool
    risk: str


async def home(request: web.Request) -> web.StreamResponse:
    """GET /staff/: to the first place the agent may go to."""
    return web.Response(status=303, headers={"Location": home_of(agent_of(request))})


async def queue_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/queue?show=&after="""
    hub, _ = request.app[HUB], translator(request)
    view = view_of(request)
    after = request.query.get("after") or None
    now = hub.clock.now_ms()
    agent, first = agent_of(request), after is None and view is not QueueView.CLOSED
    # Before the rows: a case that comes in between stands in the rows, and is not counted as new.
    place = await request.app[FEED].place(agent, view) if first else ""
    page = await hub.actions.read_queue.page(agent, view=view, after=after)
    return staff_page(
        request,
        "staff/queue.html",
        lines=[line_of(row, now, _) for row in page.rows],
        counts=page.counts,
        views=_views_of(agent),
        view=view,
        next=page.next,
        released=await hub.actions.read_queue.released(agent) if view is QueueView.SCREENING else (),
        first=first,
        warnings=await hub.actions.read_warnings(agent) if first and view in _WARNED else (),
        clock_words=CLOCK,
        since=now,
        place=place,
        waiting=page.counts[QueueView.ALL],
    )


def _views_of(agent: Agent) -> Mapping[QueueView, str]:
    """The views of those who have something to find in them."""
    screens = agent.may(Permission.REPORT_READ)
    return {view: label for view, label in VIEWS.items() if view is not QueueView.SCREENING or screens}


def view_of(request: web.Request) -> QueueView:
    """The view asked for; an unknown one is the whole list."""
    try:
        return QueueView(request.query.get("show", QueueView.ALL))
    except ValueError:
        return QueueView.ALL


def line_of(row: QueueRow, now: int, _: Translator) -> Line:
    """What one row says."""
    case = row.case
    waits = case.is_open and case.waiting
    waited_ms = now - (case.received_at if waits else case.updated_at)
    is_long = waits and waited_ms >= _LONG_MS
    is_late = 0 < row.due_at <= now
    if (case.track is Track.EMERGENCY and case.is_open) or is_late:
        risk = "bad"
    elif is_long or (case.is_open and (case.urgent or POSSIBLE_DANGER in case.flags)):
        risk = "warn"
    else:
        risk = "calm"
    waited, is_fresh = badges.age(waited_ms, _), waited_ms < badges.MINUTE_MS
    return Line(row, title_of(case, _), waited, is_fresh, is_long, is_late, risk)


def title_of(case: Case, _: Translator) -> str:
    """The case in one line: its title, else the beginning of what was said, else what it is."""
    text = case.title.strip() or " ".join(case.text.split())
    if text:
        return text if len(text) <= 60 else text[:59] + "…"
    return _(badges.TRACK[case.track].text)
