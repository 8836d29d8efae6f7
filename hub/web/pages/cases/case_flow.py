"""The table of moves as staff read it: from each state every step, who may take it, where it leads."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from hub.model.cases.clock_names import ClockName
from hub.model.cases.profile import ClockUnit
from hub.model.cases.roles import ROLE_NAME
from hub.model.cases.state import OPEN_STATES, CaseState
from hub.model.cases.table import TABLE, Row
from hub.model.track import Track
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.pages.cases.clock_words import CLOCK
from hub.web.staff_page import staff_page

UNITS = {
    ClockUnit.MINUTES: msgid("%(number)s 分钟"),
    ClockUnit.HOURS: msgid("%(number)s 小时"),
    ClockUnit.DAYS: msgid("%(number)s 日"),
    ClockUnit.WORKDAYS: msgid("%(number)s 个工作日"),
}


@dataclass(frozen=True, slots=True)
class FlowLine:
    """One row of the table from one state. to: where it may lead."""

    label: str
    who: tuple[str, ...]
    to: tuple[CaseState, ...]
    tracks: tuple[Track, ...]
    document: str


async def flow_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/case-flow"""
    profile = request.app[HUB].actions.read_procedure.profile
    return staff_page(
        request,
        "staff/case_flow.html",
        states=[(state, _lines(state)) for state in CaseState if any(state in row.sources for row in TABLE)],
        profile=profile,
        clocks=[(CLOCK[name], profile.clocks[name]) for name in ClockName if profile.clocks[name].length],
        units=UNITS,
    )


def _lines(state: CaseState) -> list[FlowLine]:
    """What begins in this state; what begins in every open one stands at the first."""
    rows = [row for row in TABLE if state in row.sources]
    if state in OPEN_STATES and state is not CaseState.REGISTERED:
        rows = [row for row in rows if not row.sources >= OPEN_STATES]
    return [_line(row, state) for row in rows]


def _line(row: Row, state: CaseState) -> FlowLine:
    to = tuple(dict.fromkeys(target or state for target in row.to))
    tracks = () if row.tracks == frozenset(Track) else tuple(track for track in Track if track in row.tracks)
    return FlowLine(row.label, tuple(ROLE_NAME[role] for role in row.who), to, tracks, row.document or "")
