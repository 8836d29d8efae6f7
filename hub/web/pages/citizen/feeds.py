"""What is published, for feed readers and other sites: Atom (RFC 4287) and JSON Feed 1.1."""

from __future__ import annotations

from aiohttp import web

from channels.feed.atom import atom
from channels.feed.item import FeedItem, FeedMeta
from channels.feed.json_feed import json_feed
from hub.web.keys import HUB
from hub.web.pages.citizen.warnings import items_for_feed

_ITEMS = 50
_CACHE_SECONDS = 60


async def atom_feed(request: web.Request) -> web.Response:
    """GET /feed.atom"""
    meta, items = await _feed(request, "/feed.atom")
    return _answer(atom(meta, items, updated_at=request.app[HUB].clock.now_ms()), "application/atom+xml")


async def json_document(request: web.Request) -> web.Response:
    """GET /feed.json"""
    meta, items = await _feed(request, "/feed.json")
    return _answer(json_feed(meta, items), "application/feed+json")


async def _feed(request: web.Request, path: str) -> tuple[FeedMeta, list[FeedItem]]:
    hub = request.app[HUB]
    root = hub.settings.public_url()
    organisation = hub.settings.organisation
    items = [
        FeedItem(
            id=f"{root}/notices/{notice.id}",
            title=notice.title,
            summary=notice.text,
            url=f"{root}/notices/{notice.id}",
            published_at=notice.published_at,
            updated_at=notice.updated_at,
            kind=notice.kind.value,
        )
        for notice in await hub.repositories.notices.list(_ITEMS)
    ]
    items = sorted([*items_for_feed(hub), *items], key=lambda item: -item.published_at)[:_ITEMS]
    meta = FeedMeta(
        id=f"{root}/notices",
        title=organisation.name,
        author=organisation.publisher,
        home_url=f"{root}/notices",
        feed_url=f"{root}{path}",
    )
    return meta, items


def _answer(text: str, content_type: str) -> web.Response:
    return web.Response(
        text=text,
        content_type=content_type,
        charset="utf-8",
        headers={"Cache-Control": f"public, max-age={_CACHE_SECONDS}"},
    )
