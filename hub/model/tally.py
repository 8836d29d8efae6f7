"""How an entry fared: counted per day, in whole numbers that are only ever added to."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, timedelta

_GRACE = 5
"""Added to how often an entry was asked before it is judged: one bad day of a rare entry is no verdict."""


@dataclass(frozen=True, slots=True)
class Tally:
    """answered: it was given as the answer (also after it was chosen). offered: among the choices.

    chosen: taken of the choices. handed_over: a person was asked for right after it. helpful, unhelpful:
    what citizens said (有用, 没用). used: staff put it into an answer of theirs.
    """

    answered: int = 0
    offered: int = 0
    chosen: int = 0
    handed_over: int = 0
    helpful: int = 0
    unhelpful: int = 0
    used: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    @property
    def asked(self) -> int:
        """How often a question led to it; an offer that was taken counts once."""
        return max(self.answered + self.offered - self.chosen, self.answered)

    @property
    def trouble(self) -> float:
        """0..1, how badly it does: what went wrong among what was asked and said."""
        wrong = self.unhelpful + self.handed_over
        return wrong / (self.asked + self.helpful + self.unhelpful + _GRACE)


COUNTS = tuple(field.name for field in fields(Tally))


def week_of(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())
