"""The books of rules as they are in force, each as a table and as a file."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from aiohttp import web

from hub.actions.rules.read_rules import BookView
from hub.actions.rules.rule_file import rules_file
from hub.hub import Hub
from hub.model.cases.calendar_book import calendar_rows
from hub.model.cases.rule_book import NOT_COUNTED, BookKind, Row, RuleBook, RuleRevision
from hub.runtime.clock import day_of, to_local
from hub.web.attachment import attachment
from hub.web.keys import HUB
from hub.web.pages.rules.rule_words import BOOK, COLUMN, STATE, Speaker
from hub.web.render import translator
from hub.web.staff_page import staff_page

PATH = "/staff/rules"


@dataclass(frozen=True, slots=True)
class YearTab:
    """A year of the calendar. provisional: its notice is not known."""

    year: int
    provisional: bool


async def books_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/rules"""
    hub = request.app[HUB]
    views = await hub.actions.rule_books.read.books()
    return staff_page(
        request,
        "staff/rules.html",
        views=views,
        book_words=BOOK,
        missing=hub.rules.calendar().missing_notice(day_of(hub.clock.now_ms())),
    )


async def book_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/rules/{kind}?year="""
    hub, kind = request.app[HUB], kind_of(request)
    read = hub.actions.rule_books.read
    view = await read.book(kind)
    tabs = _years(request, view) if kind is BookKind.CALENDAR else []
    tab = _chosen(request, tabs)
    rows = _rows_of(request, tab) if tab else view.rows
    speaker = Speaker.of(translator(request), await read.units())
    book = view.book
    return staff_page(
        request,
        "staff/rule_book.html",
        view=view,
        kind=kind,
        book_words=BOOK[kind],
        column_words=[COLUMN[column] for column in book.columns],
        rows=[
            ("" if tab and tab.provisional else row_address(hub, book, row), speaker.row(book, row))
            for row in rows
        ],
        tabs=tabs,
        tab=tab,
        states=STATE,
        not_counted=NOT_COUNTED,
        moves_due=book.moves_due,
        now=hub.clock.now_ms(),
        names=await read.names(people_of(view.history)),
        missing=kind is BookKind.CALENDAR and hub.rules.calendar().missing_notice(day_of(hub.clock.now_ms())),
    )


async def export_file(request: web.Request) -> web.StreamResponse:
    """GET /staff/rules/{kind}/export: the rules in force."""
    hub, kind = request.app[HUB], kind_of(request)
    view = await hub.actions.rule_books.read.book(kind)
    name = f"{kind}-{to_local(hub.clock.now_ms()):%Y%m%d-%H%M}.csv"
    return attachment(rules_file(view.book, view.rows), name)


def kind_of(request: web.Request) -> BookKind:
    """The book of the address. Raises HTTPNotFound."""
    try:
        return BookKind(request.match_info["kind"])
    except ValueError:
        raise web.HTTPNotFound from None


def row_address(hub: Hub, book: RuleBook, row: Row) -> str:
    """Where a row is changed."""
    return f"{PATH}/{book.kind}/row?{urlencode([('key', part) for part in named(hub, book, row)])}"


def named(hub: Hub, book: RuleBook, row: Row) -> tuple[str, ...]:
    """A row's key as an address has it: numbers of people stand in none."""
    key = book.key_of(row)
    return tuple(hub.vault.blind(part) for part in key) if book.kind.is_personal else key


def people_of(revisions: tuple[RuleRevision, ...]) -> set[str]:
    """The ids of those who proposed and decided."""
    return {id for revision in revisions for id in (revision.proposed_by, revision.decided_by)}


def _years(request: web.Request, view: BookView) -> list[YearTab]:
    """The years in the book, this one and the next, newest first."""
    hub = request.app[HUB]
    this = day_of(hub.clock.now_ms()).year
    years = {int(view.book.part(row)) for row in view.rows} | {this, this + 1}
    calendar = hub.rules.calendar()
    return [YearTab(year, calendar.is_provisional(year)) for year in sorted(years, reverse=True)]


def _chosen(request: web.Request, tabs: list[YearTab]) -> YearTab | None:
    this = str(day_of(request.app[HUB].clock.now_ms()).year)
    wanted = request.query.get("year", this)
    by_year = {str(tab.year): tab for tab in tabs}
    return by_year.get(wanted) or by_year.get(this)


def _rows_of(request: web.Request, tab: YearTab) -> tuple[Row, ...]:
    """The days of a year, of one without notice those of the law."""
    days = request.app[HUB].rules.calendar().days
    return calendar_rows(days[day] for day in sorted(days) if day.year == tab.year)
