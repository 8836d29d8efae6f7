"""JSON Feed 1.1 (jsonfeed.org/version/1.1)."""

from __future__ import annotations

import json
from collections.abc import Sequence

from channels.feed.item import FeedItem, FeedMeta, rfc3339

MEDIA_TYPE = "application/feed+json; charset=utf-8"


def json_feed(meta: FeedMeta, items: Sequence[FeedItem]) -> str:
    """The feed document."""
    return json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": meta.title,
            "home_page_url": meta.home_url,
            "feed_url": meta.feed_url,
            "language": meta.language,
            "authors": [{"name": meta.author}],
            "items": [
                {
                    "id": item.id,
                    "url": item.url,
                    "title": item.title,
                    "content_text": item.summary,
                    "date_published": rfc3339(item.published_at),
                    "date_modified": rfc3339(item.updated_at),
                    "tags": [item.kind],
                    **_attached(item),
                }
                for item in items
            ],
        },
        ensure_ascii=False,
    )


def _attached(item: FeedItem) -> dict[str, object]:
    if not item.document:
        return {}
    return {"attachments": [{"url": item.document, "mime_type": "application/cap+xml"}]}
