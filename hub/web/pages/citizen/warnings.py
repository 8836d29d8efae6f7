"""Warnings in force for everybody: the banner's lines, the page by area, feeds for other systems.

Rule protected: what was lifted, updated or is over is nowhere any more the moment it is; a feed tells of the
lift for a day, so that who took the warning over learns of its end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from channels.feed.atom import atom
from channels.feed.item import FeedItem, FeedMeta
from channels.feed.json_feed import json_feed
from hub.actions.warnings.exchange import cap_of, message_of
from hub.hub import Hub
from hub.model.warnings import words as said
from hub.model.warnings.exchange.xml import Unacceptable
from hub.model.warnings.issue import Issue
from hub.model.warnings.warning import GRAVITY, SafetyNotice, Warning
from hub.runtime.errors import NotFound
from hub.runtime.ids import derived_id
from hub.web.badges import Word
from hub.web.keys import HUB
from hub.web.pages.warnings.words import LEVEL, NOTICE, URGENT
from hub.web.render import render

_CACHE = "public, max-age=10"


@dataclass(frozen=True, slots=True)
class Line:
    """A warning as the banner and lists show it. grave: red or orange."""

    id: str
    title: str
    mark: Word
    grave: bool


def lines(hub: Hub) -> list[Line]:
    """What is in force, the gravest first."""
    return [_line(hub, issue) for issue in hub.warnings.board.active()]


def _line(hub: Hub, issue: Issue) -> Line:
    content = issue.content
    title = said.headline(content, issue.kind, hub.warnings.settings.events)
    if isinstance(content, SafetyNotice):
        return Line(issue.id, title, URGENT if content.urgent else NOTICE, grave=False)
    return Line(issue.id, title, LEVEL[content.level], grave=GRAVITY[content.level] <= 2)


async def page(request: web.Request) -> web.Response:
    """GET /warnings?region=: what is in force, of one region or all."""
    hub = request.app[HUB]
    region = request.query.get("region", "")
    regions = {one.code: one.name for one in hub.settings.regions}
    region = region if region in regions else ""
    found = [
        issue
        for issue in hub.warnings.board.active()
        if any(area.covers(region) or not area.codes for area in issue.content.areas)
    ]
    return render(
        request,
        "citizen/warnings.html",
        issues=[(_line(hub, issue), issue) for issue in found],
        regions=regions,
        region=region,
        is_warning=lambda issue: isinstance(issue.content, Warning),
    )


async def one(request: web.Request) -> web.Response:
    """GET /warnings/{warning_id}; 410 for one that is over, with what became of it."""
    hub = request.app[HUB]
    issue = await _issue(hub, request.match_info["warning_id"])
    is_active = issue.is_active(hub.clock.now_ms())
    chain = await hub.repositories.publicity.warnings.chain(issue.chain)
    latest = next((one for one in reversed(chain) if one.released_at and not one.drill), issue)
    return render(
        request,
        "citizen/warning.html",
        200 if is_active else 410,
        issue=issue,
        line=_line(hub, issue),
        is_active=is_active,
        latest=latest,
        latest_title=said.headline(latest.content, latest.kind, hub.warnings.settings.events),
        is_warning=isinstance(issue.content, Warning),
    )


async def cap(request: web.Request) -> web.Response:
    """GET /warnings/{warning_id}/cap.xml: of what is in force, and of a lift while feeds tell of it."""
    hub = request.app[HUB]
    told = {issue.id: issue for issue in hub.warnings.board.told()}
    issue = told.get(request.match_info["warning_id"])
    if issue is None:
        raise NotFound("warning")
    chain = await hub.repositories.publicity.warnings.chain(issue.chain)
    message = message_of(issue, chain, hub.warnings.settings)
    if message is None or not message.is_public:
        raise NotFound("warning")
    try:
        document = cap_of(message, hub.warnings.settings)
    except Unacceptable as refused:
        raise NotFound("warning") from refused
    return _answer(request, document.decode(), "application/cap+xml", f"cap:{issue.id}")


async def atom_feed(request: web.Request) -> web.Response:
    """GET /warnings/feed.atom: each entry names its CAP document."""
    hub = request.app[HUB]
    meta, items = _meta(hub, "/warnings/feed.atom"), _items(hub, hub.warnings.board.told())
    updated = max((item.updated_at for item in items), default=0)
    return _answer(request, atom(meta, items, updated_at=updated), "application/atom+xml", _mark(hub))


async def json_document(request: web.Request) -> web.Response:
    """GET /warnings/feed.json"""
    hub = request.app[HUB]
    meta, items = _meta(hub, "/warnings/feed.json"), _items(hub, hub.warnings.board.told())
    return _answer(request, json_feed(meta, items), "application/feed+json", _mark(hub))


def items_for_feed(hub: Hub) -> list[FeedItem]:
    """What is in force, for the feed of everything that is published."""
    return _items(hub, hub.warnings.board.active())


def _items(hub: Hub, issues: Sequence[Issue]) -> list[FeedItem]:
    root, events = hub.settings.public_url(), hub.warnings.settings.events
    return [
        FeedItem(
            id=f"{root}/warnings/{issue.id}",
            title=said.headline(issue.content, issue.kind, events),
            summary=said.text(
                issue.content, issue.kind, events, at=issue.content.issued_at, reason=issue.reason
            ),
            url=f"{root}/warnings/{issue.id}",
            published_at=issue.released_at,
            updated_at=issue.released_at,
            kind="warning" if isinstance(issue.content, Warning) else "notice",
            document=f"{root}/warnings/{issue.id}/cap.xml" if isinstance(issue.content, Warning) else "",
        )
        for issue in issues
    ]


def _meta(hub: Hub, path: str) -> FeedMeta:
    root, organisation = hub.settings.public_url(), hub.settings.organisation
    return FeedMeta(
        id=f"{root}/warnings",
        title=f"{organisation.name}预警",
        author=organisation.publisher,
        home_url=f"{root}/warnings",
        feed_url=f"{root}{path}",
    )


def _mark(hub: Hub) -> str:
    return derived_id(*(issue.id for issue in hub.warnings.board.told()))


def _answer(request: web.Request, text: str, content_type: str, mark: str) -> web.Response:
    """With an ETag of what it tells, or 304. A reader that asks every minute costs nothing."""
    tag = f'"{derived_id(mark, str(request.rel_url))}"'
    headers = {"ETag": tag, "Cache-Control": _CACHE}
    if tag in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    return web.Response(text=text, content_type=content_type, charset="utf-8", headers=headers)


async def _issue(hub: Hub, warning_id: str) -> Issue:
    """A released one. Raises `NotFound`, also for a drill."""
    found = await hub.repositories.publicity.warnings.get(warning_id)
    if found is None or not found.value.released_at or found.value.drill:
        raise NotFound("warning")
    return found.value
