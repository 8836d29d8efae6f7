"""Where a warning applies: administrative codes, polygons, circles. Neutral of every format.

Rule protected: a place is never guessed. A polygon that does not close, coordinates in the wrong order or
outside the country are refused in words, because a warning to the wrong place is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from campaigns.said import Said

LATITUDES = (3.0, 54.0)
LONGITUDES = (73.0, 136.0)
"""Of China. The two ranges do not meet, so that swapped coordinates are always seen."""
_DECIMALS = 6  # a tenth of a metre
_LEAST_POINTS = 4  # a triangle, closed
_CODE = re.compile(r"\d{6}(?:\d{6})?")
_LEVELS = (2, 4, 6, 9, 12)
"""Where the levels of a code end: province, prefecture, county, town, village."""


@dataclass(frozen=True, slots=True)
class Point:
    """Degrees of WGS 84, kept to six decimals."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Circle:
    """radius_metres: 0 is the point itself."""

    centre: Point
    radius_metres: int


@dataclass(frozen=True, slots=True)
class Area:
    """One of the areas that together make where a warning applies.

    name: as people call it. codes: GB/T 2260 and below, 6 or 12 digits. polygons: the last point of each is
    its first.
    """

    name: str
    codes: tuple[str, ...] = ()
    polygons: tuple[tuple[Point, ...], ...] = ()
    circles: tuple[Circle, ...] = ()

    def covers(self, code: str) -> bool:
        """Whether an administrative code (6 or 12 digits, "" for all) lies in it, or around it."""
        return not code or any(
            _stem(one).startswith(_stem(code)) or _stem(code).startswith(_stem(one)) for one in self.codes
        )


def problems(area: Area) -> Iterator[str]:
    """What is wrong with an area, in Chinese."""
    if not area.name.strip():
        yield "请写明可能影响的范围"
    for code in area.codes:
        if not _CODE.fullmatch(code):
            yield Said("区域代码“%(code)s”应是 6 位或 12 位数字", code=code[:20])
    for polygon in area.polygons:
        yield from _of_polygon(polygon)
    for circle in area.circles:
        yield from of_point(circle.centre)
        if not 0 <= circle.radius_metres <= 1_000_000:
            yield "半径应在 0 到 1000 公里之间"


def _of_polygon(polygon: tuple[Point, ...]) -> Iterator[str]:
    if len(polygon) < _LEAST_POINTS:
        yield "多边形至少要有四个点，最后一点与第一点相同"
    elif polygon[0] != polygon[-1]:
        yield "多边形没有闭合：最后一点要与第一点相同"
    for point in polygon:
        found = list(of_point(point))
        yield from found
        if found:
            return


def of_point(point: Point) -> Iterator[str]:
    """What is wrong with a point, in Chinese."""
    if _within(point.latitude, LATITUDES) and _within(point.longitude, LONGITUDES):
        return
    if _within(point.longitude, LATITUDES) and _within(point.latitude, LONGITUDES):
        yield "坐标的经度和纬度写反了"
    else:
        yield "坐标不在国内"


def degrees(value: float) -> str:
    """`118.5`, never `1.185e+02`."""
    text = f"{value:.{_DECIMALS}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def point_of(latitude: str, longitude: str) -> Point:
    """From texts. Raises `ValueError`."""
    if not all(re.fullmatch(r"-?\d{1,3}(\.\d+)?", text) for text in (latitude, longitude)):
        raise ValueError
    return Point(round(float(latitude), _DECIMALS), round(float(longitude), _DECIMALS))


def _within(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]


def _stem(code: str) -> str:
    """Without the zeros of the levels below: `350100` is all of `3501`. A code that is all zeros is the whole
    country's."""
    filled = len(code.rstrip("0"))
    return code[: next((end for end in _LEVELS if end >= filled), len(code))] if filled else ""
