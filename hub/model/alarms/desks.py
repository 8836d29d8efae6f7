"""Whose alarm page rings for an alarm: that of its desk, and everybody's where that desk does not listen.

Rule protected: an alarm rings somewhere as long as anybody listens at all. A desk is a unit; who belongs to a
unit above it, or to none, hears for it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Listening:
    """Who would hear now. units: those of the officers whose pages listen. paths: of all units, by id."""

    units: Collection[str] = ()
    paths: Mapping[str, str] = field(default_factory=dict)

    def rings_for(self, unit: str, desk: str) -> bool:
        """Whether an alarm of this desk ("" for none) rings on a page of somebody of this unit."""
        return self._hears(unit, desk) or not any(self._hears(other, desk) for other in self.units)

    def _hears(self, unit: str, desk: str) -> bool:
        above, path = self.paths.get(unit), self.paths.get(desk)
        if above is None or path is None:
            return True
        return path == above or path.startswith(f"{above}/")
