"""接处警时效: how long alarms took from coming in to feedback, by city and desk, as a page and as files."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from aiohttp import web

from hub.actions.alarms.dispatch.read_times import CENTRE_110, NOT_DISPATCHED, TimesQuery, TimesReport
from hub.model.alarms.times import Span, TimesFigures
from hub.model.cases.clock import midnight
from hub.runtime.clock import to_local
from hub.runtime.errors import Invalid
from hub.settings.settings import Settings
from hub.web.attachment import attachment
from hub.web.guard.auth import agent_of
from hub.web.i18n import Translator, msgid
from hub.web.keys import HUB
from hub.web.pages.alarms.handling_words import SPANS, duration
from hub.web.render import translator
from hub.web.sheet import Cell, Sheet, csv_file, workbook
from hub.web.staff_page import staff_page

_DAYS = 30
_DAY = timedelta(days=1)
_NO_DAY = msgid("请填写有效的日期，例如 2026-11-30")
_BACKWARDS = msgid("截止日期不能早于开始日期")
_FIGURES = (msgid("件数"), msgid("中位（秒）"), msgid("90%（秒）"), msgid("最长（秒）"), msgid("达标率"))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the address asks for; days as they were typed."""

    since: str
    until: str
    desk: str
    city: str


async def times_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/alarms/times?since=&until=&desk=&city="""
    hub, _ = request.app[HUB], translator(request)
    asked = _asked(request)
    report: TimesReport | None = None
    errors: Mapping[str, str] = {}
    try:
        report = await _read(request, asked)
    except Invalid as problem:
        errors = {name: _(text) for name, text in problem.problems.items()}
    limits = _limits(hub.settings)
    return staff_page(
        request,
        "staff/alarm_times.html",
        422 if errors else 200,
        title=_("接处警时效"),
        asked=asked,
        errors=errors,
        report=report,
        tables=[] if report is None else _tables(request, report),
        spans=[(span, _(word)) for span, word in SPANS.items()],
        limit_words={span: duration(seconds, _) for span, seconds in limits.items()},
        took=lambda seconds: duration(seconds, _),
        desk_options=[("", _("全部")), *_centre(request), *_desks(request), (NOT_DISPATCHED, _("未派警"))],
        city_options=[("", _("全部")), *((one.code, one.name) for one in hub.settings.regions)],
    )


async def times_file(request: web.Request) -> web.StreamResponse:
    """GET /staff/alarms/times/{kind}?since=&until=&desk=&city=: `csv` or `xlsx`."""
    _, asked = translator(request), _asked(request)
    try:
        report = await _read(request, asked)
    except Invalid as problem:
        raise web.HTTPBadRequest(text="; ".join(_(text) for text in problem.problems.values())) from None
    sheets = [
        Sheet(title, _head(first, _), [_row(name, one) for name, one in rows])
        for title, first, rows in _tables(request, report)
    ]
    name = f"{_('接处警时效')}-{asked.since}-{asked.until}"
    match request.match_info["kind"]:
        case "csv":
            return attachment(csv_file(sheets), f"{name}.csv")
        case "xlsx":
            return attachment(await asyncio.to_thread(workbook, sheets), f"{name}.xlsx")
        case _:
            raise web.HTTPNotFound


def _asked(request: web.Request) -> _Asked:
    today = to_local(request.app[HUB].clock.now_ms()).date()
    given = request.query
    return _Asked(
        given.get("since", "") or (today - _DAYS * _DAY).isoformat(),
        given.get("until", "") or today.isoformat(),
        given.get("desk", "")[:64],
        given.get("city", "")[:16],
    )


async def _read(request: web.Request, asked: _Asked) -> TimesReport:
    """Raises `Invalid`."""
    since, until = _day("since", asked.since), _day("until", asked.until)
    if until < since:
        raise Invalid({"until": _BACKWARDS})
    query = TimesQuery(midnight(since), midnight(until + _DAY), asked.desk, asked.city)
    hub = request.app[HUB]
    return await hub.alarms.handling.times(agent_of(request), query, _limits(hub.settings))


def _day(field: str, text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise Invalid({field: _NO_DAY}) from None
    if not 2000 <= found.year < 2200:
        raise Invalid({field: _NO_DAY})
    return found


def _limits(settings: Settings) -> Mapping[Span, int]:
    alarms = settings.alarms
    return {
        Span.RECEIVED: alarms.confirm_seconds,
        Span.DISPATCHED: alarms.dispatch_seconds,
        Span.ARRIVED: alarms.arrive_seconds,
        Span.FEEDBACK: alarms.feedback_seconds,
    }


def _desks(request: web.Request) -> list[tuple[str, str]]:
    _ = translator(request)
    return [(one.id, _(one.name)) for one in request.app[HUB].alarms.handling.times.ways.desks.values()]


def _centre(request: web.Request) -> list[tuple[str, str]]:
    centre = request.app[HUB].alarms.handling.times.ways.desk("")
    return [(CENTRE_110, translator(request)(centre.name))] if centre else []


def _tables(
    request: web.Request, report: TimesReport
) -> list[tuple[str, str, list[tuple[str, TimesFigures]]]]:
    """Title, name of the first column, rows."""
    _, regions = translator(request), request.app[HUB].settings.regions
    centre = next((name for _id, name in _centre(request)), "")
    desks = {**dict(_desks(request)), NOT_DISPATCHED: _("未派警"), "": centre}
    cities = {one.code: one.name for one in regions}
    return [
        (_("全部警情"), _("范围"), [(_("全部"), report.whole)]),
        (
            _("按城市"),
            _("城市"),
            [(cities.get(code, code) or _("未知"), one) for code, one in report.cities.items()],
        ),
        (_("按指挥台"), _("指挥台"), [(desks.get(id, id), one) for id, one in report.desks.items()]),
    ]


def _head(first: str, _: Translator) -> tuple[str, ...]:
    of_spans = (
        f"{_(word)} {_(what)}"
        for word in SPANS.values()
        for what in (
            msgid("件数"),
            msgid("中位（秒）"),
            msgid("90%（秒）"),
            msgid("最长（秒）"),
            msgid("达标率"),
        )
    )
    return (first, _("警情"), _("误报和谎报"), *of_spans)


def _row(name: str, one: TimesFigures) -> tuple[Cell, ...]:
    cells: list[Cell] = [name, one.alarms, one.false_alarms]
    for span in Span:
        found = one.spans.get(span)
        if found is None:
            cells += [0, "", "", "", ""]
            continue
        within = "" if found.within is None else found.within
        cells += [found.count, found.median, found.p90, found.worst, within]
    return tuple(cells)
