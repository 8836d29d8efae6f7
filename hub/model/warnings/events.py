"""Kinds of events by code. The codes are data and carry the scheme they come from: the table of
GB/T 35561 was not readable, what is shipped is the older five-character scheme (docs/warnings.md).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum


class EventClass(StrEnum):
    """The four classes of emergencies (突发事件应对法 art. 2)."""

    NATURAL = "natural"  # 自然灾害
    ACCIDENT = "accident"  # 事故灾难
    HEALTH = "health"  # 公共卫生
    SECURITY = "security"  # 社会安全


@dataclass(frozen=True, slots=True)
class EventCode:
    """A code and the scheme it belongs to: the same five characters may mean another thing elsewhere."""

    scheme: str
    code: str

    def __str__(self) -> str:
        """As forms carry it."""
        return f"{self.scheme}:{self.code}"


@dataclass(frozen=True, slots=True)
class EventKind:
    """A row of the table. category: the CAP category."""

    code: EventCode
    name: str
    event_class: EventClass
    category: str


@dataclass(frozen=True, slots=True)
class EventTable:
    """The kinds there are, by code."""

    kinds: Mapping[EventCode, EventKind]

    def get(self, code: EventCode) -> EventKind | None:
        """The kind, or None for a code nobody knows here."""
        return self.kinds.get(code)

    def named(self, code: EventCode) -> str:
        """Its name; of one that is not in the table its code."""
        kind = self.kinds.get(code)
        return kind.name if kind else code.code

    def __iter__(self) -> Iterator[EventKind]:
        """In the order of the table."""
        return iter(self.kinds.values())


def event_table(text: str) -> EventTable:
    """From the CSV `scheme,code,name,class,category`. Raises `ValueError` naming the row."""
    kinds: dict[EventCode, EventKind] = {}
    for number, row in enumerate(csv.DictReader(io.StringIO(text)), start=2):
        code = EventCode(row["scheme"], row["code"])
        if code in kinds or not re.fullmatch(r"[0-9A-Z]{3,12}", code.code) or not row["name"]:
            raise ValueError(f"row {number}")
        kinds[code] = EventKind(code, row["name"], EventClass(row["class"]), row["category"])
    return EventTable(kinds)
