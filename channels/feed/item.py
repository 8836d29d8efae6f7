"""What a feed is made of. Renderers are pure: items in, text out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One published thing. id: permanent and unique, e.g. a tag URI or its permanent address.

    published_at, updated_at: ms UTC. kind: `warning`, `education` or another published kind.
    document: address of the same as CAP 1.2, "" for none.
    """

    id: str
    title: str
    summary: str
    url: str
    published_at: int
    updated_at: int
    kind: str
    document: str = ""


@dataclass(frozen=True, slots=True)
class FeedMeta:
    """The feed itself. home_url: the page for people; feed_url: where this very feed is."""

    id: str
    title: str
    author: str
    home_url: str
    feed_url: str
    language: str = "zh-CN"


def rfc3339(at: int) -> str:
    """`2026-03-01T00:00:00Z` (RFC 3339), whole seconds."""
    return datetime.fromtimestamp(at // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
