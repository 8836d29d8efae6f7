"""What a bench measured, and how it is printed."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value.

    floor: the same measured of the least that could do the same work, in the same run, or None.
    goal: what is aimed at, in words; it is part of the table only.
    """

    name: str
    value: float
    unit: str
    floor: float | None = None
    goal: str = ""

    @property
    def ratio(self) -> float | None:
        """The value as a share of the floor."""
        return self.value / self.floor if self.floor else None


def as_json(figures: Sequence[Figure]) -> str:
    """A JSON list of `{name, value, unit, floor, ratio}`."""
    rows = []
    for figure in figures:
        row = asdict(figure) | {"ratio": figure.ratio}
        del row["goal"]
        rows.append({key: round(v, 4) if isinstance(v, float) else v for key, v in row.items()})
    return json.dumps(rows, indent=2)


def as_table(figures: Sequence[Figure]) -> str:
    """The same for people."""
    rows = [("name", "value", "unit", "floor", "ratio", "goal")]
    rows += [(f.name, _number(f.value), f.unit, _number(f.floor), _ratio(f.ratio), f.goal) for f in figures]
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell + " " * room if place in (0, 2, 5) else " " * room + cell
            for place, cell in enumerate(row)
            for room in (widths[place] - _width(cell),)
        ).rstrip()
        for row in rows
    )


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if value >= 100 else f"{value:,.2f}"


def _ratio(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
