"""Atom 1.0 (RFC 4287)."""

from __future__ import annotations

import re
import xml.etree.ElementTree as Xml
from collections.abc import Sequence

from channels.feed.item import FeedItem, FeedMeta, rfc3339

MEDIA_TYPE = "application/atom+xml; charset=utf-8"
_NAMESPACE = "http://www.w3.org/2005/Atom"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def atom(meta: FeedMeta, items: Sequence[FeedItem], *, updated_at: int = 0) -> str:
    """The feed document. updated_at: for an empty feed; else the latest item's time is taken."""
    latest = max((item.updated_at for item in items), default=updated_at)
    feed = Xml.Element("feed", {"xmlns": _NAMESPACE, "xml:lang": meta.language})
    _text(feed, "id", meta.id)
    _text(feed, "title", meta.title)
    _text(feed, "updated", rfc3339(latest))
    _text(Xml.SubElement(feed, "author"), "name", meta.author)
    Xml.SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml", "href": meta.feed_url})
    Xml.SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": meta.home_url})
    for item in items:
        entry = Xml.SubElement(feed, "entry")
        _text(entry, "id", item.id)
        _text(entry, "title", item.title)
        _text(entry, "published", rfc3339(item.published_at))
        _text(entry, "updated", rfc3339(item.updated_at))
        Xml.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": item.url})
        if item.document:
            link = {"rel": "enclosure", "type": "application/cap+xml", "href": item.document}
            Xml.SubElement(entry, "link", link)
        Xml.SubElement(entry, "category", {"term": item.kind})
        _text(entry, "summary", item.summary)
    return "<?xml version='1.0' encoding='utf-8'?>\n" + Xml.tostring(feed, encoding="unicode")


def _text(parent: Xml.Element, name: str, value: str) -> None:
    # A control character that XML forbids would make the whole feed unreadable.
    Xml.SubElement(parent, name).text = _NOT_XML.sub("", value)
