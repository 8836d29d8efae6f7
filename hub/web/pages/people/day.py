"""H9, my day: what is in one's hands by how pressing it is, what was finished, what came in, two small
plots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from aiohttp import web

from hub.actions.cases.queue.read_day import Band, Day
from hub.model.agent import Permission
from hub.web import badges
from hub.web.badges import Word
from hub.web.guard.auth import agent_of
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.pages.cases.queue import title_of
from hub.web.pages.people.notifications import KINDS, link_of, said_of
from hub.web.render import translator
from hub.web.staff_page import staff_page

BANDS: Mapping[Band, Word] = {
    Band.EMERGENCY: Word(msgid("紧急"), "bad", "alert"),
    Band.OVERDUE: Word(msgid("已超期"), "bad", "clock"),
    Band.TODAY: Word(msgid("今天到期"), "warn", "clock"),
    Band.CALL_BACK: Word(msgid("待回访"), "info", "phone"),
    Band.ANSWER: Word(msgid("群众等待答复"), "info", "message"),
    Band.ASKED: Word(msgid("等群众补充"), "neutral", "clock"),
    Band.REST: Word(msgid("其他在办"), "neutral", "inbox"),
}
_SHOWN = 8
_TOLD = 6
_HEIGHT = 100
_HOUR, _DAY = 12, 24
"""How wide an hour is, and a day."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One piece of a stacked bar, in units of the plot: 100 high. series: which colour."""

    x: float
    y: float
    height: float
    series: int


@dataclass(frozen=True, slots=True)
class Bars:
    """Arrivals by hour and channel. kinds: in the order of their colours. rows: hour and the count of
    each."""

    kinds: Sequence[str]
    rows: Sequence[tuple[int, Sequence[int]]]
    bars: Sequence[Bar]
    most: int
    total: int


@dataclass(frozen=True, slots=True)
class Line:
    """The backlog. points: of a polyline, 100 high, 24 between two days."""

    points: str
    days: Sequence[tuple[date, int]]
    most: int


async def day_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/day"""
    hub, agent, _ = request.app[HUB], agent_of(request), translator(request)
    day = await hub.actions.desk.read_day(agent)
    told = [
        one
        for one in await hub.actions.desk.read_notifications.newest(agent)
        if one.case and not one.notification.read_at
    ]
    return staff_page(
        request,
        "staff/day.html",
        day=day,
        bands=BANDS,
        shown=_SHOWN,
        told=told[:_TOLD],
        unread=len(told),
        kinds=KINDS,
        link_of=link_of,
        title_of=lambda case: title_of(case, _),
        said_of=lambda told: said_of(told, _),
        arrivals=bars_of(day),
        backlog=line_of(day),
        may_take_down=agent.may(Permission.CASE_REPLY),
    )


def bars_of(day: Day) -> Bars:
    """The day's arrivals as pieces of bars, one bar for each hour."""
    kinds = [kind for kind in badges.CHANNEL if any(kind in counts for counts in day.arrivals.values())]
    rows = [(hour, [day.arrivals.get(hour, {}).get(kind, 0) for kind in kinds]) for hour in range(24)]
    most = max((sum(counts) for _, counts in rows), default=0)
    bars = []
    for hour, counts in rows:
        under = 0.0
        for series, count in enumerate(counts):
            if count:
                height = _HEIGHT * count / most
                bars.append(Bar(hour * _HOUR, _HEIGHT - under - height, height, series))
                under += height
    return Bars(kinds, rows, bars, most, sum(sum(counts) for _, counts in rows))


def line_of(day: Day) -> Line:
    """The backlog as a line."""
    most = max((count for _, count in day.backlog), default=0)
    heights = [_HEIGHT - _HEIGHT * count / max(most, 1) for _, count in day.backlog]
    return Line(
        " ".join(f"{place * _DAY},{height:.1f}" for place, height in enumerate(heights)), day.backlog, most
    )
