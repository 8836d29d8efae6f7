"""Which desk a text goes to: by the number it was written to, a word in it, the city, or nobody's.

The order (12110 of a province): a number beneath a city's own one, longest first; then the longest keyword;
then the city, 12110 + area code; then the duty queue. A desk is a unit; the duty queue is the one without.
Nothing here knows a province: cities are those of the settings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from hub.model.units.unit import Unit
from knowledge_base.text.plain import bare, simplified

Cut = Callable[[str], Sequence[str]]
"""A text in its most likely words; together they are the text."""


class RouteReason(StrEnum):
    """Why a text came to its desk. Stored with the case."""

    NUMBER = "number"  # 分机号
    KEYWORD = "keyword"  # 关键词
    CITY = "city"  # 城市号码
    DUTY = "duty"  # nothing fitted: whoever is on duty
    CATALOGUE = "catalogue"  # 派单目录
    NOT_IN_CATALOGUE = "not_in_catalogue"  # no row of the catalogue fits
    UNIT_CLOSED = "unit_closed"  # the unit that the catalogue names works on no cases


@dataclass(frozen=True, slots=True)
class RouteRule:
    """A row of the table: a number or a keyword, and the unit that is its desk."""

    number: str
    keyword: str
    unit_id: str


@dataclass(frozen=True, slots=True)
class City:
    """A region of the settings. area_code: without its leading zero."""

    code: str
    area_code: str


@dataclass(frozen=True, slots=True)
class Route:
    """Where a text goes. unit_id: "" for the duty queue. by: the number or keyword that decided."""

    unit_id: str = ""
    reason: RouteReason = RouteReason.DUTY
    by: str = ""


DUTY = Route()


def city_numbers(area_code: str) -> frozenset[str]:
    """The text numbers of a city: 12110 and the last three digits of its area code (北京 010, 福州 591), or
    all of it with its zero, as in some provinces (0311)."""
    whole = f"0{area_code}"
    return frozenset({f"12110{whole[-3:]}", f"12110{whole}"})


class Routes:
    """Decides. rules: the table in force. units: all there are; what names another one decides nothing."""

    def __init__(self, rules: Iterable[RouteRule], cities: Iterable[City], units: Iterable[Unit]) -> None:
        known = {unit.id: unit for unit in units}
        fitting = [rule for rule in rules if rule.unit_id in known]
        self._cities = _desks_of_cities(cities, known.values())
        numbers = {rule.number: rule.unit_id for rule in fitting if rule.number}
        # Whoever puts a city's own number into the table names its desk; what is longer is an extension.
        self._cities |= {number: unit for number, unit in numbers.items() if number in self._cities}
        self._numbers = {number: unit for number, unit in numbers.items() if number not in self._cities}
        self._keywords = sorted(
            ((folded(rule.keyword), rule) for rule in fitting if rule.keyword),
            key=lambda pair: (-len(pair[0]), pair[0]),
        )

    def of(self, written_to: str, text: str, cut: Cut) -> Route:
        """Where a text goes. written_to: the number, "" when it is not known."""
        if number := longest(self._numbers, written_to):
            return Route(self._numbers[number], RouteReason.NUMBER, number)
        if rule := self._keyword_in(text, cut):
            return Route(rule.unit_id, RouteReason.KEYWORD, rule.keyword)
        number = longest(self._cities, written_to)
        if number and self._cities[number]:
            return Route(self._cities[number], RouteReason.CITY, number)
        return DUTY

    def of_number(self, written_to: str) -> str:
        """The desk that a number alone leads to, "" for none."""
        number = longest(self._numbers, written_to) or longest(self._cities, written_to)
        return (self._numbers | self._cities).get(number, "")

    def _keyword_in(self, text: str, cut: Cut) -> RouteRule | None:
        """The rule of the longest keyword that stands in it; none looked for where there are none."""
        if not self._keywords or not text:
            return None
        spaced = simplified(text)
        whole = bare(spaced)
        edges: frozenset[int] | None = None
        for keyword, rule in self._keywords:
            if keyword.isascii():
                if re.search(rf"(?<![0-9a-z]){re.escape(keyword)}(?![0-9a-z])", spaced):
                    return rule
                continue
            at = whole.find(keyword)
            while at >= 0:
                edges = edges if edges is not None else _edges(cut(whole))
                if _stands_alone(edges, at, at + len(keyword)):
                    return rule
                at = whole.find(keyword, at + 1)
        return None


def folded(keyword: str) -> str:
    """A keyword as it is compared: NFKC, lower case, simplified characters, no blanks or signs."""
    return bare(simplified(keyword))


def _desks_of_cities(cities: Iterable[City], units: Iterable[Unit]) -> dict[str, str]:
    """By number. A city's desk is the topmost unit of its region; where there are two, neither is."""
    by_region: dict[str, list[Unit]] = {}
    for unit in units:
        if unit.region and not unit.inspection:
            by_region.setdefault(unit.region, []).append(unit)
    desks: dict[str, str] = {}
    for city in cities:
        found = by_region.get(city.code, [])
        top = min((unit.path.count("/") for unit in found), default=0)
        highest = [unit.id for unit in found if unit.path.count("/") == top]
        for number in city_numbers(city.area_code):
            # Two cities may share an area code.
            desks[number] = highest[0] if len(highest) == 1 and number not in desks else ""
    return desks


def longest(numbers: Container[str], written_to: str) -> str:
    """The longest of these that the number begins with, or ""."""
    starts = (written_to[:end] for end in range(len(written_to), 0, -1))
    return next((start for start in starts if start in numbers), "")


def _edges(words: Sequence[str]) -> frozenset[int]:
    at, edges = 0, {0}
    for word in words:
        at += len(word)
        edges.add(at)
    return frozenset(edges)


def _stands_alone(edges: frozenset[int], start: int, end: int) -> bool:
    """False where a word begins before it and ends in it, or the other way round: 报警 in 举报 + 警察."""
    inside = [edge for edge in edges if start < edge < end]
    return not inside or (start in edges and end in edges)
