"""Where an agent stands in the tree of units, as far as access asks for it (`hub/model/policy.py`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """own: ids that cases of the own unit name, "" among them where it has what stands in no unit. below: the
    same of the whole subtree, None for all there are. routes: whether the unit routes (分流). stands_in: ids
    of absent agents whom this one stands in for now.

    Without anything said: everywhere, as long as the office is not divided into units.
    """

    own: frozenset[str] = frozenset()
    below: frozenset[str] | None = None
    routes: bool = True
    stands_in: frozenset[str] = frozenset()

    def reaches(self, unit_id: str) -> bool:
        """Whether the unit lies in the subtree."""
        return self.below is None or unit_id in self.below


EVERYWHERE = Place()
"""Of everybody in an office that is not divided."""
