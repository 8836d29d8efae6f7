"""The configured regions: which one a citizen speaks of, and which one he wrote to (12110 + area code)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hub.model.cases.routing.routes import city_numbers, longest
from knowledge_base.dialogue.slot import Slots
from knowledge_base.text.utterance import Utterance


@dataclass(frozen=True, slots=True)
class Region:
    """A prefecture. area_code: without its leading zero."""

    name: str
    area_code: str


class Regions:
    """Looks regions up."""

    def __init__(self, regions: Iterable[Region], slots: Slots) -> None:
        self._by_number: dict[str, set[str]] = {}
        for region in regions:
            for number in city_numbers(region.area_code):
                self._by_number.setdefault(number, set()).add(region.name)
        self._slots = slots

    def named_in(self, utterance: Utterance) -> str:
        """The only region that it speaks of, or ""."""
        return self._slots.city_in(utterance)

    def of_number(self, number: str) -> str:
        """The region to whose own text number this belongs, or ""; two may share an area code."""
        names = self._by_number.get(longest(self._by_number, number), set())
        return next(iter(names)) if len(names) == 1 else ""
