"""The configured regions: which one a citizen speaks of, and which one he wrote to (12110 + area code)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from knowledge_base.dialogue.slot import Slots
from knowledge_base.text.utterance import Utterance

_TEXT_NUMBER = re.compile(r"12110(\d{2,3})")


@dataclass(frozen=True, slots=True)
class Region:
    """A prefecture. area_code: without its leading zero."""

    name: str
    area_code: str


class Regions:
    """Looks regions up."""

    def __init__(self, regions: Iterable[Region], slots: Slots) -> None:
        self._by_area: dict[str, set[str]] = {}
        for region in regions:
            self._by_area.setdefault(region.area_code, set()).add(region.name)
        self._slots = slots

    def named_in(self, utterance: Utterance) -> str:
        """The only region that it speaks of, or ""."""
        return self._slots.city_in(utterance)

    def of_number(self, number: str) -> str:
        """The region whose own text number this is, or ""; two may share an area code."""
        found = _TEXT_NUMBER.search(number)
        names = self._by_area.get(found[1], set()) if found else set()
        return next(iter(names)) if len(names) == 1 else ""
