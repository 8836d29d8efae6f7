"""The report of a campaign: a page with its curve, and the same numbers as CSV, XLSX and PDF."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from campaigns.totals import Minute
from hub.actions.campaigns.report_campaign import CampaignReport
from hub.runtime.clock import to_local
from hub.web.attachment import attachment
from hub.web.guard.auth import agent_of
from hub.web.i18n import Translator
from hub.web.keys import HUB
from hub.web.pages.campaigns.campaigns import LIST_PATH
from hub.web.pages.campaigns.monitor_words import CARRIER, pareto, seconds_words
from hub.web.pdf import Paper
from hub.web.render import translator
from hub.web.sheet import Cell, Sheet, csv_file, workbook
from hub.web.staff_page import staff_page

_WIDE, _HIGH = 600.0, 160.0
_FIRST = 0.34
"""Of the width of a table on paper: its first column names things."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Lines of an SVG `_WIDE` × `_HIGH`, summed up from left to right; most: the number at its top."""

    taken: str
    delivered: str
    failed: str
    most: int


async def report_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/campaigns/{campaign_id}/report?run="""
    _, report = translator(request), await _report(request)
    return staff_page(
        request,
        "staff/campaign_report.html",
        report=report,
        curve=curve_of(report.curve),
        wide=_WIDE,
        high=_HIGH,
        failures=pareto(report.failures, _),
        carriers=[(_(CARRIER[one]), count) for one, count in report.carriers],
        lags=[seconds_words(one, _) if one else "" for one in (report.lag_median, report.lag_95)],
        step=seconds_words(report.step_minutes * 60, _),
        replies=report.replies,
        query=f"?run={report.broadcast.id}",
        path=f"{LIST_PATH}/{report.campaign.id}",
    )


async def report_file(request: web.Request) -> web.StreamResponse:
    """GET /staff/campaigns/{campaign_id}/report/{kind}?run=: `csv`, `xlsx` or `pdf`."""
    hub, _ = request.app[HUB], translator(request)
    kind = request.match_info["kind"]
    report = await _report(request)
    sheets, name = sheets_of(report, _), f"{report.campaign.name}-{_at(report.broadcast.fire_at)[:10]}.{kind}"
    match kind:
        case "csv":
            return attachment(csv_file(sheets), name)
        case "xlsx":
            return attachment(await asyncio.to_thread(workbook, sheets), name)
        case "pdf":
            title = _("%(name)s 发送报告", name=report.campaign.name)
            paper = Paper(title, foot=hub.settings.organisation.publisher, page=_("第 %(page)s 页"))
            _fill(paper, report, sheets, _)
            return attachment(await asyncio.to_thread(paper.made), name)
        case _:
            raise web.HTTPNotFound


async def _report(request: web.Request) -> CampaignReport:
    return await request.app[HUB].actions.publicity.sending.report(
        agent_of(request), request.match_info["campaign_id"], request.query.get("run", "")
    )


def curve_of(points: Sequence[Minute]) -> Curve:
    """How many had been taken, delivered, failed by each point."""
    most = max(sum(p.taken for p in points), sum(p.delivered for p in points), 1)

    def line(numbers: Sequence[int]) -> str:
        so_far, places = 0, [f"0,{_HIGH:.1f}"]
        for place, number in enumerate(numbers, start=1):
            so_far += number
            places.append(f"{_WIDE * place / len(numbers):.1f},{_HIGH - _HIGH * so_far / most:.1f}")
        return " ".join(places)

    return Curve(
        line([p.taken for p in points]),
        line([p.delivered for p in points]),
        line([p.failed for p in points]),
        most,
    )


def sheets_of(report: CampaignReport, _: Translator) -> list[Sheet]:
    """All numbers of a report as tables; no name, number or text of a recipient is among them."""
    return [
        Sheet(_("概况"), (_("项目"), _("数值")), _summary(report, _)),
        Sheet(
            _("发送曲线"),
            (_("时间"), _("已发送"), _("已送达"), _("失败"), _("计费条数")),
            [(_at(p.at), p.taken, p.delivered, p.failed, p.parts) for p in report.curve],
        ),
        Sheet(
            _("失败原因"),
            (_("代码"), _("原因"), _("人数"), _("占比")),
            [
                (code, share.words, share.number, f"{share.percent}%")
                for (code, _number), share in zip(report.failures, pareto(report.failures, _), strict=True)
            ],
        ),
        Sheet(
            _("各运营商（按号段）"),
            (_("运营商"), _("已发送"), _("已送达"), _("失败")),
            [(_(CARRIER[one]), c.taken, c.delivered, c.failed) for one, c in report.carriers],
        ),
        Sheet(
            _("与以往比较"),
            (_("活动"), _("时间"), _("人数"), _("已送达"), _("失败"), _("拒收")),
            [
                (
                    one.name,
                    _at(one.broadcast.fire_at),
                    one.progress.total,
                    one.progress.delivered,
                    one.progress.failed,
                    one.opt_outs,
                )
                for one in report.compared
            ],
        ),
    ]


def _summary(report: CampaignReport, _: Translator) -> list[tuple[Cell, ...]]:
    numbers = report.progress
    lines: list[tuple[Cell, ...]] = [
        (_("活动"), report.campaign.name),
        (_("发送时间"), _at(report.broadcast.fire_at)),
        (_("人数"), numbers.total),
        (_("已发送"), numbers.taken),
        (_("已送达"), numbers.delivered),
        (_("失败"), numbers.failed),
        (_("不确定"), numbers.ambiguous),
        (_("没有回执"), report.unknown),
        (_("拒收、过期或撤回"), numbers.suppressed + numbers.expired + numbers.canceled),
        (_("计费条数"), report.parts),
        *([(_("费用（元）"), round(float(report.cost), 2))] if report.cost else ()),
        (_("72 小时内拒收"), report.opt_outs),
        (_("72 小时内群众回复"), report.reply_count),
    ]
    if report.lag_95:
        lines.append((_("95% 送达用时"), seconds_words(report.lag_95, _)))
    return lines


def _fill(paper: Paper, report: CampaignReport, sheets: Sequence[Sheet], _: Translator) -> None:
    paper.text(_("截至 %(time)s", time=_at(report.at)), small=True)
    paper.text(report.broadcast.text)
    for sheet in sheets:
        if sheet.rows:
            paper.heading(sheet.title)
            others = (1 - _FIRST) / (len(sheet.head) - 1)
            rows = [sheet.head, *([_printed(cell) for cell in row] for row in sheet.rows)]
            paper.table(rows, [_FIRST, *[others] * (len(sheet.head) - 1)], heading=True)


def _printed(cell: Cell) -> str:
    return f"{cell:.2f}" if isinstance(cell, float) else str(cell)


def _at(instant: int) -> str:
    return f"{to_local(instant):%Y-%m-%d %H:%M}"
