"""Which cases a list shows: one value that the store searches by and open pages compare with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.model.cases.queue.standing import NO_MARKS, Mark
from hub.model.units.sight import Sight

SELECTED = (
    "compartment",
    "open",
    "waits",
    "rank",
    "band",
    "stage",
    "todo",
    "marks",
    "tags",
    "higher",
    "track",
    "channel",
    "region",
    "unit",
    "handler_id",
    "aside",
    "limit_clock",
    "received_at",
)
"""Stored fields of a case that a selection may look at; ids and numbers, nothing personal."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Cases that are visible (`sight`) and have, of each field, one of its values.

    marks, tags: all of them hold. since, until: when they were received (ms UTC, `until` not any more), 0 =
    at any time.
    """

    sight: Sight
    fields: Mapping[str, tuple[str | int, ...]] = field(default_factory=dict)
    marks: Mark = NO_MARKS
    tags: int = 0
    since: int = 0
    until: int = 0

    @property
    def by_time(self) -> bool:
        """Whether the list is in the order of arrival: a span of time is read from its beginning."""
        return bool(self.since or self.until)

    @property
    def of_done(self) -> bool:
        """Whether it shows what is done, the newest first."""
        return self.fields.get("open") == (0,)

    def holds(self, fields: Mapping[str, Any]) -> bool:
        """Whether a case with these fields (`SELECTED`) belongs to it."""
        return (
            self.sight.holds(fields)
            and all(fields.get(name) in values for name, values in self.fields.items())
            and (int(fields.get("marks") or 0) & self.marks) == self.marks
            and (int(fields.get("tags") or 0) & self.tags) == self.tags
            and self.since <= fields.get("received_at", 0)
            and (not self.until or fields.get("received_at", 0) < self.until)
        )
