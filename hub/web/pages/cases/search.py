"""The search of the queue: one box, and a page of results that looks like the queue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from hub.actions.cases.search.search_cases import MOST, Found, FoundCase, Standing
from hub.actions.cases.search.typed import MAX_TYPED, FoundBy
from hub.model.agent import Permission
from hub.model.track import Track
from hub.store.keyed_terms import folded
from hub.web import badges
from hub.web.form import parse, read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import Translator, msgid
from hub.web.keys import HUB
from hub.web.pages.cases.queue import title_of
from hub.web.pages.cases.search_form import SearchForm
from hub.web.render import translator
from hub.web.staff_page import part, staff_page

_PATH = "/staff/search"
_LAST_PAGE = MOST

STANDING: Mapping[Standing, str] = {
    Standing.OPEN: msgid("未办结"),
    Standing.OVER: msgid("已办结"),
}

FOUND_BY: Mapping[FoundBy, str] = {
    FoundBy.NUMBER: msgid("编号相符"),
    FoundBy.ADDRESS: msgid("联系方式相符"),
    FoundBy.TAIL: msgid("电话尾号相符"),
    FoundBy.NAME: msgid("姓名相符"),
    FoundBy.INITIALS: msgid("姓名首字母相符"),
}
"""What is said of a case that was not found by its words."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `is_found`: it is what was looked for."""

    text: str
    is_found: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A row as the page shows it. why: by what it was found, "" for its words."""

    found: FoundCase
    title: Sequence[Piece]
    excerpt: Sequence[Piece]
    why: str
    updated: str


async def search_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/search, GET /staff/search/{sealed}?page="""
    sealed = request.match_info.get("sealed", "")
    form = SearchForm.opened(sealed, request.app[HUB].vault, agent_of(request).id) if sealed else None
    if form is None:
        return staff_page(request, "staff/search.html", **await _shown(request, SearchForm(), "", 1))
    asked = request.query.get("page", "")
    page = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 1
    context = await _shown(request, form, sealed, min(max(page, 1), _LAST_PAGE))
    return staff_page(request, "staff/search.html", **context)


async def search(request: web.Request) -> web.StreamResponse:
    """POST /staff/search: to the results; while somebody types, the results themselves."""
    form = parse(SearchForm, await read_form(request), translator(request))
    if not isinstance(form, SearchForm):
        form = SearchForm()
    sealed = form.sealed(request.app[HUB].vault, agent_of(request).id) if form.typed else ""
    address = f"{_PATH}/{sealed}" if sealed else _PATH
    if "HX-Request" not in request.headers:
        return web.Response(status=303, headers={"Location": address})
    response = part(request, "staff/search_found.html", **await _shown(request, form, sealed, 1))
    response.headers["HX-Replace-Url"] = address
    return response


async def _shown(request: web.Request, form: SearchForm, sealed: str, page: int) -> dict[str, Any]:
    hub, agent, _ = request.app[HUB], agent_of(request), translator(request)
    found = await hub.actions.desk.search_cases(agent, form.typed, wanted=form.wanted, page=page)
    now = hub.clock.now_ms()
    address = f"{_PATH}/{sealed}"
    return {
        "form": form,
        "found": found,
        "lines": [_line(one, found, now, _) for one in found.cases],
        "newer": f"{address}?page={page - 1}" if page > 1 else "",
        "older": f"{address}?page={page + 1}" if found.has_more else "",
        "most": MOST,
        "most_typed": MAX_TYPED,
        "standings": STANDING,
        "tracks": [track for track in Track if track is not Track.REPORT],
        "days": SearchForm.DAYS,
        "reads_reports": agent.may(Permission.REPORT_READ),
        "reads_others": agent.may(Permission.CASE_READ),
    }


def _line(one: FoundCase, found: Found, now: int, _: Translator) -> Line:
    return Line(
        one,
        marked(title_of(one.case, _), found.words),
        marked(one.excerpt, found.words),
        FOUND_BY.get(one.by, ""),
        badges.age(now - one.case.updated_at, _),
    )


def marked(text: str, words: Sequence[str]) -> list[Piece]:
    """The text in stretches, those that are one of `words` (folded) marked."""
    chars = [folded(char) for char in text]
    plain = "".join(char if len(char) == 1 else "\x00" for char in chars)  # one for one, so that places hold
    is_found = [False] * len(text)
    for word in words:
        at = plain.find(word)
        while at >= 0:
            is_found[at : at + len(word)] = [True] * len(word)
            at = plain.find(word, at + len(word))
    pieces: list[Piece] = []
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or is_found[at] != is_found[start]:
            pieces.append(Piece(text[start:at], is_found[start]))
            start = at
    return pieces
