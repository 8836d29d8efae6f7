"""统一电子监察: what stands now, the figures of a month beside the one before, where they come from.

Every figure leads to the list behind it: the queue, filtered by unit, channel, handler and day of receipt.
"""

from __future__ import annotations

import asyncio
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from aiohttp import web

from hub.actions.cases.queue.query import NOBODY
from hub.actions.cases.supervision.read_board import Board
from hub.model.supervision.figures import Figure, Figures, first_response_ms
from hub.model.supervision.month import Part
from hub.model.supervision.rates import KPIS, LESS_IS_BETTER, OFFICE, Rate, RateName, rate
from hub.model.track import Track
from hub.runtime.clock import to_local
from hub.web import badges
from hub.web.attachment import attachment
from hub.web.form import read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import Translator
from hub.web.keys import HUB
from hub.web.pages.cases.queue import region_names, title_of
from hub.web.pages.cases.queue_words import FILTERS
from hub.web.pages.supervision.board_words import FEW, MEANS, NOW, PARTS, RATES, few, percent, within
from hub.web.render import translator
from hub.web.sheet import Cell, Sheet, csv_file, workbook
from hub.web.staff_page import staff_page

_HEIGHT, _MONTH = 100, 24
"""Of the plot: how high it is, how wide a month."""
_MOST_UNITS = 200


@dataclass(frozen=True, slots=True)
class RateLine:
    """A rate beside that of the month before. change: in points, None where one of them is missing. better:
    whether the change is good, None where there is none."""

    name: RateName
    now: Rate
    before: Rate

    @property
    def change(self) -> float | None:
        """In points of a hundred."""
        if self.now.share is None or self.before.share is None:
            return None
        return round(100 * (self.now.share - self.before.share), 1)

    @property
    def better(self) -> bool | None:
        """Whether it moved to the good side."""
        return (self.change < 0) is (self.name in LESS_IS_BETTER) if self.change else None


@dataclass(frozen=True, slots=True)
class Trend:
    """Received and finished as two lines, 100 high, 24 between two months."""

    received: str
    finished: str
    most: int


async def board_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/board?month=&of=reports"""
    hub, _ = request.app[HUB], translator(request)
    board = await _read(request, request.query)
    return staff_page(
        request,
        "staff/board.html",
        board=board,
        now=NOW,
        rates=RATES,
        means=MEANS,
        office=rate_lines(board, OFFICE),
        kpis=rate_lines(board, KPIS),
        firsts=[(share, _firsts(board, share, _)) for share in (0.5, 0.9)],
        tables=[
            (_(title), _(FILTERS[part]), part, _rows(request, board, part)) for part, title in PARTS.items()
        ],
        trend=trend_of(board),
        units=board.units[:_MOST_UNITS],
        more_units=len(board.units) - _MOST_UNITS,
        rate=rate,
        figure=Figure,
        names=RateName,
        percent=percent,
        list_link=lambda **filters: list_link(board.month, **filters),
        nobody=NOBODY,
        title_of=lambda case: title_of(case, _),
        printed_at=to_local(hub.clock.now_ms()),
    )


async def board_file(request: web.Request) -> web.StreamResponse:
    """POST /staff/board/{kind}: `csv` or `xlsx`; month, of, shared (numbers below five are hidden)."""
    hub, agent, _ = request.app[HUB], agent_of(request), translator(request)
    kind = request.match_info["kind"]
    if kind not in ("csv", "xlsx"):
        raise web.HTTPNotFound
    form = await read_form(request)
    board = await _read(request, form)
    shared = form.get("shared") == "yes"
    await hub.actions.desk.read_board.note_exported(agent, board)
    taken = f"{to_local(hub.clock.now_ms()):%Y-%m-%d %H:%M}"
    mark = _("导出人 %(name)s，%(time)s", name=agent.name, time=taken)
    sheets = [
        Sheet(one.title, one.head, [*one.rows, (mark, *[""] * (len(one.head) - 1))])
        for one in sheets_of(request, board, shared=shared)
    ]
    name = f"{_('统一电子监察')}-{board.month}.{kind}"
    if kind == "csv":
        return attachment(csv_file(sheets), name)
    return attachment(await asyncio.to_thread(workbook, sheets), name)


async def _read(request: web.Request, given: Mapping[str, str]) -> Board:
    read = request.app[HUB].actions.desk.read_board
    return await read(agent_of(request), given.get("month", ""), reports=given.get("of") == "reports")


def rate_lines(board: Board, names: Sequence[RateName]) -> list[RateLine]:
    """These rates of the month and the one before."""
    return [RateLine(name, rate(name, board.figures), rate(name, board.before)) for name in names]


def trend_of(board: Board) -> Trend:
    """Thirteen months as lines."""
    several = [
        (figures.get(Figure.RECEIVED, 0), figures.get(Figure.FINISHED, 0)) for _, figures in board.trend
    ]
    most = max((received for received, _ in several), default=0)

    def line(heights: Sequence[int]) -> str:
        scaled = [_HEIGHT - _HEIGHT * one / max(most, 1) for one in heights]
        return " ".join(f"{place * _MONTH},{height:.1f}" for place, height in enumerate(scaled))

    return Trend(line([one for one, _ in several]), line([one for _, one in several]), most)


def list_link(month: str, **filters: str) -> str:
    """The queue's list of a month's cases, with filters of its own; open ones and, by the view, done ones."""
    year, number = map(int, month.split("-"))
    days = {"since": f"{month}-01", "until": f"{month}-{monthrange(year, number)[1]}"}
    return "/staff/queue?" + urlencode({**filters, **days})


def sheets_of(request: web.Request, board: Board, *, shared: bool) -> list[Sheet]:
    """The board as tables. shared: it leaves the office."""
    _ = translator(request)
    counts = (_("收到"), _("已答复或办结"), _("按期"), _("重办"), _("已评价"), _("满意"))

    def cells(figures: Figures) -> tuple[Cell, ...]:
        return tuple(few(figures.get(one, 0), shared=shared) for one in _COUNTS)

    head = (_("指标"), _("本月"), _("分子"), _("分母"), _("上月"))
    rates = [
        (
            _(RATES[one.name]),
            percent(one.now.share if not shared or one.now.whole >= FEW else None),
            few(one.now.part, shared=shared),
            few(one.now.whole, shared=shared),
            percent(one.before.share if not shared or one.before.whole >= FEW else None),
        )
        for one in rate_lines(board, (*OFFICE, *KPIS))
    ]
    firsts = [
        (_("首次响应 %(share)s%%", share=round(100 * share)), _firsts(board, share, _), "", "", "")
        for share in (0.5, 0.9)
    ]
    sheets = [
        Sheet(_("指标"), head, [*rates, *firsts]),
        Sheet(
            _("按单位"),
            (_("单位"), *counts),
            [(one.name or _("本机关（未转单位）"), *cells(one.figures)) for one in board.units],
        ),
        *(
            Sheet(_(title), (_(title), *counts), [(name, *cells(one)) for _value, name, one in rows])
            for title, rows in ((title, _rows(request, board, part)) for part, title in PARTS.items())
        ),
        Sheet(_("按月"), (_("月份"), *counts), [(month, *cells(one)) for month, one in board.trend]),
    ]
    if not shared:  # names of staff stay in the office
        rows = [(one.name or _("无人承办"), one.open, *cells(one.figures)) for one in board.handlers]
        sheets.append(Sheet(_("按承办人"), (_("承办人"), _("现在在办"), *counts), rows))
    return sheets


_COUNTS = (
    Figure.RECEIVED,
    Figure.FINISHED,
    Figure.ON_TIME,
    Figure.REWORKED,
    Figure.RATED,
    Figure.SATISFIED,
)


def _rows(request: web.Request, board: Board, part: Part) -> list[tuple[str, str, Figures]]:
    """Value, its name, its figures; the most received first."""
    name = _names(request, part)
    found = [(value, name(value), one) for value, one in board.parts.get(part, {}).items()]
    return sorted(found, key=lambda row: (-row[2].get(Figure.RECEIVED, 0), row[0]))


def _names(request: web.Request, part: Part) -> Callable[[str], str]:
    """What the values of a part are called; as they are stored where nothing is known of them."""
    hub, _ = request.app[HUB], translator(request)
    match part:
        case Part.CHANNEL:
            kinds = {name: _(badges.CHANNEL[one.kind].text) for name, one in hub.profiles.items()}
            return lambda value: f"{kinds[value]} {value}" if value in kinds else value or _("未知")
        case Part.TRACK:
            return lambda value: _(badges.TRACK[Track(value)].text)
        case _:
            regions = region_names(hub)
            return lambda value: regions.get(value, value) or _("未知")


def _firsts(board: Board, share: float, _: Translator) -> str:
    return within(first_response_ms(board.figures, share), _)
