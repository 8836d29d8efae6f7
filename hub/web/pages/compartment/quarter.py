"""The quarter of the reports as a table, for inspectors."""

from __future__ import annotations

from datetime import date, timedelta

from aiohttp import web

from hub.actions.evidence.quarterly_report import Quarter, quarter_of, shared
from hub.runtime.clock import day_of
from hub.web.attachment import attachment
from hub.web.form import read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import Translator, msgid
from hub.web.keys import HUB
from hub.web.render import translator
from hub.web.staff_page import staff_page
from knowledge_base.files.csv_table import UTF8_MARK, write_rows

_QUARTERS = 8
_RESULT = (msgid("编号"), msgid("收到"), msgid("受理"), msgid("办结"), msgid("结果"))


async def quarter_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/reports/quarter"""
    _ = translator(request)
    quarters = [
        (day.isoformat(), _("%(year)s 年第 %(number)s 季度", year=day.year, number=(day.month + 2) // 3))
        for day in _last(day_of(request.app[HUB].clock.now_ms()))
    ]
    return staff_page(request, "staff/reports_quarter.html", 200, quarters=quarters)


async def export(request: web.Request) -> web.StreamResponse:
    """POST /staff/reports/quarter: `first`, `shared` → CSV for a spreadsheet."""
    hub, _, form = request.app[HUB], translator(request), await read_form(request)
    known = {day.isoformat(): day for day in _last(day_of(hub.clock.now_ms()))}
    first = known.get(form.get("first", ""))
    if first is None:
        raise web.HTTPBadRequest  # only our own list sends this form
    found = await hub.actions.compartment.quarterly_report(agent_of(request), first)
    rows = _rows(found, _, outside="shared" in form)
    return attachment(
        (UTF8_MARK + write_rows(rows)).encode(), f"12389-{first:%Y}-Q{(first.month + 2) // 3}.csv"
    )


def _last(today: date) -> list[date]:
    """First days of the last quarters, this one first."""
    found = [quarter_of(today)[0]]
    while len(found) < _QUARTERS:
        found.append(quarter_of(found[-1] - timedelta(days=1))[0])
    return found


def _rows(found: Quarter, _: Translator, *, outside: bool) -> list[list[str]]:
    number = shared if outside else str
    rows = [
        [_("收到"), number(found.received)],
        *([_("其中来自 %(kind)s", kind=kind), number(count)] for kind, count in sorted(found.kinds.items())),
        [_("受理"), number(found.accepted)],
        [_("在办"), number(found.open)],
        [_("在办已超期"), number(found.overdue)],
    ]
    if not found.whole:
        rows.append([_("只统计了最近的一部分"), ""])
    if outside:
        return rows
    return [
        *rows,
        [],
        [_(one) for one in _RESULT],
        *(
            [
                one.reference,
                *(
                    day_of(at).isoformat() if at else ""
                    for at in (one.received_at, one.accepted_at, one.closed_at)
                ),
                "、".join(one.outcomes),
            ]
            for one in found.results
        ),
    ]
