"""Lays the words of a question beside those of a wording: which say the same, and in what way.

The same word counts whole; the same meaning a little less; then the same sound, a related word, shared
characters. What is left over on either side is what the two do not share, weighed by rarity.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from knowledge_base.scales import Wording


class How(StrEnum):
    """In what way two words were found to belong together."""

    SAME = "same"
    CONCEPT = "concept"
    SOUND = "sound"
    RELATED = "related"
    CHARACTERS = "characters"


WORTH = {How.SAME: 1.0, How.CONCEPT: 0.95, How.SOUND: 0.9}


@dataclass(frozen=True, slots=True)
class Alignment:
    """`asked` and `found`: the share of either side's weight that is matched by the other, 0..1. `lost` and
    `extra`: the largest weight of a word that is not (each as a multiple of a whole match lacking)."""

    asked: float
    found: float
    both: float
    lost: float
    extra: float


def align(question: Wording, wording: Wording, near: Mapping[str, Mapping[str, float]]) -> Alignment:
    """How far the words of the two cover each other."""
    asked_left: list[int] = []
    asked = 0.0
    places = wording.places
    taken: set[int] = set()
    for number, word in enumerate(question.words):
        place = places.get(word.meant)
        if place is None:
            asked_left.append(number)
        else:
            taken.add(place)
            worth = 1.0 if word.said == wording.words[place].said else WORTH[How.CONCEPT]
            asked += worth * question.weights[number]
    found_left = [place for place in range(len(wording.words)) if place not in taken]
    found = sum(
        wording.weights[place]
        * (
            1.0
            if question.words[question.places[wording.words[place].meant]].said == wording.words[place].said
            else 0.95
        )
        for place in taken
    )
    lost = extra = 0.0
    if asked_left:
        best_found = dict.fromkeys(found_left, 0.0)
        for number in asked_left:
            best = 0.0
            for place in range(len(wording.words)):
                worth = likeness(question, number, wording, place, near)[0]
                best = max(best, worth)
                if place in best_found and worth > best_found[place]:
                    best_found[place] = worth
            asked += best * question.weights[number]
            lost = max(lost, (1 - best) * question.weights[number])
        for place, best in best_found.items():
            found += best * wording.weights[place]
            extra = max(extra, (1 - best) * wording.weights[place])
    elif found_left:
        for place in found_left:
            best = max(
                (
                    likeness(question, number, wording, place, near)[0]
                    for number in range(len(question.words))
                ),
                default=0.0,
            )
            found += best * wording.weights[place]
            extra = max(extra, (1 - best) * wording.weights[place])
    both = (asked + found) / (question.weight + wording.weight)
    return Alignment(asked / question.weight, found / wording.weight, both, lost, extra)


@dataclass(frozen=True, slots=True)
class Pair:
    """A word of the question and the word of the wording it belongs to; `found` is "" and `how` None for a
    word that has no counterpart."""

    asked: str
    found: str
    how: How | None

    @property
    def line(self) -> str:
        """驾照≈驾驶证 (concept)"""
        if self.how is None:
            return f"{self.asked} (unmatched)"
        return self.asked if self.how is How.SAME else f"{self.asked}≈{self.found} ({self.how})"


SHOWN = 0.3
"""The least worth of two words that are shown as belonging together."""


def pairs_of(
    question: Wording, wording: Wording, near: Mapping[str, Mapping[str, float]]
) -> tuple[Pair, ...]:
    """For each word of the question, in its order, the word of the wording that is worth most beside it."""
    found = []
    for number, word in enumerate(question.words):
        best, how, other = SHOWN, None, ""
        for place, candidate in enumerate(wording.words):
            worth, way = likeness(question, number, wording, place, near)
            if worth >= best and (how is None or worth > best):
                best, how, other = worth, way, candidate.said
        found.append(Pair(word.said, other, how))
    return tuple(found)


def likeness(
    question: Wording, number: int, wording: Wording, place: int, near: Mapping[str, Mapping[str, float]]
) -> tuple[float, How]:
    """How much a word of the question is worth beside a word of the wording that is not the same, 0..1."""
    one, other = question.words[number], wording.words[place]
    if one.meant == other.meant:
        how = How.SAME if one.said == other.said else How.CONCEPT
        return WORTH[how], how
    if question.sounds[number] == wording.sounds[place]:
        return WORTH[How.SOUND], How.SOUND
    related = near.get(one.meant)
    if related is not None and other.meant in related:
        return related[other.meant], How.RELATED
    a, b = one.meant, other.meant
    shared = sum([character in b for character in a])
    dice = 2 * shared / (len(a) + len(b)) if shared else 0.0
    return dice * 0.8, How.CHARACTERS
