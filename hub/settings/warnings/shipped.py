"""The tables warnings are shipped with, beside this module."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from hub.model.warnings.events import EventTable, event_table

_HERE = Path(__file__).parent


@cache
def shipped_events() -> EventTable:
    """The kinds of events."""
    return event_table((_HERE / "events.csv").read_text(encoding="utf-8"))
