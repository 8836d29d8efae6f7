"""Days of the year on which the police speak to the public (119 消防, 122 交通, …), for the calendar."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from campaigns.campaign import CampaignKind

_FILE = Path(__file__).parent / "calendars" / "observances.csv"


@dataclass(frozen=True, slots=True)
class Observance:
    """One day of every year. kind: of the campaign it suggests. english: its name for English readers."""

    month: int
    day: int
    kind: CampaignKind
    name: str
    english: str

    def on(self, day: date) -> bool:
        """Whether it is this day."""
        return (self.month, self.day) == (day.month, day.day)


@cache
def observances() -> tuple[Observance, ...]:
    """All of them, in the order of the year."""
    lines = _FILE.read_text("utf-8").splitlines()
    found = []
    for row in csv.DictReader(line for line in lines if not line.startswith("#")):
        month, _, day = row["day"].partition("-")
        kind = CampaignKind(row["kind"])
        found.append(Observance(int(month), int(day), kind, row["name"], row["english"]))
    return tuple(found)
