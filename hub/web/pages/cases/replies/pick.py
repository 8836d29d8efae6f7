"""Texts to put into a reply: entries of the knowledge base by meaning (`??`), canned replies (`::`).

The same address gives the part for the window in the form and, without script, a page of its own. What is
looked for may name people: it is posted and never stands in an address.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from aiohttp import web

from channels.contract import ChannelKind
from hub.actions.cases.read_cases import CaseView
from hub.model.conversation import Direction
from hub.runtime.errors import NotFound
from hub.web.form import read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.pages.alarms.silence import silence_of
from hub.web.render import translator
from hub.web.staff_page import part, staff_page

_FOUND = 6
_CHARS = 200
_SILENT = msgid("静默联系用语")


class Shelf(StrEnum):
    """Where texts are taken from."""

    KNOWLEDGE = "knowledge"
    CANNED = "canned"


@dataclass(frozen=True, slots=True)
class Pick:
    """A text to put in. entry_id: of the entry it is from, "" for none; unfilled: variables left in it."""

    title: str
    text: str
    note: str = ""
    entry_id: str = ""
    unfilled: tuple[str, ...] = ()


async def pick(request: web.Request) -> web.StreamResponse:
    """GET, POST /staff/cases/{case_id}/pick/{shelf}: without words, what fits the last the citizen said."""
    hub, agent = request.app[HUB], agent_of(request)
    try:
        shelf = Shelf(request.match_info["shelf"])
    except ValueError:
        raise NotFound("shelf") from None
    view = await hub.actions.read_cases.open(agent, request.match_info["case_id"])
    data = await read_form(request) if request.method == "POST" else {}
    wanted = data.get("q", "").strip()[:_CHARS]
    found = await (
        _entries(request, view, wanted) if shelf is Shelf.KNOWLEDGE else _canned(request, view, wanted)
    )
    context: Mapping[str, Any] = {"picks": found, "shelf": shelf, "wanted": wanted, "case": view.case}
    if request.headers.get("HX-Request") == "true":
        return part(request, "staff/picks.html", **context)
    return staff_page(request, "staff/pick.html", **context)


async def _entries(request: web.Request, view: CaseView, wanted: str) -> list[Pick]:
    wanted = wanted or _last_words(view)
    if not wanted:
        return []
    found = await request.app[HUB].actions.read_entries.near(wanted, limit=_FOUND)
    picks = []
    for match in found:
        entry = match.entry.said_in(view.case.origin.language)
        is_text = view.reply_kind == ChannelKind.SMS
        answer = (entry.short_answer if is_text else "") or entry.answer
        picks.append(Pick(entry.question, answer, entry.topic, entry.id))
    return picks


async def _canned(request: web.Request, view: CaseView, wanted: str) -> list[Pick]:
    _ = translator(request)
    known = [Pick(title, text, _(_SILENT)) for title, text in silence_of(request, view)["silent_texts"]]
    first = [one for one in known if wanted in one.title or wanted in one.text]
    offers = await request.app[HUB].actions.replies.read_canned.offers(agent_of(request), view.case, wanted)
    return first + [Pick(offer.title, offer.text, unfilled=offer.unfilled) for offer in offers]


def _last_words(view: CaseView) -> str:
    """What the citizen said last."""
    said = (
        item.text
        for item in reversed(view.timeline)
        if item.kind == "message" and item.direction == Direction.IN and item.text.strip()
    )
    return next(said, "").strip()[:_CHARS]
