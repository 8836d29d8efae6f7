"""Where an entry and a topic of the knowledge base can be read: the one place that knows these addresses."""

from __future__ import annotations

from urllib.parse import quote


def topic_path(name: str) -> str:
    """The address of a topic's page."""
    return f"/help/{quote(name, safe='')}"


def entry_path(entry_id: str) -> str:
    """The address of an entry's page; it stays the same for as long as there is the entry."""
    return f"/help/entry/{quote(entry_id, safe='')}"
