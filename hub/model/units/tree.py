"""The tree of units (单位树): who stands above whom, and what an agent of a unit has before them.

Rules protected: no case is lost. What stands in no unit, and what stands in one that nobody knows (any more),
is the root's. Until an administrator divides the office (按单位查看) everybody stands everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hub.model.units.place import EVERYWHERE, Place
from hub.model.units.unit import Unit, UnitFunction

ROOT = Unit("", "本机关", "")
"""Stands for the whole where several units have none above them."""


@dataclass(frozen=True, slots=True)
class Deputy:
    """Who stands in for an absent agent (代理). since, until: ms UTC, `until` not any more."""

    absent: str
    deputy: str
    since: int
    until: int

    def stands_in(self, at: int) -> bool:
        """Whether at this instant."""
        return self.since <= at < self.until


@dataclass(frozen=True, slots=True)
class Division:
    """Whether cases are seen by unit, and who stands in for whom. revision: grows with every change of the
    tree, so that whoever keeps a tree knows that it is old."""

    divided: bool = False
    revision: int = 0
    deputies: tuple[Deputy, ...] = ()


@dataclass(frozen=True, slots=True)
class Tree:
    """All units. `units` by id; above: the id of the one right above each, "" for none that is known.
    below_of: subtrees that were asked for."""

    units: Mapping[str, Unit] = field(default_factory=dict)
    root: Unit = ROOT
    above: Mapping[str, str] = field(default_factory=dict, repr=False)
    below_of: dict[str, frozenset[str]] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, units: Iterable[Unit]) -> Tree:
        """The tree of these units; its root is the one unit above all, or what stands for it."""
        known = {unit.id: unit for unit in units}
        above = {id: _above(unit, known) for id, unit in known.items()}
        tops = [unit for unit in known.values() if not above[unit.id]]
        return cls(known, tops[0] if len(tops) == 1 else ROOT, above)

    def parent(self, unit_id: str) -> Unit | None:
        """The unit above, None for the root. Of a unit nobody knows: the root."""
        if unit_id in ("", self.root.id):
            return None
        return self.units.get(self.above.get(unit_id, ""), self.root)

    def children(self, unit_id: str) -> list[Unit]:
        """Those right below, by name."""
        here = unit_id or self.root.id
        found = [unit for unit in self.units.values() if (up := self.parent(unit.id)) and up.id == here]
        return sorted(found, key=lambda unit: (unit.name, unit.id))

    def chain(self, unit_id: str) -> list[Unit]:
        """From the root down to the unit, which may be unknown and is then left out."""
        found: list[Unit] = []
        at: Unit | None = self.units.get(unit_id) or (self.root if unit_id else None) or self.root
        while at is not None and at not in found:
            found.append(at)
            at = self.parent(at.id)
        return found[::-1]

    def common_superior(self, one: str, other: str) -> Unit:
        """The lowest unit that stands above both: who decides where units disagree (信访工作条例 24)."""
        above = {unit.id for unit in self.chain(one)[:-1] or [self.root]}
        shared = [unit for unit in self.chain(other)[:-1] or [self.root] if unit.id in above]
        return shared[-1] if shared else self.root

    def below(self, unit_id: str) -> frozenset[str] | None:
        """Ids of the unit and all under it; None for the root, whose subtree is everything."""
        if self.is_root(unit_id):
            return None
        if unit_id not in self.below_of:
            found = (id for id in self.units if any(unit.id == unit_id for unit in self.chain(id)))
            self.below_of[unit_id] = frozenset(found)
        return self.below_of[unit_id]

    def is_root(self, unit_id: str) -> bool:
        """Whether it is the root, or stands for it: nobody's unit, and one that is not known."""
        return unit_id not in self.units or unit_id == self.root.id

    def has(self, unit_id: str, function: UnitFunction) -> bool:
        """Whether the unit has a function. The root has every one, whatever is written of it."""
        if self.is_root(unit_id):
            return True
        return function in self.units[unit_id].functions

    def place(self, agent_id: str, unit_id: str, division: Division, at: int) -> Place:
        """Where an agent of a unit stands at an instant (ms UTC)."""
        if not division.divided:
            return EVERYWHERE
        is_root = self.is_root(unit_id)
        return Place(
            own=frozenset({"", self.root.id}) if is_root else frozenset({unit_id}),
            below=self.below(unit_id),
            routes=self.has(unit_id, UnitFunction.ROUTE),
            stands_in=frozenset(
                one.absent for one in division.deputies if one.deputy == agent_id and one.stands_in(at)
            ),
        )


def _above(unit: Unit, known: Mapping[str, Unit]) -> str:
    steps = [step for step in unit.path.split("/") if step and step != unit.id]
    return next((step for step in reversed(steps) if step in known), "")
