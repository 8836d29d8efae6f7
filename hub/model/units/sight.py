"""What an agent may see, as conditions on stored fields of cases: lists are searched by them, single cases
compared with them, so that both always agree."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from hub.model.track import Compartment

Values = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """Cases of these compartments that have, of each field, one of its values. Sorted, so that equal ones are
    equal."""

    compartments: tuple[Compartment, ...]
    fields: tuple[tuple[str, Values], ...] = ()

    @classmethod
    def of(cls, compartments: Iterable[Compartment], fields: Mapping[str, Iterable[str | int]]) -> Clause:
        """With its parts in order."""
        inside = frozenset(compartments)
        return cls(
            tuple(one for one in Compartment if one in inside),
            tuple((name, tuple(sorted(set(fields[name]), key=str))) for name in sorted(fields)),
        )

    def holds(self, fields: Mapping[str, Any]) -> bool:
        """Whether a case with these stored fields belongs to it."""
        return fields.get("compartment") in self.compartments and all(
            fields.get(name) in values for name, values in self.fields
        )


@dataclass(frozen=True, slots=True)
class Sight:
    """A case is visible by any of its clauses. None: nothing is."""

    clauses: tuple[Clause, ...] = ()

    @classmethod
    def of(cls, compartments: Collection[Compartment]) -> Sight:
        """Everything in these compartments."""
        return cls((Clause.of(compartments, {}),) if compartments else ())

    @property
    def compartments(self) -> frozenset[Compartment]:
        """All in which something may be visible."""
        return frozenset(one for clause in self.clauses for one in clause.compartments)

    @property
    def whole(self) -> bool:
        """Whether of its compartments everything is visible."""
        seen = {one for clause in self.clauses if not clause.fields for one in clause.compartments}
        return seen == self.compartments

    def holds(self, fields: Mapping[str, Any]) -> bool:
        """Whether a case with these stored fields is visible."""
        return any(clause.holds(fields) for clause in self.clauses)

    def within(self, compartments: Collection[Compartment]) -> Sight:
        """What of it lies in these compartments."""
        cut = (
            replace(clause, compartments=tuple(one for one in clause.compartments if one in compartments))
            for clause in self.clauses
        )
        return Sight(tuple(clause for clause in cut if clause.compartments))
