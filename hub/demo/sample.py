"""The sample organisation as data (`hub/data/demo.toml`). Nothing in the code knows its province."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

Table = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Person:
    """One invented contact: `number` in E.164, `region` an administrative code."""

    number: str
    name: str
    region: str


@dataclass(frozen=True, slots=True)
class Sample:
    """The tables of the file; what their keys mean is said there."""

    organisation: Table
    regions: Sequence[Table]
    units: Sequence[Table]
    agents: Sequence[Table]
    groups: Sequence[Table]
    names: Mapping[str, Any]
    cases: Sequence[Table]
    notices: Sequence[Table]
    campaigns: Sequence[Table]
    tour: Mapping[str, Any]

    @property
    def oldest_minutes(self) -> float:
        """How long ago the first thing in it happened; campaigns of yesterday are later than that."""
        return max(float(table["ago"]) for table in (*self.cases, *self.notices))

    def members(self, group: str) -> Iterator[Person]:
        """The contacts of one group, always the same ones in the same order."""
        table = next(found for found in self.groups if found["name"] == group)
        first, family, given = int(table["first"]), self.names["family"], self.names["given"]
        for place in range(table["size"]):
            number = first + place
            yield Person(
                number=f"+86{number}",
                name=family[number % len(family)] + given[number % len(given)],
                region=self.regions[number % len(self.regions)]["code"],
            )

    def login_of(self, role: str) -> str:
        """The first agent with this role."""
        return str(next(agent["login"] for agent in self.agents if agent["role"] == role))


def load() -> Sample:
    """The shipped sample."""
    text = (resources.files("hub") / "data" / "demo.toml").read_text("utf-8")
    return Sample(**tomllib.loads(text))
