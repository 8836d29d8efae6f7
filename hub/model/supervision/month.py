"""The figures of a month, a compartment and a unit: their sum, and by what a board tells apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from hub.model.cases.case import Case
from hub.model.supervision.figures import Figure, Figures, difference, figures_of, summed
from hub.runtime.clock import to_local


class Part(StrEnum):
    """By what the figures of a unit are told apart."""

    CHANNEL = "channel"
    REGION = "region"
    TRACK = "track"
    HANDLER = "handler"


TOLD_APART = frozenset(
    {Figure.RECEIVED, Figure.FINISHED, Figure.ON_TIME, Figure.REWORKED}
    | {Figure.REPEATED, Figure.RATED, Figure.SATISFIED}
)
"""Figures that are kept by part; the others by unit alone."""


@dataclass(frozen=True, slots=True)
class CaseFigures:
    """What a case was counted as. id: of the case; seen: its version. parts: the value of each `Part`."""

    id: str
    seen: int
    month: str
    compartment: str
    unit: str
    parts: Mapping[str, str]
    figures: Figures

    @property
    def place(self) -> str:
        """Id of the figures it belongs to."""
        return f"{self.month}|{self.compartment}|{self.unit}"


def counted(case: Case, version: int, score: int) -> CaseFigures:
    """A case as it is counted now. score: see `figures_of`."""
    p, received = case.proceeding, to_local(case.received_at)
    return CaseFigures(
        case.id,
        version,
        f"{received:%Y-%m}",
        str(case.compartment),
        p.unit_id or case.unit_id,
        {
            Part.CHANNEL: case.origin.channel,
            Part.REGION: case.origin.region,
            Part.TRACK: str(p.track),
            Part.HANDLER: p.handler,
        },
        figures_of(case, score),
    )


@dataclass(frozen=True, slots=True)
class UnitMonth:
    """id: month, compartment and unit. parts: figures by `Part` and value."""

    id: str
    month: str
    compartment: str
    unit: str
    figures: Figures = field(default_factory=dict)
    parts: Mapping[str, Mapping[str, Figures]] = field(default_factory=dict)

    @classmethod
    def of(cls, place: str) -> UnitMonth:
        """One without any figures."""
        month, compartment, unit = place.split("|", 2)
        return cls(place, month, compartment, unit)

    def changed(self, before: CaseFigures | None, after: CaseFigures | None) -> UnitMonth:
        """With one case counted otherwise; None where it does not belong here."""
        figures, parts = self.figures, {part: dict(values) for part, values in self.parts.items()}
        for sign, one in ((-1, before), (1, after)):
            if one is None or not one.figures:
                continue
            change = one.figures if sign > 0 else difference({}, one.figures)
            figures = summed((figures, change))
            told_apart = {name: number for name, number in change.items() if name in TOLD_APART}
            for part, value in one.parts.items():
                of_part = parts.setdefault(part, {})
                left = summed((of_part.get(value, {}), told_apart))
                if left:
                    of_part[value] = left
                else:
                    of_part.pop(value, None)
        kept = {part: values for part, values in parts.items() if values}
        return UnitMonth(self.id, self.month, self.compartment, self.unit, figures, kept)
