"""The knowledge base for its editors: the list with its views, and what a question would be answered with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from aiohttp import web

from hub.actions.knowledge.read_entries import EntryView
from hub.model.agent import Permission
from hub.web.form import read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.staff_page import part, staff_page
from knowledge_base.match.answer import Answer, Decision
from knowledge_base.match.matcher import Match

LIST_PATH = "/staff/entries"
_CANDIDATES = 5
_WANTED_CHARS = 100

VIEWS: Mapping[EntryView, str] = {
    EntryView.ALL: msgid("全部"),
    EntryView.REVIEW: msgid("待审核"),
    EntryView.DRAFT: msgid("草稿"),
    EntryView.SOON: msgid("30 天内到期"),
    EntryView.PUBLISHED: msgid("已发布"),
    EntryView.EXPIRED: msgid("已失效"),
}

DECISIONS: Mapping[Decision, tuple[str, str, str]] = {
    Decision.ANSWER: ("good", msgid("直接答复"), msgid("把握足够，群众会立刻收到第一条的答案。")),
    Decision.CHOICES: ("warn", msgid("给出选项"), msgid("把握不足，让群众从下列问题中选择。")),
    Decision.HAND_OVER: ("info", msgid("转人工"), msgid("没有足够相近的条目，转为工单由人工答复。")),
}
"""Kind, word and meaning of what the hub would do."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What a question gave. matches: the nearest entries, those that decide first, with scores 0-1."""

    question: str
    kind: str
    word: str
    meaning: str
    matches: tuple[Match, ...]


async def entries_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/entries?show=&topic=&owner=&q=&after="""
    read = request.app[HUB].actions.read_entries
    view, asked = view_of(request), asked_of(request)
    found = await read.page(
        view,
        topic=asked["topic"],
        owner=asked["owner"],
        text=asked["q"],
        after=request.query.get("after") or None,
    )
    kept = {"show": "" if view is EntryView.ALL else str(view), **asked}

    def link(**changed: str) -> str:
        """The list with other filters; the place in it is given up."""
        query = urlencode({name: value for name, value in (kept | changed).items() if value})
        return f"{LIST_PATH}?{query}" if query else LIST_PATH

    return staff_page(
        request,
        "staff/entries.html",
        views=VIEWS,
        view=view,
        counts=await read.view_counts(),
        topics=await read.topics(),
        owners=await read.owners(),
        asked=asked,
        link=link,
        records=found.records,
        cut=found.cut,
        newer=link() if "after" in request.query else "",
        older=link(after=found.next) if found.next else "",
        now=request.app[HUB].clock.now_ms(),
        may_publish=agent_of(request).may(Permission.ENTRY_PUBLISH),
        export=link().replace(LIST_PATH, f"{LIST_PATH}/export", 1),
        tried=None,
    )


async def try_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/entries/try"""
    return staff_page(request, "staff/try.html", tried=None)


async def try_question(request: web.Request) -> web.StreamResponse:
    """POST /staff/entries/try: a piece for htmx, a whole page without script."""
    read = request.app[HUB].actions.read_entries
    text = (await read_form(request)).get("text", "").strip()[:200]
    tried = None
    if text:
        answer = await read.try_question(text)
        deciding = {match.entry.id for match in answer.matches}
        near = await read.near(text, limit=_CANDIDATES)
        others = (match for match in near if match.entry.id not in deciding)
        tried = tried_as(text, answer, (*answer.matches, *others)[:_CANDIDATES])
    if request.headers.get("HX-Request"):
        return part(request, "staff/tried.html", tried=tried)
    return staff_page(request, "staff/try.html", tried=tried)


def tried_as(question: str, answer: Answer, matches: tuple[Match, ...]) -> Tried:
    """What a question gave, in words."""
    kind, word, meaning = DECISIONS[answer.decision]
    return Tried(question, kind, word, meaning, matches)


def view_of(request: web.Request) -> EntryView:
    """The view asked for; an unknown one is the whole list."""
    try:
        return EntryView(request.query.get("show", EntryView.ALL))
    except ValueError:
        return EntryView.ALL


def asked_of(request: web.Request) -> dict[str, str]:
    """The filters of the list as they stand in its address."""
    return {name: request.query.get(name, "").strip()[:_WANTED_CHARS] for name in ("topic", "owner", "q")}
