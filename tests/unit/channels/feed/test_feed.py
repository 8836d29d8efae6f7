"""Feeds are valid, complete and cannot be broken by their content."""

from __future__ import annotations

import json
import xml.etree.ElementTree as Xml

from hypothesis import given
from hypothesis import strategies as st

from channels.feed import FeedItem, FeedMeta
from channels.feed.atom import atom
from channels.feed.json_feed import json_feed

META = FeedMeta(
    "tag:police.example,2026:notices", "公告", "某省公安厅", "https://x.example/", "https://x.example/a.xml"
)
ITEM = FeedItem(
    "tag:police.example,2026:1",
    "台风 <红色> & 预警",
    "请勿外出",
    "https://x.example/1",
    1_790_049_600_000,
    1_790_053_200_000,
    "warning",
)


def read(text: str) -> Xml.Element:
    return Xml.fromstring(text.encode())  # noqa: S314 — our own feed


NS = {"a": "http://www.w3.org/2005/Atom"}


def test_an_atom_feed_has_everything_the_rfc_asks_for() -> None:
    feed = read(atom(META, [ITEM]))
    assert feed.findtext("a:id", "", NS) == META.id
    assert feed.findtext("a:updated", "", NS) == "2026-09-22T05:00:00Z"
    assert feed.findtext("a:author/a:name", "", NS) == META.author
    entry = feed.find("a:entry", NS)
    assert entry is not None
    assert entry.findtext("a:title", "", NS) == ITEM.title
    assert entry.findtext("a:published", "", NS) == "2026-09-22T04:00:00Z"
    link = entry.find("a:link", NS)
    assert link is not None
    assert link.get("href") == ITEM.url


def test_an_empty_feed_is_still_a_feed() -> None:
    feed = read(atom(META, [], updated_at=1_790_049_600_000))
    assert feed.findtext("a:updated", "", NS) == "2026-09-22T04:00:00Z"
    assert feed.findall("a:entry", NS) == []


def test_a_json_feed_has_everything_its_specification_asks_for() -> None:
    feed = json.loads(json_feed(META, [ITEM]))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["items"][0] == {
        "id": ITEM.id,
        "url": ITEM.url,
        "title": ITEM.title,
        "content_text": ITEM.summary,
        "date_published": "2026-09-22T04:00:00Z",
        "date_modified": "2026-09-22T05:00:00Z",
        "tags": ["warning"],
    }


@given(st.text())
def test_no_title_breaks_a_feed(title: str) -> None:
    item = FeedItem("i", title, title, "https://x.example/1", 0, 0, "education")
    assert read(atom(META, [item])).find("a:entry", NS) is not None
    assert json.loads(json_feed(META, [item]))["items"][0]["title"] == title
