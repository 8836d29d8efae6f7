"""The tables warnings are shipped with, beside this module."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from hub.model.warnings.events import EventTable, event_table

_HERE = Path(__file__).parent


@cache
def shipped_events() -> EventTable:
    """The kinds of events."""
    return event_table((_HERE / "events.csv").read_text(encoding="utf-8"))


def shipped_signatures() -> tuple[dict[str, str], ...]:
    """The rows of the signature matrix. Those of warnings name no written authority: see its module."""
    with (_HERE / "signatures.csv").open(encoding="utf-8", newline="") as file:
        return tuple({key: value or "" for key, value in row.items()} for row in csv.DictReader(file))


@cache
def shipped_templates() -> Mapping[str, Mapping[str, str]]:
    """The composer's templates by name: title, and what they fill in."""
    found: Mapping[str, Mapping[str, str]] = tomllib.loads(
        (_HERE / "templates.toml").read_text(encoding="utf-8")
    )
    return found
