"""The picture of a recording:

a lane for each channel, a bar for each moment; its colour suits light and dark.
"""

from __future__ import annotations

from collections.abc import Sequence

COLUMNS = 400
_LANE = 48
_COLOUR = "#6f86a6"


def drawn(lanes: Sequence[Sequence[float]]) -> str:
    """An SVG as wide as there are columns; as loud as the loudest moment fills a lane."""
    loudest = max((peak for lane in lanes for peak in lane), default=0) or 1
    paths = "".join(_lane(lane, number, loudest) for number, lane in enumerate(lanes))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {COLUMNS} {_LANE * len(lanes)}" '
        f'preserveAspectRatio="none"><g stroke="{_COLOUR}" stroke-width="0.7">{paths}</g></svg>'
    )


def _lane(lane: Sequence[float], number: int, loudest: float) -> str:
    middle = number * _LANE + _LANE / 2
    wide = COLUMNS / len(lane) if lane else 1
    bars = []
    for column, peak in enumerate(lane):
        half = max(0.4, peak / loudest * (_LANE / 2 - 2))
        bars.append(f"M{(column + 0.5) * wide:.1f} {middle - half:.1f}v{2 * half:.1f}")
    return f'<path d="{"".join(bars)}"/>'
